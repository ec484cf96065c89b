"""The states of an experiment, who may move it, and what nobody may ask for."""

from __future__ import annotations

import itertools

import pytest

from learning_pipeline.books.research.experiment import ACTORS, JUDGE, LIMIT, PERSON, STATES, refused_move
from learning_pipeline_tests.books.research.worlds import asks, budget, filled, opened, spec, walked

MAY = {
    (None, "draft"): "person bot judge",
    (None, "running"): "person bot judge",
    ("draft", "running"): "person bot",
    ("draft", "cancelled"): "person bot",
    ("running", "paused"): "person bot limit",
    ("running", "completed"): "person bot",
    ("running", "cancelled"): "person bot",
    ("paused", "running"): "person",
    ("paused", "completed"): "person bot",
    ("paused", "cancelled"): "person bot",
}


@pytest.mark.parametrize(("before", "after"), list(itertools.product([None, *STATES], STATES)))
@pytest.mark.parametrize("actor", ACTORS)
def test_every_move_is_made_by_whom_it_belongs_to_and_by_nobody_else(before: str, after: str, actor: str) -> None:
    assert (refused_move(before, after, actor) is None) == (actor in MAY.get((before, after), "").split())


def test_suggest_experiment_creates_a_running_experiment() -> None:
    held, told = walked(opened(), asks(1, "running", JUDGE))
    assert held.experiments["e1"].state == "running"
    assert [(v.verdict, v.state) for v in told.verdicts] == [("applied", "running")]
    assert [(move.from_state, move.to_state, move.actor) for move in told.transitions] == [
        (None, "running", "judge:rules")
    ]


def test_a_suggestion_for_a_playbook_under_test_becomes_a_draft() -> None:
    held, told = walked(opened(), asks(1, "running"), asks(2, "running", JUDGE, "e2"))
    assert held.experiments["e2"].state == "draft"
    assert "e1 is running on rsi_extremes already" in told.verdicts[-1].reason


def test_a_suggestion_while_research_is_paused_becomes_a_draft() -> None:
    lost = [filled(2, "t", 1, 10.0, 100.0), filled(3, "t", -1, 10.0, 30.0)]
    another = asks(4, "running", name="e2", spec=spec("e2", playbook_id="macd"))
    held, told = walked(opened(), asks(1, "running"), *lost, another)
    assert budget(held).is_paused
    assert held.experiments["e2"].state == "draft"
    assert "research is paused" in told.verdicts[-1].reason


def test_a_suggestion_without_any_research_money_becomes_a_draft() -> None:
    held, told = walked(opened(equity=0.0), asks(1, "running"))
    assert held.experiments["e1"].state == "draft"
    assert "no cash" in told.verdicts[0].reason


def test_experiments_without_a_playbook_stand_in_nobodys_way() -> None:
    one, other = (asks(k, "running", name=f"e{k}", spec=spec(f"e{k}", playbook_id=None)) for k in (1, 2))
    held, _ = walked(opened(), one, other)
    assert {e.state for e in held.experiments.values()} == {"running"}


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (asks(2, "running"), "it is running already"),
        (asks(2, "draft"), "no such move"),
        (asks(2, "running", spec=spec(hypothesis="another")), "never change"),
        (asks(2, "paused", PERSON, "nobody"), "no experiment nobody is known"),
        (asks(2, "completed", name="e9"), "new -> completed: no such move"),
        (asks(2, "paused", JUDGE), "only a bot or a limit or a person"),
        (asks(2, None, PERSON, None), "is not paused"),
        (asks(2, "running", name="e2", spec=spec("e2", playbook_id="../secret")), "playbook_id: expected"),
        (asks(2, "running", name="e2", spec=spec("e2", trigger_categories=("emergency_exit",))), "never an experiment"),
        (asks(2, "running", name="e\n2", spec=spec("e\n2")), "printable"),
        (asks(2, "running", name="e2", spec=spec("e2", target_symbols=("X" * 65,))), "short symbols"),
    ],
)
def test_what_is_refused_is_refused_with_its_reason_and_changes_nothing(asked, why: str) -> None:
    before, _ = walked(opened(), asks(1, "running"))
    held, told = walked(opened(), asks(1, "running"), asked)
    assert told.verdicts[-1].verdict == "refused"
    assert why in told.verdicts[-1].reason
    assert held == before


def test_only_a_person_lifts_a_pause_and_loss_counts_anew_from_there() -> None:
    lost = [filled(2, "t", 1, 10.0, 100.0), filled(3, "t", -1, 10.0, 94.0)]
    held, told = walked(opened(), asks(1, "running"), *lost, asks(4, "running"))
    assert (held.experiments["e1"].state, budget(held).is_paused) == ("paused", True)
    assert told.verdicts[-1].verdict == "refused"
    held, told = walked(asks(5, "running", PERSON), held=held)
    assert (held.experiments["e1"].state, budget(held).is_paused) == ("running", False)
    assert [(lift.actor, lift.session) for lift in told.lifts] == [("alice", ("bot", "monday"))]
    held, told = walked(filled(6, "u", 1, 1.0, 100.0), filled(7, "u", -1, 1.0, 60.0), held=held)
    assert not told.transitions
    held, told = walked(filled(8, "v", 1, 1.0, 100.0), filled(9, "v", -1, 1.0, 89.0), held=held)
    assert [(move.to_state, move.actor) for move in told.transitions] == [("paused", LIMIT)]
