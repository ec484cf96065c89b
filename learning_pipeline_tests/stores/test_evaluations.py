from __future__ import annotations

import datetime as dt
from pathlib import Path

from learning_pipeline.stores.evaluations import Evaluations, content_sha256
from learning_pipeline.stores.home import Home

NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)


def row(eval_id: str = "eval-1", **parts: object) -> dict:
    given = {
        "eval_id": eval_id,
        "artifact_id": "signal_model-1",
        "artifact_sha256": "a" * 64,
        "dataset_id": "d" * 64,
        "pack_id": "core",
        "policy_sha256": "c" * 64,
        "evaluated_at": NOW,
        "passed": True,
        "status": "measured",
        "metrics": {"sharpe_annual": 1.5, "psr": None},
        "baseline": {},
        "gates": [{"gate": "trades", "value": 60.0, "bound": 50.0, "passed": True, "words": "60"}],
        "reason": None,
        "report_ref": None,
    }
    return given | parts


def test_kept_once_and_found_again(tmp_path: Path) -> None:
    evaluations = Evaluations(Home(tmp_path))
    first = evaluations.add(row())
    again = evaluations.add(row(passed=False, evaluated_at=NOW + dt.timedelta(days=1)))
    assert again == first
    assert evaluations.rows() == [first]
    assert evaluations.find("eval-1") == first
    assert evaluations.find("eval-2") is None
    assert first["gates"] == row()["gates"]


def test_the_digest_is_of_everything_that_is_said(tmp_path: Path) -> None:
    evaluations = Evaluations(Home(tmp_path))
    kept = evaluations.add(row())
    assert kept["content_sha256"] == content_sha256(kept)
    for name, other in {"passed": False, "metrics": {}, "evaluated_at": "x", "policy_sha256": "d" * 64}.items():
        assert content_sha256(kept | {name: other}) != kept["content_sha256"]


def test_newest_first_and_by_artifact(tmp_path: Path) -> None:
    evaluations = Evaluations(Home(tmp_path))
    for k in (2, 3, 1):
        evaluations.add(row(f"eval-{k}", evaluated_at=NOW + dt.timedelta(hours=k)))
    evaluations.add(row("eval-9", artifact_id="signal_model-2"))
    assert [each["eval_id"] for each in evaluations.of("signal_model-1")] == ["eval-3", "eval-2", "eval-1"]
    assert evaluations.of("nobody") == []
