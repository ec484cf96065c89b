"""Tables of the ledger that hold what was trained, tried and evaluated: rows are added, never changed or removed."""

import sqlalchemy as sa

metadata = sa.MetaData()

trainings = sa.Table(
    "trainings",
    metadata,
    sa.Column("train_id", sa.String, primary_key=True),
    sa.Column("model_type", sa.String, nullable=False),
    sa.Column("status", sa.String, nullable=False, comment="succeeded, failed (transient or not), refused (no data)"),
    sa.Column("error_code", sa.String, comment="E_LEARN_...; null where it succeeded"),
    sa.Column("reason", sa.String),
    sa.Column("started_at", sa.String, nullable=False, comment="RFC 3339"),
    sa.Column("ended_at", sa.String, nullable=False, comment="RFC 3339"),
    sa.Column("is_scheduled", sa.Boolean, nullable=False),
    sa.Column("asked_by", sa.String, comment="person; null where nobody gave a name"),
    sa.Column("dataset_id", sa.String),
    sa.Column("config_hash", sa.String(64), nullable=False),
    sa.Column("artifact_id", sa.String),
)
trials = sa.Table(
    "trials",
    metadata,
    sa.Column("trial_id", sa.String, primary_key=True),
    sa.Column("train_id", sa.String, nullable=False),
    sa.Column("model_type", sa.String, nullable=False),
    sa.Column("status", sa.String, nullable=False, comment="finished or failed: both count as tried"),
    sa.Column("params", sa.JSON, nullable=False),
    sa.Column("metrics", sa.JSON, nullable=False, comment="name -> number, out of fold"),
    sa.Column("daily_roi", sa.JSON, nullable=False, comment="day -> net result out of fold, a fraction of notional"),
    sa.Column("reason", sa.String, comment="why it failed; null where it finished"),
    sa.Column("recorded_at", sa.String, nullable=False, comment="RFC 3339"),
)
artifacts = sa.Table(
    "artifacts",
    metadata,
    sa.Column("artifact_id", sa.String, primary_key=True),
    sa.Column("model_type", sa.String, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("path_ref", sa.String, nullable=False, comment="from the data root"),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("metrics", sa.JSON, nullable=False),
    sa.Column("created_at", sa.String, nullable=False, comment="RFC 3339"),
    sa.Column("data_snapshot_ref", sa.String, nullable=False),
    sa.Column("dataset_id", sa.String, nullable=False),
    sa.Column("config_hash", sa.String(64), nullable=False),
    sa.Column("code_commit", sa.String, nullable=False),
    sa.Column("train_id", sa.String),
    sa.UniqueConstraint("model_type", "version"),
)
evaluations = sa.Table(
    "evaluations",
    metadata,
    sa.Column("eval_id", sa.String, primary_key=True),
    sa.Column("artifact_id", sa.String, nullable=False),
    sa.Column("artifact_sha256", sa.String(64), nullable=False),
    sa.Column("dataset_id", sa.String, nullable=False),
    sa.Column("pack_id", sa.String, nullable=False),
    sa.Column("policy_sha256", sa.String(64), nullable=False, comment="of the pack, its data and the thresholds"),
    sa.Column("evaluated_at", sa.String, nullable=False, comment="RFC 3339"),
    sa.Column("passed", sa.Boolean, nullable=False),
    sa.Column("status", sa.String, nullable=False, comment="measured, or failed: it could not be evaluated"),
    sa.Column("metrics", sa.JSON, nullable=False),
    sa.Column("baseline", sa.JSON, nullable=False),
    sa.Column("gates", sa.JSON, nullable=False, comment="list of {gate, value, bound, passed}"),
    sa.Column("reason", sa.String),
    sa.Column("report_ref", sa.String, comment="HTML report, from the data root"),
    sa.Column(
        "content_sha256", sa.String(64), nullable=False, comment="of all the above: what an approval is bound to"
    ),
)
