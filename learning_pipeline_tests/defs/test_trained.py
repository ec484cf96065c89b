"""A training is noted whatever comes of it; what stood stays; the same training adds nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from learning_pipeline.defs import trained as module
from learning_pipeline.defs.trained import Asked, trained
from learning_pipeline.errors import ArtifactDamaged, DataMissing, StoreBusy, TrainingFailed
from learning_pipeline.models.bundle import Bundle
from learning_pipeline.models.learners import baseline, grid
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.outbox import Outbox
from learning_pipeline.stores.registry import Registry
from learning_pipeline_tests.models.examples import SMALL, examples
from learning_pipeline_tests.models.kept import kept_dataset


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.at(tmp_path)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0)


def asked(train_id: str = "t1", **changed: object) -> Asked:
    return Asked(train_id, SMALL)._replace(**changed)  # type: ignore[arg-type]


def test_a_model_is_registered_with_what_it_was_made_of(home: Home) -> None:
    dataset_id = kept_dataset(home, examples(n=400))
    done = trained(home, asked(asked_by="ann"), lambda: dataset_id)
    registry = Registry(home)
    assert registry.artifacts() == [done.artifact]
    assert Bundle.read(registry.raw(done.artifact["artifact_id"])).raw() == done.bundle.raw()
    said = {name: done.artifact[name] for name in ("dataset_id", "config_hash", "train_id", "version")}
    assert said == {"dataset_id": dataset_id, "config_hash": SMALL.sha256(), "train_id": "t1", "version": 1}
    assert done.bundle.dataset_id == dataset_id
    assert done.artifact["metrics"]["auc"] == done.found.chosen.metrics["auc"]
    (training,) = registry.trainings()
    assert (training["status"], training["artifact_id"]) == ("succeeded", done.artifact["artifact_id"])
    assert (training["asked_by"], training["is_scheduled"], training["error_code"]) == ("ann", False, None)
    assert [trial["params"] for trial in registry.trials("signal_model")].count(baseline()) == 1
    (event,) = Outbox(home).events()
    assert (event["type"], event["artifact_id"]) == ("ordinis.learn.model.trained", done.artifact["artifact_id"])
    log = home.learning_log.read_text()
    assert f"MODEL TRAINED | artifact={done.artifact['artifact_id']}" in log


def test_the_same_training_is_noted_and_adds_nothing(home: Home) -> None:
    dataset_id = kept_dataset(home, examples(n=400))
    first, again = (trained(home, asked(f"t{k}"), lambda: dataset_id) for k in (1, 2))
    registry = Registry(home)
    assert again.artifact == first.artifact
    assert len(registry.artifacts()) == 1
    assert {trial["train_id"] for trial in registry.trials("signal_model")} == {"t1"}
    assert len(registry.trials("signal_model")) == len(SMALL.params)
    assert [row["train_id"] for row in registry.trainings()] == ["t1", "t2"]
    assert len(Outbox(home).events()) == 1


def test_another_dataset_is_another_look(home: Home) -> None:
    for seed in (0, 1):
        dataset_id = kept_dataset(home, examples(seed, n=400))
        trained(home, asked(f"t{seed}"), lambda dataset_id=dataset_id: dataset_id)
    assert [row["version"] for row in Registry(home).artifacts()] == [1, 2]
    assert len(Registry(home).trials("signal_model")) == 2 * len(SMALL.params)


def test_too_few_examples_are_refused_and_what_stood_stays(home: Home) -> None:
    good = trained(home, asked("t1"), lambda: kept_dataset(home, examples(n=400)))
    with pytest.raises(DataMissing, match="at least 300 labelled examples"):
        trained(home, asked("t2"), lambda: kept_dataset(home, examples(n=200)))
    registry = Registry(home)
    assert registry.artifacts() == [good.artifact]
    row = registry.trainings()[-1]
    assert (row["status"], row["error_code"], row["artifact_id"]) == ("refused", "E_LEARN_DATA_MISSING", None)
    assert "found 200" in row["reason"]
    assert "the last good artifact stays" in home.learning_log.read_text()
    assert len(registry.trials("signal_model")) == len(SMALL.params)


def test_a_failure_in_passing_is_tried_again(home: Home) -> None:
    dataset_id = kept_dataset(home, examples(n=400))
    done = trained(home, asked(retries=2), _failing([OSError("no space"), StoreBusy("locked")], dataset_id))
    assert done.artifact["version"] == 1
    assert [row["status"] for row in Registry(home).trainings()] == ["succeeded"]


@pytest.mark.parametrize("error", [OSError("no space"), MemoryError("full"), StoreBusy("locked")])
def test_a_failure_that_does_not_pass_is_a_failed_training(home: Home, error: Exception) -> None:
    errors = [error] * 9
    with pytest.raises(TrainingFailed, match="3 tries failed, the last with"):
        trained(home, asked(retries=2), _failing(errors, "d"))
    assert len(errors) == 6
    (row,) = Registry(home).trainings()
    assert (row["status"], row["error_code"]) == ("failed", "E_LEARN_TRAIN_FAILED")
    assert Registry(home).artifacts() == []


def test_a_defect_is_a_failed_training_that_names_it_and_is_not_tried_again(home: Home) -> None:
    tries = []

    def broken() -> str:
        tries.append(1)
        raise KeyError("halo")

    with pytest.raises(TrainingFailed, match="KeyError: 'halo'"):
        trained(home, asked(retries=3), broken)
    assert len(tries) == 1
    (row,) = Registry(home).trainings()
    assert (row["status"], row["reason"]) == ("failed", "KeyError: 'halo'")


def test_trials_count_even_where_nothing_comes_of_them(home: Home) -> None:
    """What was looked at was looked at: each setting failed, and each is in the ledger with its reason."""
    broken = [grid(0)[0] | {"max_depth": -3}, baseline()]
    dataset_id = kept_dataset(home, examples(n=400))
    with pytest.raises(TrainingFailed, match="every setting failed"):
        trained(home, asked(recipe=replace(SMALL, params=broken)), lambda: dataset_id)
    trials = Registry(home).trials("signal_model")
    assert sorted(trial["status"] for trial in trials) == ["failed", "finished"]
    assert [bool(trial["reason"]) for trial in trials if trial["status"] == "failed"] == [True]


def test_a_damaged_dataset_is_not_trained_on(home: Home) -> None:
    dataset_id = kept_dataset(home, examples(n=400))
    path = home.datasets / dataset_id / "examples.parquet"
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(bytes(raw))
    with pytest.raises(ArtifactDamaged, match="not those of its manifest"):
        trained(home, asked(), lambda: dataset_id)
    assert Registry(home).trainings()[0]["error_code"] == "E_LEARN_ARTIFACT_DAMAGED"


def _failing(errors: list[Exception], dataset_id: str) -> Callable[[], str]:
    """Names the dataset once it has failed with each of the errors."""

    def dataset() -> str:
        if errors:
            raise errors.pop()
        return dataset_id

    return dataset
