"""Tables of the ledger that hold answers of people, and the overrides that these became."""

import sqlalchemy as sa

metadata = sa.MetaData()

listed = sa.Table(
    "proposals_listed",
    metadata,
    sa.Column("proposal_id", sa.String, primary_key=True),
    sa.Column("evidence_sha256", sa.String(64), nullable=False, comment="of the evidence that was shown last"),
    sa.Column("listed_at", sa.String, nullable=False, comment="RFC 3339"),
)
answers = sa.Table(
    "proposal_answers",
    metadata,
    sa.Column("proposal_id", sa.String, primary_key=True),
    sa.Column("decided_at", sa.String, primary_key=True, comment="RFC 3339"),
    sa.Column("evidence_sha256", sa.String(64), nullable=False, comment="of the evidence that was answered"),
    sa.Column("holds_until", sa.String, nullable=False, comment="RFC 3339; then it may be answered anew"),
    sa.Column("answer", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("reason", sa.String),
    sa.Column("override_id", sa.String),
    sa.Column("evidence", sa.JSON, nullable=False, comment="the row of the proposal as it was shown"),
)
overrides = sa.Table(
    "overrides",
    metadata,
    sa.Column("override_id", sa.String, primary_key=True),
    sa.Column("category", sa.String, primary_key=True),
    sa.Column("content", sa.JSON, nullable=False, comment="what it does; never changed"),
    sa.Column("expires_at", sa.String, nullable=False, comment="RFC 3339"),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("state_at", sa.String, nullable=False, comment="RFC 3339"),
    sa.Column("reason", sa.String, nullable=False),
)
transitions = sa.Table(
    "override_transitions",
    metadata,
    sa.Column("override_id", sa.String, primary_key=True),
    sa.Column("moved_at", sa.String, primary_key=True, comment="RFC 3339"),
    sa.Column("to_state", sa.String, primary_key=True),
    sa.Column("from_state", sa.String),
    sa.Column("reason", sa.String, nullable=False),
)
selected = sa.Table(
    "selected_overrides",
    metadata,
    sa.Column("override_id", sa.String, primary_key=True),
    sa.Column("category", sa.String, primary_key=True),
    sa.Column("content", sa.JSON, nullable=False, comment="what the evidence put in force, as of the last run"),
)
