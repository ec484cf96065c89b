"""Datasets, trained models and deployments in a data root, made without a run."""

from __future__ import annotations

import datetime as dt
import hashlib

import polars as pl
import sqlalchemy as sa

from learning_pipeline.stores import rollout_tables
from learning_pipeline.stores.database import Database, utc_text
from learning_pipeline.stores.dataset_files import DatasetFiles, encoded
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.registry import Registry
from learning_pipeline_tests.models.bundles import bundle

NOW = dt.datetime(2024, 6, 1, tzinfo=dt.UTC)


def kept_dataset(home: Home, rows: pl.DataFrame) -> str:
    """Keep examples as a dataset of their own content."""
    dataset_id = hashlib.sha256(encoded(rows.drop("dataset_id"))).hexdigest()
    named = rows.with_columns(dataset_id=pl.lit(dataset_id))
    sha256 = hashlib.sha256(encoded(named)).hexdigest()
    days = {"as_of": dt.date(2024, 6, 1), "first_day": rows["day"].min(), "last_day": rows["day"].max()}
    counts = {"n": rows.height, "n_effective": float(rows["weight"].sum()), "success_share": rows["success"].mean()}
    made = {"kind": "signal", "built_at": NOW, "config_hash": "c" * 64, "code_commit": "abc", "snapshot_refs": {}}
    shas = {"content_sha256": sha256, "file_sha256": sha256, "columns": ["halo"], "pinned_by": None}
    DatasetFiles(home.datasets).write({"dataset_id": dataset_id, **days, **counts, **made, **shas}, named)
    return dataset_id


def registered(home: Home, seed: int = 0, model_type: str = "signal_model") -> dict[str, object]:
    """Register a bundle of a seed."""
    row = {"model_type": model_type, "metrics": {"log_loss": 0.6}, "created_at": NOW, "data_snapshot_ref": "dataset:d"}
    made = {"dataset_id": "d" * 64, "config_hash": "c" * 64, "code_commit": "abc"}
    return Registry(home).add_artifact(bundle(seed).raw(), row | made)


def deployed(
    home: Home,
    artifact: dict[str, object],
    state: str = "active",
    since: dt.datetime = NOW,
    until: dt.datetime | None = None,
    target: str = "main",
) -> None:
    """Write a deployment as a move leaves it behind."""
    database = Database(home.ledger, rollout_tables.metadata)
    with database.writing() as connection:
        table = rollout_tables.deployments
        n = connection.scalar(sa.select(sa.func.count()).select_from(table))
        row = {
            "target": target,
            "artifact_id": artifact["artifact_id"],
            "artifact_sha256": artifact["sha256"],
            "state": state,
            "since": utc_text(since),
            "until": utc_text(until) if until else None,
            "moved_at": utc_text(NOW),
            "generation": n + 1,
        }
        connection.execute(sa.insert(table).values(row))
