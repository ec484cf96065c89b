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


class Training(NamedTuple):
    """What a training was asked to do.

    train_id : the run's id; retries : further tries where it fails in passing; dataset : builds the dataset, or names
    one that is there.
    """

    home: Home
    train_id: str
    recipe: Recipe
    retries: int
    is_scheduled: bool
    dataset: Callable[[], str]


def trained(training: Training) -> Trained:
    """Train, and note in the ledger whatever came of it; the last good artifact stays where nothing did.

    A training that repeats an earlier one is noted too; its artifact and its trials are found, not added again.

    Raises
    ------
    DataMissing
        Too little to learn from.
    TrainingFailed
        Anything else, after the further tries where it may pass.
    """
    row: dict[str, Any] = {
        "train_id": training.train_id,
        "model_type": MODEL_TYPE,
        "is_scheduled": training.is_scheduled,
        "config_hash": training.recipe.sha256(),
        "started_at": dt.datetime.now(dt.UTC),
    }
    try:
        row["dataset_id"] = training.dataset()
        done = _retried(lambda: _fitted(training, row["dataset_id"]), training.retries)
    except Exception as e:
        error = e if isinstance(e, LearningPipelineError) else TrainingFailed(f"{type(e).__name__}: {e}")
        _note_failure(training.home, row, error)
        if error is e:
            raise
        raise error from e
    _note_success(training.home, row, done)
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


def _fitted(training: Training, dataset_id: str) -> Trained:
    """Search, and note the trials before anything is made of them: what was looked at counts, whatever follows."""
    registry, files = Registry(training.home), DatasetFiles(training.home.datasets)
    found = search(files.examples(dataset_id), training.recipe)
    now = dt.datetime.now(dt.UTC)
    noted = {"train_id": training.train_id, "recorded_at": now}
    registry.add_trials([trial.row(dataset_id, MODEL_TYPE) | noted for trial in found.trials])
    bundle = bundle_of(found, dataset_id)
    row = {
        "model_type": MODEL_TYPE,
        "metrics": found.metrics,
        "created_at": now,
        "data_snapshot_ref": f"dataset:{dataset_id}",
        "dataset_id": dataset_id,
        "config_hash": training.recipe.sha256(),
        "code_commit": code_version(),
        "train_id": training.train_id,
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
