"""The registry gives out the bytes that were registered, or none."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.errors import ArtifactDamaged, BadInput
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.registry import Registry, checked_bytes

AT = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)


def row(**changed: Any) -> dict[str, Any]:
    return {
        "model_type": "signal_model",
        "metrics": {"log_loss": 0.66},
        "created_at": AT,
        "data_snapshot_ref": "dataset:d1",
        "dataset_id": "d1",
        "config_hash": "c" * 64,
        "code_commit": "abc",
        "train_id": "t1",
    } | changed


def trial(**changed: Any) -> dict[str, Any]:
    return {
        "trial_id": "a",
        "train_id": "t1",
        "model_type": "signal_model",
        "status": "finished",
        "params": {"max_depth": 2},
        "metrics": {"log_loss": 0.6},
        "daily_roi": {"2024-01-01": 0.01},
        "recorded_at": AT,
    } | changed


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(Home.at(tmp_path))


def test_an_artifact_is_named_by_its_bytes_and_counted_by_type(registry: Registry, tmp_path: Path) -> None:
    first = registry.add_artifact(b"{}", row())
    second = registry.add_artifact(b"{ }", row())
    prompts = registry.add_artifact(b"{}", row(model_type="prompt_pack", train_id=None))
    digest = hashlib.sha256(b"{}").hexdigest()
    assert first["artifact_id"] == f"signal_model-{digest[:16]}"
    assert first["path_ref"] == f"models/{first['artifact_id']}/artifact.json"
    assert (tmp_path / first["path_ref"]).read_bytes() == b"{}"
    assert [a["version"] for a in (first, second, prompts)] == [1, 2, 1]
    assert first["created_at"] == "2024-05-01T12:00:00.000000+00:00"
    assert first["metrics"] == {"log_loss": 0.66}
    assert registry.artifacts() == [prompts, first, second]


def test_the_same_bytes_are_found_and_not_added_again(registry: Registry) -> None:
    first = registry.add_artifact(b"{}", row())
    again = registry.add_artifact(b"{}", row(train_id="t2", created_at=AT + dt.timedelta(days=1)))
    assert again == first
    assert registry.artifacts() == [first]


def test_a_row_without_all_it_must_say_is_an_error(registry: Registry) -> None:
    with pytest.raises(BadInput, match="NOT NULL"):
        registry.add_artifact(b"{}", {"model_type": "signal_model", "metrics": {}})
    with pytest.raises(BadInput, match="NOT NULL"):
        registry.add_trials([trial(params=None) | {"status": None}])


def test_unknown_ids_are_one_line(registry: Registry) -> None:
    for asked in ("signal_model-0", "../../etc/passwd", ""):
        with pytest.raises(BadInput, match="unknown artifact"):
            registry.raw(asked)


@given(bit=st.integers(0, 8 * 64 - 1))
def test_every_flipped_bit_is_found(tmp_path_factory: pytest.TempPathFactory, bit: int) -> None:
    raw = hashlib.sha512(b"artifact").digest()
    path = tmp_path_factory.getbasetemp() / "flipped"
    path.write_bytes(raw[: bit // 8] + bytes([raw[bit // 8] ^ (1 << bit % 8)]) + raw[bit // 8 + 1 :])
    with pytest.raises(ArtifactDamaged, match="not loaded"):
        checked_bytes(path, hashlib.sha256(raw).hexdigest())
    path.write_bytes(raw)
    assert checked_bytes(path, hashlib.sha256(raw).hexdigest()) == raw


def test_truncated_swapped_and_missing_files_are_found(registry: Registry, tmp_path: Path) -> None:
    one, two = (registry.add_artifact(raw, row()) for raw in (b'{"model":1}', b'{"model":2}'))
    path, other = tmp_path / one["path_ref"], tmp_path / two["path_ref"]
    for damaged in (b'{"model":', b"", other.read_bytes()):
        path.write_bytes(damaged)
        with pytest.raises(ArtifactDamaged, match="expected SHA-256"):
            registry.raw(one["artifact_id"])
    path.unlink()
    with pytest.raises(ArtifactDamaged, match="cannot be read"):
        registry.raw(one["artifact_id"])
    assert registry.raw(two["artifact_id"]) == b'{"model":2}'


def test_registering_again_puts_damaged_bytes_back(registry: Registry, tmp_path: Path) -> None:
    one = registry.add_artifact(b'{"model":1}', row())
    (tmp_path / one["path_ref"]).write_bytes(b"torn")
    registry.add_artifact(b'{"model":1}', row())
    assert registry.raw(one["artifact_id"]) == b'{"model":1}'


def test_a_trial_is_counted_once_and_keeps_its_first_row(registry: Registry) -> None:
    registry.add_trials([trial(), trial(trial_id="b", status="failed", metrics={}, daily_roi={})])
    registry.add_trials([trial(train_id="t2")])
    registry.add_trials([])
    kept = registry.trials("signal_model")
    assert [(t["trial_id"], t["train_id"], t["status"]) for t in kept] == [
        ("a", "t1", "finished"),
        ("b", "t1", "failed"),
    ]
    assert registry.trials("prompt_pack") == []


def test_trainings_are_kept_whatever_came_of_them(registry: Registry) -> None:
    done = {"model_type": "signal_model", "is_scheduled": False, "config_hash": "c" * 64, "ended_at": AT}
    registry.add_training(done | {"train_id": "t2", "status": "succeeded", "started_at": AT, "artifact_id": "a"})
    earlier = AT - dt.timedelta(hours=1)
    refused = {"status": "refused", "error_code": "E_LEARN_DATA_MISSING", "reason": "12 of 1000"}
    registry.add_training(done | refused | {"train_id": "t1", "started_at": earlier})
    assert [(t["train_id"], t["error_code"]) for t in registry.trainings()] == [
        ("t1", "E_LEARN_DATA_MISSING"),
        ("t2", None),
    ]
