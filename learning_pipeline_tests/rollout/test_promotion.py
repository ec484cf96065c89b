"""A model becomes active if everything is there, and for any single thing that is not, it does not and is told why."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from learning_pipeline.errors import BadInput, Refused, RolloutDenied
from learning_pipeline.models.settings import ModelsSettings
from learning_pipeline.stores.audit import Audit
from learning_pipeline.stores.outbox import Outbox
from learning_pipeline_tests.rollout.faults import CASES
from learning_pipeline_tests.rollout.illegal import try_many
from learning_pipeline_tests.rollout.world import DAY, NOW, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.at(tmp_path)


def test_each_fault_is_denied_for_its_own_reason_and_without_it_the_model_moves(tmp_path: Path) -> None:
    wrong, given = try_many(2 * len(CASES), tmp_path)
    assert wrong == []
    assert len(given) >= 24


def test_a_promotion_is_recorded_with_its_metrics_and_its_approval(world: World) -> None:
    one = world.artifact("one")
    world.active(one)
    record = Audit(world.home).records()[-1]
    detail = json.loads(record["detail"])
    assert (record["actor"], record["action"], record["outcome"], record["artifact_id"]) == (
        "Bob",
        "active",
        "done",
        one,
    )
    assert [each["metrics"] for each in detail["evaluations"]] == [{"sharpe": 1.5}]
    assert (detail["approval"]["approved_by"], detail["approval"]["requested_by"]) == ("Bob", "Ada")
    assert detail["approval"]["policy_sha256"] == world.rollouts.approvals()[0]["policy_sha256"]


def test_what_is_replaced_is_retired_and_since_runs_on_the_clock_of_the_data(world: World) -> None:
    one, two = world.artifact("one"), world.artifact("two")
    world.active(one)
    world.active(two)
    told = [(each.artifact_id, each.state, each.since, each.until) for each in world.rollouts.history()]
    start, then, now = NOW - 20 * DAY, NOW, NOW + 20 * DAY
    assert told == [
        (one, "shadow", start, then),
        (one, "active", then, now),
        (two, "shadow", then, now),
        (two, "active", now, None),
        (one, "retired", now, None),
    ]
    assert world.stands() == {"active": two}
    assert [each.generation for each in world.rollouts.history()] == [1, 2, 3, 4, 4]


def test_a_shadow_takes_a_request_and_whole_bytes_and_nothing_else(world: World) -> None:
    one, two = world.artifact("one"), world.artifact("two")
    world.execute("DELETE FROM evaluations")
    world.models = ModelsSettings()  # mode shadow
    world.in_shadow(one)
    world.in_shadow(two)
    assert world.stands() == {"shadow": two}
    assert world.rollouts.history()[-1].state == "shadow"
    asked = world.gate.ask("main", one, "shadow", "Ada", None, NOW)
    next(world.home.models.glob(f"{one}/*")).unlink()
    with pytest.raises(RolloutDenied, match="artifact_missing"):
        world.gate.move(asked["request_id"], "Ada", NOW)
    assert world.stands() == {"shadow": two}


def test_targets_do_not_touch_each_other(world: World) -> None:
    one, two = world.artifact("one"), world.artifact("two")
    world.active(one, "main")
    world.active(two, "other")
    assert (world.stands("main"), world.stands("other")) == ({"active": one}, {"active": two})


def test_an_approval_moves_one_model_once(world: World) -> None:
    request_id = world.approved(world.artifact("one"))
    world.gate.move(request_id, "Bob", NOW)
    with pytest.raises(RolloutDenied, match=r"request_closed: the request is done already.*approval_used"):
        world.gate.move(request_id, "Bob", NOW)
    assert [outcome for _, action, outcome, _ in world.audited() if action == "active"] == ["done", "denied"]


def test_of_two_approvals_the_newer_is_used_and_the_other_is_worth_nothing_afterwards(world: World) -> None:
    request_id = world.approved(world.artifact("one"))
    world.now = NOW + dt.timedelta(minutes=1)
    world.gate.approve(request_id, "Cy", None, world.now)
    world.gate.move(request_id, "sensor", world.now)
    used = {row["approved_by"]: row["used_at"] for row in world.rollouts.approvals()}
    assert used == {"Bob": None, "Cy": world.now}
    with pytest.raises(RolloutDenied):
        world.gate.move(request_id, "sensor", world.now)


def test_two_requests_to_replace_the_same_artifact_cannot_both_be_done(world: World) -> None:
    world.data_at(NOW - 40 * DAY)
    world.active(world.artifact("before"))
    one = world.approved(world.artifact("one"))
    saved = world.saved()
    two = world.approved(world.artifact("two"))  # takes the place in shadow
    with pytest.raises(RolloutDenied, match="not_in_shadow"):
        world.gate.move(one, "Bob", NOW)
    world.gate.move(two, "Bob", NOW)
    stale = next(row for row in saved["rollout_approvals"] if row["request_id"] == one)
    assert stale["replaces_sha256"] != world.rollouts.standing("main")["active"].artifact_sha256


@pytest.mark.parametrize("name", ["Ada", " ada", "ADA "])
def test_who_asked_cannot_approve_under_any_spelling(world: World, name: str) -> None:
    world.in_shadow(world.artifact("one"))
    asked = world.gate.ask("main", world.rows("artifacts")[0]["artifact_id"], "active", "Ada", None, NOW)
    with pytest.raises(RolloutDenied, match="approver_is_requester"):
        world.gate.approve(asked["request_id"], name, None, NOW)
    assert world.rollouts.approvals() == []
    assert world.audited()[-1][1:] == ("approve", "denied", ["approver_is_requester"])


def test_nothing_can_be_approved_that_was_not_evaluated(world: World) -> None:
    one = world.artifact("one")
    world.execute("DELETE FROM evaluations")
    world.in_shadow(one)
    asked = world.gate.ask("main", one, "active", "Ada", None, NOW)
    with pytest.raises(RolloutDenied, match="not_evaluated: bench_core_v1 has not evaluated it"):
        world.gate.approve(asked["request_id"], "Bob", None, NOW)


def test_an_early_approval_stands_until_the_time_in_shadow_is_over(world: World) -> None:
    one = world.artifact("one")
    world.in_shadow(one)
    asked = world.gate.ask("main", one, "active", "Ada", None, NOW)["request_id"]
    world.gate.approve(asked, "Bob", None, NOW)
    with pytest.raises(RolloutDenied, match=r"shadow_too_short: 0.0 of 14 days"):
        world.gate.move(asked, "Bob", NOW)
    assert world.gate.due(NOW) == []  # waiting is not news
    world.data_at(NOW)
    assert [each.request["request_id"] for each in world.gate.due(NOW)] == [asked]
    world.gate.move(asked, "sensor", NOW)
    assert world.stands() == {"active": one}
    assert world.gate.due(NOW) == world.gate.waiting(NOW) == []


def test_a_denial_by_the_gate_is_recorded_once(world: World) -> None:
    request_id, late = world.approved(world.artifact("one")), NOW + 4 * DAY
    n = len(world.audited())
    for _ in range(3):
        for each in world.gate.due(late):
            with pytest.raises(RolloutDenied, match="approval_expired"):
                world.gate.move(each.request["request_id"], "sensor", late, once=True)
    with pytest.raises(RolloutDenied):
        world.gate.move(request_id, "sensor", late, once=True)
    assert world.audited()[n:] == [("sensor", "active", "denied", ["approval_expired"])]
    world.gate.approve(request_id, "Bob", None, late)  # a fresh yes
    assert [each.why for each in world.gate.due(late)] == [[]]


def test_a_persons_no_ends_the_request(world: World) -> None:
    request_id = world.approved(world.artifact("one"))
    world.gate.deny(request_id, "Cy", "not now", NOW)
    with pytest.raises(RolloutDenied, match="request_closed: the request is denied already"):
        world.gate.move(request_id, "Bob", NOW)
    with pytest.raises(RolloutDenied, match="request_closed"):
        world.gate.deny(request_id, "Cy", "not now", NOW)
    assert [row["answer"] for row in world.rollouts.approvals()] == ["approved", "denied"]
    assert world.stands() == {"shadow": world.rows("artifacts")[0]["artifact_id"]}


def test_asking_again_is_the_same_request(world: World) -> None:
    one = world.artifact("one")
    first = world.gate.ask("main", one, "active", "Ada", None, NOW)
    assert world.gate.ask("main", one, "active", "Bob", None, NOW + DAY) == first
    assert len(world.audited()) == 1


def test_bad_words_are_one_line(world: World) -> None:
    one = world.artifact("one")
    for target, artifact_id, by in [("../x", one, "Ada"), ("main", "../x", "Ada"), ("main", one, " ")]:
        with pytest.raises(BadInput, match=r"^--target: |no such artifact|^--by: expected the name"):
            world.gate.ask(target, artifact_id, "active", by, None, NOW)
    world.models = ModelsSettings(enable=False)
    with pytest.raises(Refused, match="LEARN_ENABLE is false"):
        world.gate.ask("main", one, "active", "Ada", None, NOW)


def test_each_move_is_told_once_even_where_telling_it_was_interrupted(world: World) -> None:
    world.active(world.artifact("one"))
    world.execute("DELETE FROM outbox WHERE seq = (SELECT max(seq) FROM outbox)")
    world.in_shadow(world.artifact("two"))
    told = [(event["action"], event["audit_seq"]) for event in Outbox(world.home).events()]
    assert sorted(told, key=lambda each: each[1]) == [("shadow", 2), ("active", 5), ("shadow", 7)]
