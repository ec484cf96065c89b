"""A model goes the whole way, from the command line and from Python; what people did is in the audit."""

from __future__ import annotations

import json
import runpy
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import learning_pipeline as lp
from learning_pipeline.cli import app
from learning_pipeline.errors import RolloutDenied
from learning_pipeline.stores.audit import Audit
from learning_pipeline.stores.home import VARIABLE, Home
from learning_pipeline.stores.outbox import Outbox
from learning_pipeline.stores.registry import Registry
from learning_pipeline.stores.rollouts import Rollouts
from learning_pipeline.stores.warehouse import read_only
from learning_pipeline_tests.docs.blocks import DOCS
from learning_pipeline_tests.docs.linked import linked_copy
from learning_pipeline_tests.docs.reader import OF_MODELS, Reader, words_of


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, mlflow_database: Path) -> Home:
    home = Home.at(tmp_path_factory.mktemp("governed") / "home")
    home.mlflow.mkdir(parents=True)
    shutil.copy(mlflow_database, home.mlflow / "mlflow.db")
    return home


@pytest.fixture(scope="module")
def shown(home: Home) -> Result:
    return CliRunner().invoke(app, ["demo", "--governed", "--json", "--home", str(home.root)])


def test_every_step_ends_as_it_must(shown: Result, home: Home) -> None:
    assert shown.exit_code == 0, shown.stderr
    assert json.loads(shown.stdout)["audit_head"] == str(Audit(home).head())
    assert "E_LEARN_ROLLOUT_DENIED: r1: approver_is_requester: ana asked for it" in shown.stderr
    assert "passed: every gate holds" in shown.stderr


def test_the_audit_tells_who_tried_what_with_the_metrics_and_the_approval(shown: Result, home: Home) -> None:
    told = [(row["action"], row["actor"], row["outcome"]) for row in Audit(home).records()]
    assert told == [
        ("request", "ana", "done"),
        ("approve", "ana", "denied"),
        ("request", "ana", "done"),
        ("shadow", "ana", "done"),
        ("approve", "ben", "done"),
        ("active", "ben", "done"),
        ("rollback", "ben", "done"),
    ]
    made_active = json.loads(Audit(home).records()[5]["detail"])
    assert made_active["approval"]["approved_by"] == "ben"
    assert made_active["evaluations"][0]["metrics"]["sharpe_annual"] > 10


def test_nothing_stands_after_the_rollback_and_the_history_says_what_did(shown: Result, home: Home) -> None:
    assert Rollouts(home).standing("main") == {}
    assert [each.state for each in Rollouts(home).history("main")] == ["shadow", "active", "retired"]
    assert lp.load_model(home.root).active is None


def test_the_notebook_tells_its_record_and_where_it_stands(
    shown: Result, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(home.root))
    _, found = runpy.run_path(str(Path(__file__).parents[2] / "notebooks" / "models.py"))["app"].run()
    assert found["answer"] == "not active"
    assert [(row["role"], row["n_scored"]) for row in found["kept"]] == [("shadow", 385)]
    assert found["measured"][0]["passed"]
    assert found["gates"]["passed"].all()


def test_analysts_see_it_in_the_warehouse(shown: Result, home: Home) -> None:
    with read_only(home.warehouse) as connection:
        counts = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("models.artifacts", "models.evaluations", "datasets.manifests", "rollout.audit")
        }
        scored = connection.execute("SELECT role, count(*) FROM models.scores GROUP BY role").fetchall()
    assert counts == {"models.artifacts": 1, "models.evaluations": 1, "datasets.manifests": 2, "rollout.audit": 7}
    assert scored == [("shadow", 385)]


def test_it_was_told_to_others_once(shown: Result, home: Home) -> None:
    lines = (home.outbox / "learn-events.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == Outbox(home).events()
    topics = [event["type"].removeprefix("ordinis.learn.") for event in Outbox(home).events()]
    assert topics.count("model.trained") == topics.count("eval.completed") == 1
    assert topics.count("dataset.built") == 2
    assert topics.count("rollout.completed") == 3


def test_the_engine_does_the_same_from_python(shown: Result, home: Home, tmp_path: Path) -> None:
    """The same content is the same evaluation; a denial has its code and its reasons. A data root can be moved."""
    home = Home.at(shutil.copytree(home.root, tmp_path / "moved"))
    artifact_id = Registry(home).artifacts()[0]["artifact_id"]
    with lp.LearningEngine(home.root) as engine:
        artifact = engine.artifact(artifact_id)
        assert isinstance(artifact, lp.ModelArtifact)
        assert (artifact.model_type, artifact.version) == ("signal_model", "1")
        known = {row["eval_id"] for row in engine_evaluations(home)}
        assert engine.evaluate(artifact_id, "edge_v1")["eval_id"] in known
        with pytest.raises(RolloutDenied, match="not_approved") as denied:
            engine.rollout(artifact_id, {"by": "ana", "state": "active"})
        assert (denied.value.code, denied.value.retryable) == ("E_LEARN_ROLLOUT_DENIED", False)
        event = {"type": "ordinis.ai.response", "at": "2024-12-01T00:00:00Z", "prompt_pack": "p", "version": "1"}
        engine.record_event(event | {"model": "m", "latency_ms": 3.0, "schema_valid": True, "refused": False})
        dataset_id = engine.build_dataset("signal", {"last": "2024-06-28", "as_of": "2024-11-25"})
    with read_only(home.warehouse) as connection:
        assert connection.execute("SELECT source FROM events.ai_responses").fetchall() == [("learning_engine",)]
    assert len(dataset_id) == 64


@pytest.mark.parametrize("page", OF_MODELS)
def test_what_the_documentation_says_to_type_prints_what_it_says(
    page: str, shown: Result, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked_copy(home.root, tmp_path / "data" / "governed")
    monkeypatch.chdir(tmp_path)
    reader = Reader(tmp_path, {}, words_of(home))
    assert [f"{block.text}\n-- was --\n{printed}" for block, printed in reader.differences(DOCS / page)] == []


def engine_evaluations(home: Home) -> list[dict[str, object]]:
    from learning_pipeline.stores.evaluations import Evaluations

    return Evaluations(home).rows()


def test_the_whole_way_is_shown_once(shown: Result, home: Home) -> None:
    again = CliRunner().invoke(app, ["demo", "--governed", "--home", str(home.root)])
    assert again.exit_code == 1
    assert again.stderr.startswith("E_LEARN_BAD_INPUT: ")
