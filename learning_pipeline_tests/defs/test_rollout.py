"""The job, the sensor, the evidence that the gate gathers, and the copies for analysts, on real stores."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from learning_pipeline.datasets.tables import Manifests
from learning_pipeline.definitions import defs
from learning_pipeline.defs.automation import hourly
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.rollout import SENSOR, TAG
from learning_pipeline.defs.rollout_evidence import Evidence
from learning_pipeline.defs.rollout_gate import Gate
from learning_pipeline.drift.tables import Alerts
from learning_pipeline.errors import RolloutDenied
from learning_pipeline.jobs import run_job
from learning_pipeline.models.settings import ModelsSettings
from learning_pipeline.models.tables import Artifacts, Evaluations, Scores
from learning_pipeline.rollout.settings import RolloutSettings
from learning_pipeline.rollout.tables import Approvals, Audit, Deployments
from learning_pipeline.stores.home import VARIABLE
from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.rollout_answers import RolloutAnswers
from learning_pipeline_tests.rollout.world import DAY, HOUR, NOW, PACK, World
from learning_pipeline_tests.worlds import Root

COPIES = [Artifacts, Evaluations, Manifests, Deployments, Approvals, Audit]


def scored(artifact_id: str, at: dt.datetime, role: str, target: str = "main") -> dict[str, object]:
    named = {"signal_id": f"{at}-{role}-{target}", "artifact_id": artifact_id, "target": target, "role": role}
    return named | {"score": 0.5, "takes": True, "known_at": at, "day": at.date()}


def test_scores_in_shadow_and_alarms_are_those_of_the_artifact_since_it_stands_there(tmp_path: Path) -> None:
    world = World.at(tmp_path)
    one = world.artifact("one")
    world.in_shadow(one)
    since = world.rollouts.standing("main")["shadow"].since
    at = since + 5 * HOUR
    rows = [scored(one, at, "shadow"), scored(one, at, "active"), scored(one, at, "shadow", "other")]
    rows += [scored("another", at, "shadow"), scored(one, since - DAY, "shadow")]
    lake = Lake(world.home.lake)
    lake.replace(Scores, Scores.frame(rows), since.date() - DAY, NOW.date())
    told = {
        "as_of": at.date(),
        "day": at.date(),
        "target": "main",
        "metric": "psi",
        "raised_at": at,
        "detail": "x has moved",
    }
    alerts = [("drift", one, "x"), ("drift", "another", "x"), ("train_failures", one, "*")]
    frame = Alerts.frame([{"kind": kind, "model": model, "feature": f, **told} for kind, model, f in alerts])
    lake.replace(Alerts, frame, at.date(), at.date())
    asked = world.gate.ask("main", one, "active", "Ada", None, NOW)
    held = RolloutAnswers(world.home).look(asked["request_id"])
    found = Evidence(world.home, lake).in_shadow(held, NOW)
    assert found == ([at], [(at, "x has moved")])


def test_packs_are_those_on_disk_of_the_artifacts_kind(tmp_path: Path) -> None:
    evidence = Evidence(World.at(tmp_path).home, Lake(tmp_path / "lake"))
    signal_model, prompts = {"model_type": "signal_model"}, {"model_type": "prompt_pack"}
    found = evidence.policies([PACK, "no_such_pack"], signal_model)
    assert found["no_such_pack"] is None
    assert evidence.policies([PACK], prompts).get(PACK) is None


def test_the_job_moves_what_may_be_moved_and_fails_with_the_reasons_where_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (VARIABLE, "DAGSTER_HOME"):
        monkeypatch.setenv(name, "")  # restored after the test
    world = World.at(tmp_path, now=dt.datetime.now(dt.UTC))
    one = world.artifact("one")
    asked = world.gate.ask("main", one, "shadow", "Ada", None, world.now)["request_id"]
    run_job(world.home, "rollout", ops={"move_model": {"request_id": asked, "actor": "Ada"}})
    assert world.stands() == {"shadow": one}
    with pytest.raises(RolloutDenied, match=f"^{asked}: request_closed: the request is done already"):
        run_job(world.home, "rollout", ops={"move_model": {"request_id": asked}})
    assert [each[:3] for each in world.audited()[1:]] == [("Ada", "shadow", "done"), ("launchpad", "shadow", "denied")]


def test_the_sensor_asks_for_what_can_be_moved_and_does_nothing_itself(tmp_path: Path) -> None:
    root = Root(tmp_path)
    sensor = defs.resolve_sensor_def(SENSOR)

    def tick(instance: dg.DagsterInstance) -> list[dg.RunRequest]:
        with dg.build_sensor_context(instance, resources={"chain": Chain(home=str(root.home.root))}) as context:
            found = sensor.evaluate_tick(context)
        return list(found.run_requests or [])

    with dg.DagsterInstance.ephemeral() as instance:
        assert tick(instance) == []
        assert not root.home.ledger.exists()
        world = World.at(root.home.root)
        asked = world.gate.ask("main", world.artifact("one"), "shadow", "Ada", None, NOW)["request_id"]
        (request,) = tick(instance)
        (same,) = tick(instance)
        assert request.run_key == same.run_key
        assert request.run_config["ops"] == {"move_model": {"config": {"request_id": asked, "actor": SENSOR}}}
        assert (world.stands(), len(world.audited())) == ({}, 1)
        how = {"run_config": request.run_config, "tags": dict(request.tags), "status": dg.DagsterRunStatus.FAILURE}
        failed = instance.create_run_for_job(defs.resolve_job_def("rollout"), **how)
        (again,) = tick(instance)  # a failed run burns its key
        assert (again.tags[TAG], again.run_key) == (failed.tags[TAG], f"{failed.tags[TAG]}:1")
        world.gate.deny(asked, "Cy", "no", NOW)
        assert tick(instance) == []


def test_analysts_get_copies_of_the_ledger_and_a_pointer_past_the_audit_is_told(tmp_path: Path) -> None:
    root = Root(tmp_path)
    root.run(only=COPIES)
    assert set(root.versions().values()) == {None}  # nothing to copy: no table is made
    chain = Chain(home=str(root.home.root))
    assert isinstance(_hour(chain), dg.SkipReason)
    world = World.at(root.home.root)
    world.active(world.artifact("one"))
    assert isinstance(_hour(chain), dg.RunRequest)
    run = root.run(only=COPIES)
    assert isinstance(_hour(chain), dg.SkipReason)
    assert {each.check_name: each.passed for each in run.get_asset_check_evaluations()} == {
        "the_audit_is_a_whole_chain": True,
        "the_active_model_is_the_last_one_in_the_audit": True,
        "mlflow_mirrors_the_ledger": True,
    }
    heights = {table.address(): root.table(table).height for table in COPIES}
    expected = {"models.artifacts": 1, "models.evaluations": 1, "datasets.manifests": 0}
    assert heights == expected | {"rollout.deployments": 2, "rollout.approvals": 1, "rollout.audit": 5}
    metrics = root.table(Evaluations).select(pl.col("metrics").str.json_path_match("$.sharpe")).item()
    assert metrics == "1.5"
    world.execute("UPDATE rollout_deployments SET artifact_id = 'x' WHERE state = 'active'")
    world.execute("UPDATE rollout_audit SET actor = 'Mallory' WHERE seq = 2")
    again = root.run(only=COPIES)
    told = {each.check_name: each.metadata for each in again.get_asset_check_evaluations() if not each.passed}
    assert told["the_audit_is_a_whole_chain"]["fault"].value == "record 2 is not what its hash was taken of"
    assert (
        "main: active is x, the audit says signal_model-"
        in told["the_active_model_is_the_last_one_in_the_audit"]["wrong"].value
    )


def _hour(chain: Chain) -> object:
    """What the schedule says when nothing is due but what was decided about models."""
    with (
        dg.DagsterInstance.local_temp(str(chain.paths.root)) as instance,
        dg.build_schedule_context(instance=instance, resources={"chain": chain}) as context,
    ):
        return hourly(context)


def test_a_gate_with_the_shipped_settings_lets_nothing_become_active(tmp_path: Path) -> None:
    world = World.at(tmp_path)
    request_id = world.approved(world.artifact("one"))
    gate = Gate(world.home, {"models": ModelsSettings(), "rollout": RolloutSettings()}, world.known)  # type: ignore[arg-type]
    with pytest.raises(RolloutDenied, match="mode_is_shadow"):
        gate.move(request_id, "Bob", NOW)
