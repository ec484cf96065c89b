"""One training from dataset to registry, with everything that is noted of it."""

import datetime as dt
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from learning_pipeline.contracts import Entry
from learning_pipeline.errors import DataMissing, LearningPipelineError, StoreBusy, TrainingFailed
from learning_pipeline.models.bundle import Bundle
from learning_pipeline.models.training import MODEL_TYPE, Recipe, Search, bundle_of, search
from learning_pipeline.models.wording import failed_entry, training_entries
from learning_pipeline.stores.code import code_version
from learning_pipeline.stores.dataset_files import DatasetFiles
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.learning_log import write_entries
from learning_pipeline.stores.outbox import Outbox
from learning_pipeline.stores.registry import Registry

TRANSIENT = (OSError, MemoryError, StoreBusy)
"""What may be gone a moment later."""

PAUSE_SECONDS = 0.5


class Trained(NamedTuple):
    """What a training made: the search, the bundle, its row in the registry."""

    found: Search
    bundle: Bundle
    artifact: dict[str, Any]


class Asked(NamedTuple):
    """What a training was asked to do.

    train_id : the run's id; retries : further tries where it fails in passing; asked_by : a person, where one asked.
    """

    train_id: str
    recipe: Recipe
    retries: int = 0
    is_scheduled: bool = False
    asked_by: str | None = None


def remade(home: Home, recipe: Recipe, dataset_id: str) -> Bundle:
    """A model made again from a dataset; nothing of it is noted: the same look is no new trial."""
    return bundle_of(search(DatasetFiles(home.datasets).examples(dataset_id), recipe), dataset_id)


def trained(home: Home, asked: Asked, dataset: Callable[[], str]) -> Trained:
    """Train on the dataset named, and note in the ledger whatever came of it; where nothing did, what stood stays.

    A training that repeats an earlier one is noted too; its artifact and its trials are found, not added again.

    Raises
    ------
    DataMissing
        Too little to learn from.
    TrainingFailed
        Anything else, after the further tries where it may pass.
    """
    row: dict[str, Any] = {
        "train_id": asked.train_id,
        "model_type": MODEL_TYPE,
        "is_scheduled": asked.is_scheduled,
        "asked_by": asked.asked_by,
        "config_hash": asked.recipe.sha256(),
        "started_at": dt.datetime.now(dt.UTC),
    }

    def attempt() -> Trained:
        row["dataset_id"] = dataset()
        return _fitted(home, asked, row["dataset_id"])

    try:
        done = _retried(attempt, asked.retries)
    except Exception as e:
        error = e if isinstance(e, LearningPipelineError) else TrainingFailed(f"{type(e).__name__}: {e}")
        _note_failure(home, row, error)
        if error is e:
            raise
        raise error from e
    _note_success(home, row, done)
    return done


def _retried(work: Callable[[], Trained], retries: int) -> Trained:
    for n in range(retries):
        try:
            return work()
        except TRANSIENT:
            time.sleep(PAUSE_SECONDS * 2**n)
    try:
        return work()
    except TRANSIENT as e:
        raise TrainingFailed(f"{retries + 1} tries failed, the last with {type(e).__name__}: {e}") from e


def _fitted(home: Home, asked: Asked, dataset_id: str) -> Trained:
    """Search, and note the trials before anything is made of them: what was looked at counts, whatever follows."""
    registry, files = Registry(home), DatasetFiles(home.datasets)
    found = search(files.examples(dataset_id), asked.recipe)
    now = dt.datetime.now(dt.UTC)
    noted = {"train_id": asked.train_id, "recorded_at": now}
    registry.add_trials([trial.row(dataset_id, MODEL_TYPE) | noted for trial in found.trials])
    bundle = bundle_of(found, dataset_id)
    row = {
        "model_type": MODEL_TYPE,
        "metrics": found.metrics,
        "created_at": now,
        "data_snapshot_ref": f"dataset:{dataset_id}",
        "dataset_id": dataset_id,
        "config_hash": asked.recipe.sha256(),
        "code_commit": code_version(),
        "train_id": asked.train_id,
    }
    return Trained(found, bundle, registry.add_artifact(bundle.raw(), row))


def _note_success(home: Home, row: dict[str, Any], done: Trained) -> None:
    now, artifact = dt.datetime.now(dt.UTC), done.artifact
    Registry(home).add_training(row | {"status": "succeeded", "ended_at": now, "artifact_id": artifact["artifact_id"]})
    told = ("artifact_id", "model_type", "version", "path_ref", "metrics", "created_at", "data_snapshot_ref", "sha256")
    payload = {name: artifact[name] for name in told}
    Outbox(home).emit("ordinis.learn.model.trained", artifact["artifact_id"], payload, now)
    _log(home, training_entries(done.found, artifact))


def _note_failure(home: Home, row: dict[str, Any], error: LearningPipelineError) -> None:
    status = "refused" if isinstance(error, DataMissing) else "failed"
    reason = " ".join(str(error).split())
    said = {"status": status, "error_code": error.code, "reason": reason, "ended_at": dt.datetime.now(dt.UTC)}
    Registry(home).add_training(row | said)
    _log(home, [failed_entry(status, error.code, reason)])


def _log(home: Home, entries: list[Entry]) -> None:
    write_entries(home.learning_log, entries)
