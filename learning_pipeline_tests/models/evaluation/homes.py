"""A data root with a trained model, its dataset and a pack, made without the chain."""

from __future__ import annotations

import datetime as dt
import hashlib

import polars as pl

from learning_pipeline.models.packs.pack import Pack, frozen
from learning_pipeline.models.training import MODEL_TYPE, Recipe, bundle_of, search
from learning_pipeline.stores.dataset_files import DatasetFiles, encoded
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.packs import PackFiles, Packs
from learning_pipeline.stores.registry import Registry
from learning_pipeline_tests.models.evaluation.worlds import DATASET, World

NOW = dt.datetime(2024, 6, 1, tzinfo=dt.UTC)


def add_pack(home: Home, pack: Pack, name: str) -> None:
    """Keep a pack under a name."""
    Packs(home).add(name, PackFiles(*frozen(pack.manifest.model_copy(update={"pack_id": name}), pack.rows)))


def add_model(home: Home, made: World, recipe: Recipe, train_id: str = "t1") -> str:
    """Train on a world's days, as the training job does, and register what came out."""
    found = search(made.training, recipe)
    _keep_dataset(home, made.training)
    registry = Registry(home)
    noted = {"train_id": train_id, "recorded_at": NOW}
    registry.add_trials([trial.row(DATASET, MODEL_TYPE) | noted for trial in found.trials])
    row = {"model_type": MODEL_TYPE, "metrics": {}, "created_at": NOW, "data_snapshot_ref": "made up"}
    row |= {"dataset_id": DATASET, "config_hash": recipe.sha256(), "code_commit": "test", "train_id": train_id}
    return registry.add_artifact(bundle_of(found, DATASET).raw(), row)["artifact_id"]


def _keep_dataset(home: Home, rows: pl.DataFrame) -> None:
    manifest = {
        "dataset_id": DATASET,
        "kind": "signal",
        "built_at": NOW,
        "as_of": NOW.date(),
        "first_day": rows["day"].min(),
        "last_day": rows["day"].max(),
        "file_sha256": hashlib.sha256(encoded(rows)).hexdigest(),
    }
    DatasetFiles(home.datasets).write(manifest, rows)
