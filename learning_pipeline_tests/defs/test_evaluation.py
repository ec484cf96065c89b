"""The job over a real data root: what it keeps, what it keeps once, what it refuses and keeps all the same."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

from learning_pipeline.defs import evaluated as module
from learning_pipeline.errors import BadInput, EvaluationRefused, Refused
from learning_pipeline.events.tables import AiResponses
from learning_pipeline.jobs import run_job
from learning_pipeline.stores.evaluations import Evaluations, content_sha256
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.outbox import Outbox
from learning_pipeline.stores.registry import Registry
from learning_pipeline_tests.models.evaluation.homes import add_model, add_pack
from learning_pipeline_tests.models.evaluation.test_prompt_pack import NEW, OLD, answers
from learning_pipeline_tests.models.evaluation.test_prompt_pack import pack_of as prompts_pack
from learning_pipeline_tests.models.evaluation.worlds import world
from learning_pipeline_tests.models.examples import SMALL


class Place(NamedTuple):
    home: Home
    artifact_id: str

    def evaluate(self, *packs: str) -> dict:
        config = {"artifact_id": self.artifact_id, "packs": list(packs)}
        return run_job(self.home, "evaluate", ops={"evaluate_artifact": config})

    @property
    def rows(self) -> list[dict]:
        return Evaluations(self.home).rows()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """One model, a pack after its training, a pack in the midst of it."""
    home, made = Home(tmp_path_factory.mktemp("home")), world(1, edge=1.0, n_training=1200, n_pack=800)
    artifact_id = add_model(home, made, SMALL)
    add_pack(home, made.pack, "after")
    from learning_pipeline_tests.models.evaluation.worlds import pack_of

    add_pack(home, pack_of(made.training), "within")
    return Place(home, artifact_id)


@pytest.fixture(scope="module")
def said(place: Place) -> dict:
    """What the job told of itself, the first time."""
    return place.evaluate("after")["models.evaluations"]


def test_a_measurement_is_kept_with_its_report_and_told(place: Place, said: dict) -> None:
    row = Evaluations(place.home).find(said["eval_ids"][0])
    assert row["status"] == "measured"
    assert row["passed"] is True
    assert row["artifact_sha256"] == Registry(place.home).artifact(place.artifact_id)["sha256"]
    assert row["content_sha256"] == content_sha256(row)
    assert row["metrics"]["n_trials"] == len(SMALL.params)
    assert "| deflated_sharpe |" in said["gates of after"]
    page = (place.home.root / row["report_ref"]).read_text(encoding="utf-8")
    assert f"{place.artifact_id} passed after: all 6 gates hold." in page
    event = next(each for each in Outbox(place.home).events() if each["eval_id"] == row["eval_id"])
    assert event["type"] == "ordinis.learn.eval.completed"
    assert event["passed"] is True
    log = place.home.learning_log.read_text(encoding="utf-8")
    assert f"MODEL EVALUATION | eval_id={row['eval_id']} | artifact_id={place.artifact_id}" in log


def test_the_same_is_kept_once(place: Place) -> None:
    first, before = place.evaluate("after"), place.rows
    assert place.evaluate("after")["models.evaluations"] == first["models.evaluations"]
    assert place.rows == before


def test_more_trials_since_then_make_another_evaluation(place: Place, said: dict) -> None:
    trial = {"trial_id": "x", "train_id": "t2", "model_type": "signal_model", "status": "failed", "params": {}}
    trial |= {"metrics": {}, "daily_roi": {}, "reason": "refused", "recorded_at": dt.datetime.now(dt.UTC)}
    Registry(place.home).add_trials([trial])
    again = place.evaluate("after")["models.evaluations"]["eval_ids"]
    assert again != said["eval_ids"]
    assert Evaluations(place.home).find(again[0])["metrics"]["n_trials"] == len(SMALL.params) + 1


def test_one_that_is_too_old_to_rely_on_is_made_anew(place: Place, said: dict, monkeypatch) -> None:
    first = place.evaluate("after")["models.evaluations"]["eval_ids"]
    monkeypatch.setattr(module, "_is_too_old", lambda _, row: row["eval_id"] == first[0])
    anew = place.evaluate("after")["models.evaluations"]["eval_ids"]
    assert anew != first
    old, new = (Evaluations(place.home).find(ids[0]) for ids in (first, anew))
    assert (old["metrics"], old["policy_sha256"]) == (new["metrics"], new["policy_sha256"])


def test_what_cannot_be_measured_fails_the_run_and_is_kept(place: Place) -> None:
    with pytest.raises(EvaluationRefused, match=r"pack within: the training saw prices up to") as caught:
        place.evaluate("within")
    assert caught.value.code == "E_LEARN_EVAL_FAILED"
    assert not caught.value.retryable
    row = next(each for each in place.rows if each["pack_id"] == "within")
    assert (row["status"], row["passed"], row["report_ref"]) == ("failed", False, None)
    assert "into the window" in row["reason"]
    assert json.dumps(row["gates"]) == "[]"


def test_bytes_of_another_artifact_are_not_measured(place: Place) -> None:
    path = place.home.models / place.artifact_id / "artifact.json"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"threshold":0', b'"threshold":1', 1))
    try:
        with pytest.raises(EvaluationRefused, match="expected SHA-256"):
            place.evaluate("after")
    finally:
        path.write_bytes(whole)
    assert any(row["status"] == "failed" and "expected SHA-256" in row["reason"] for row in place.rows)


def test_unknown_names_are_one_line_and_nothing_is_kept(place: Place) -> None:
    before = place.rows
    with pytest.raises(BadInput, match=r"no such pack; there are after, bench_core_v1, within"):
        place.evaluate("nothing")
    with pytest.raises(BadInput, match="unknown artifact"):
        Place(place.home, "signal_model-0").evaluate("after")
    assert place.rows == before


def test_nothing_is_evaluated_where_learning_is_off(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEARN_ENABLE", "false")
    with pytest.raises(Refused, match="LEARN_ENABLE"):
        place.evaluate("after")


def test_the_age_that_counts_is_that_of_the_rollout(tmp_path: Path) -> None:
    from learning_pipeline.defs.resources import Chain

    chain, now = Chain(home=str(tmp_path)), dt.datetime.now(dt.UTC)
    age = chain.rollout.max_eval_age_days
    for days, old in ((age - 0.01, False), (age + 0.01, True)):
        row = {"evaluated_at": (now - dt.timedelta(days=days)).isoformat()}
        assert module._is_too_old(chain, row) is old


def responses(rows: pl.DataFrame) -> pl.DataFrame:
    """Answers as the lake holds them."""
    told = rows.rename({"decided_at": "happened_at"}).with_columns(
        source=pl.lit("bot"), session_id=pl.lit("bot"), model=pl.lit("m"), latency_ms=pl.lit(5.0)
    )
    return AiResponses.frame(told.to_dict(as_series=True))


def test_a_prompt_pack_is_measured_by_the_answers_that_the_bot_reported(tmp_path: Path) -> None:
    home, raw = Home(tmp_path), NEW.raw()
    row = {"model_type": "prompt_pack", "metrics": {}, "created_at": dt.datetime.now(dt.UTC), "config_hash": "c"}
    row |= {"data_snapshot_ref": "lake", "dataset_id": "lake", "code_commit": "test"}
    place = Place(home, Registry(home).add_artifact(raw, row)["artifact_id"])
    add_pack(home, prompts_pack(OLD), "prompts")
    with pytest.raises(BadInput, match="no pack that the settings require measures a prompt_pack"):
        place.evaluate()
    with pytest.raises(EvaluationRefused, match="expected at least 100 answers of judge 2, found 0"):
        place.evaluate("prompts")
    told = responses(answers(2, "2", 0.97, 0.85))
    Lake(home.lake).replace(AiResponses, told, told["day"].min(), told["day"].max())
    eval_id = place.evaluate("prompts")["models.evaluations"]["eval_ids"][0]
    row = Evaluations(home).find(eval_id)
    assert row["passed"] is True
    assert [gate["gate"] for gate in row["gates"]] == ["schema_valid", "citation_coverage"]
    assert "all 2 gates hold" in (home.root / row["report_ref"]).read_text(encoding="utf-8")
