"""Build a dataset by its job; build it again and compare."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from learning_pipeline.cli.jobs import run_job
from learning_pipeline.datasets.dataset import Window, dataset_of
from learning_pipeline.datasets.settings import DatasetsSettings
from learning_pipeline.stores.dataset_files import DatasetFiles, encoded
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.lake import Lake


def build_dataset(
    home: Home,
    kind: str = "signal",
    first: dt.date | None = None,
    last: dt.date | None = None,
    as_of: dt.date | None = None,
) -> str:
    """Run the job ``dataset`` and return the id; days default to everything that is computed.

    Raises
    ------
    BadInput
        An unknown kind, or days that are out of order or not computed yet.
    DataMissing
        Nothing is labelled in these days.
    """
    days = {"first": first, "last": last, "as_of": as_of}
    asked = {"kind": kind, **{name: day.isoformat() for name, day in days.items() if day}}
    return run_job(home, "dataset", ops={"build_dataset": asked})["datasets.examples"]["dataset_id"]


def difference(home: Home, dataset_id: str) -> str | None:
    """Build a dataset again from the lake, as its manifest says; the first difference, None where it is identical.

    Raises
    ------
    BadInput
        There is no such dataset.
    ArtifactDamaged
        Its files are not as they were written.
    DataMissing
        The lake holds no such rows any more.
    """
    from learning_pipeline.defs.dataset_rows import rows_of  # noqa: PLC0415  # imports Dagster

    files = DatasetFiles(home.datasets)
    manifest, kept = files.manifest(dataset_id), files.examples(dataset_id)
    config = manifest["config"]
    settings = DatasetsSettings(**{k: v for k, v in config.items() if k in DatasetsSettings.model_fields})
    window = Window(manifest["kind"], manifest["first_day"], manifest["last_day"], manifest["as_of"])
    again = dataset_of(rows_of(Lake(home.lake), window, settings), window, settings, config.get("policy_hash", ""))
    found = first_difference(kept.drop("dataset_id"), again.rows.drop("dataset_id"))
    is_same = again.manifest["dataset_id"] == dataset_id and encoded(again.rows) == files.raw(dataset_id)
    if found or is_same:
        return found
    return f"the same rows, but another id or other bytes: {again.manifest['dataset_id']}"


def first_difference(kept: pl.DataFrame, again: pl.DataFrame) -> str | None:
    """Where two frames of one contract begin to differ, in words; None where they do not."""
    key = next(name for name in ("signal_id", "event_id") if name in kept.columns)
    for name, here, there in (("gone from the lake", kept, again), ("new in the lake", again, kept)):
        only = here.join(there, on=key, how="anti")[key]
        if only.len():
            return f"{only.len()} rows {name}, first {only.sort()[0]}"
    for row, other in zip(kept.iter_rows(named=True), again.iter_rows(named=True), strict=True):
        for column, value in row.items():
            if other[column] != value:
                return f"{row[key]}: {column} was {_short(value)}, is {_short(other[column])}"
    return None


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 80 else f"{text[:79]}\u2026"
