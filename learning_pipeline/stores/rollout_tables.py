"""Tables of the ledger that hold who asked for a move of a model, who allowed it, what stands, and the audit."""

import sqlalchemy as sa

metadata = sa.MetaData()

requests = sa.Table(
    "rollout_requests",
    metadata,
    sa.Column("request_id", sa.String, primary_key=True),
    sa.Column("target", sa.String, nullable=False),
    sa.Column("artifact_id", sa.String, nullable=False),
    sa.Column("to_state", sa.String, nullable=False, comment="shadow, active"),
    sa.Column("requested_by", sa.String, nullable=False),
    sa.Column("requested_at", sa.String, nullable=False, comment="RFC 3339"),
    sa.Column("reason", sa.String),
    sa.Column("state", sa.String, nullable=False, comment="open, done, denied (by a person)"),
    sa.Column("closed_at", sa.String, comment="RFC 3339; null while it is open"),
)
approvals = sa.Table(
    "rollout_approvals",
    metadata,
    sa.Column("approval_id", sa.String, primary_key=True),
    sa.Column("request_id", sa.String, nullable=False),
    sa.Column("target", sa.String, nullable=False),
    sa.Column("artifact_id", sa.String, nullable=False),
    sa.Column("artifact_sha256", sa.String(64), nullable=False),
    sa.Column("evaluations_sha256", sa.String(64), nullable=False),
    sa.Column("dataset_id", sa.String, nullable=False),
    sa.Column("policy_sha256", sa.String(64), nullable=False),
    sa.Column("replaces_sha256", sa.String(64), comment="of the active artifact; null: there is none"),
    sa.Column("requested_by", sa.String, nullable=False),
    sa.Column("approved_by", sa.String, nullable=False),
    sa.Column("answer", sa.String, nullable=False, comment="approved, denied"),
    sa.Column("answered_at", sa.String, nullable=False, comment="RFC 3339"),
    sa.Column("expires_at", sa.String, comment="RFC 3339; null for a denial"),
    sa.Column("used_at", sa.String, comment="RFC 3339; null: not yet"),
    sa.Column("reason", sa.String),
)
deployments = sa.Table(
    "rollout_deployments",
    metadata,
    sa.Column("target", sa.String, primary_key=True),
    sa.Column("generation", sa.Integer, primary_key=True, comment="counts the moves of a target"),
    sa.Column("artifact_id", sa.String, primary_key=True),
    sa.Column("artifact_sha256", sa.String(64), nullable=False),
    sa.Column("state", sa.String, nullable=False, comment="shadow, active, retired"),
    sa.Column("since", sa.String, nullable=False, comment="RFC 3339, the data's clock"),
    sa.Column("until", sa.String, comment="RFC 3339, the data's clock; null: now"),
    sa.Column("moved_at", sa.String, nullable=False, comment="RFC 3339, the clock"),
)
audit = sa.Table(
    "rollout_audit",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("recorded_at", sa.String, nullable=False, comment="RFC 3339"),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("action", sa.String, nullable=False),
    sa.Column("target", sa.String, nullable=False),
    sa.Column("artifact_id", sa.String),
    sa.Column("outcome", sa.String, nullable=False, comment="done, denied"),
    sa.Column("detail", sa.String, nullable=False, comment="canonical JSON text"),
    sa.Column("prev_hash", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

_STANDS = deployments.c.until.is_(None)
_IN_PLACE = _STANDS & deployments.c.state.in_(["shadow", "active"])

# the ledger itself refuses two active artifacts of a target, and an artifact in two states
sa.Index(
    "rollout_one_artifact_per_state",
    deployments.c.target,
    deployments.c.state,
    unique=True,
    sqlite_where=_IN_PLACE,
    postgresql_where=_IN_PLACE,
)
sa.Index(
    "rollout_one_state_per_artifact",
    deployments.c.target,
    deployments.c.artifact_id,
    unique=True,
    sqlite_where=_STANDS,
    postgresql_where=_STANDS,
)
