"""The ledger of experiments: acts are noted once, refusals leave nothing, pauses hold (real SQLite)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from learning_pipeline.books.research import ledger
from learning_pipeline.books.research.fold import Limits
from learning_pipeline.books.research.requests import Held, Request
from learning_pipeline.books.research.suggestion import ExperimentSuggestion
from learning_pipeline.errors import BadInput, Refused
from learning_pipeline.stores.experiments import Change, Experiments
from learning_pipeline.stores.experiments_file import read_experiments, write_experiments
from learning_pipeline_tests.books.research.worlds import BOT_SESSION, LIMITS, START, asks, at, filled, opened, walked

LATER = START + dt.timedelta(days=400)
SUGGESTION = ExperimentSuggestion(
    playbook_id="macd_divergence",
    hypothesis="it pays in a range",
    target_symbols=[],
    trigger_categories=["reversal"],
    rationale="n = 3",
)


@pytest.fixture
def store(tmp_path: Path) -> Experiments:
    """A session that lost 60 on experiment e1."""
    one = Experiments(tmp_path / "ledger.sqlite")
    lost = [filled(2, "t", 1, 1.0, 1_000.0), filled(3, "t", -1, 1.0, 940.0)]
    settle(one, *walked(opened(), asks(1, "running"), *lost))
    return one


def settle(store: Experiments, held: Held, told) -> None:
    store.settle(START, Change(**ledger.change_of(held, told, START.date(), LIMITS)))


def apply(store: Experiments, request: Request, limits: Limits = LIMITS) -> bool:
    content = ledger.request_content(request)
    return store.act(request.request_id, request.at, content, lambda s: Change(**ledger.acted(request, *s, limits)))


def states(store: Experiments) -> dict[str, str]:
    return {name: one.state for name, one in ledger.standing(*store.standing()).experiments.items()}


def test_what_was_settled_is_read_back_to_the_bit(store: Experiments) -> None:
    held = ledger.standing(*store.standing())
    budget = held.budgets[BOT_SESSION]
    assert (budget.total_pnl_usd, budget.is_paused) == (-60.0, True)
    assert states(store) == {"e1": "paused"}
    before = store.standing()
    settle(store, *walked(held=held))
    assert store.standing() == before


def test_a_person_starts_it_again_and_the_pause_that_it_made_is_lifted(store: Experiments) -> None:
    assert apply(store, ledger.asked_by("alice", LATER, "e1", "running", "seen; go on"))
    assert states(store) == {"e1": "running"}
    assert not ledger.standing(*store.standing()).budgets[BOT_SESSION].is_paused
    assert store.standing().pauses == []
    last = store.transitions()[-1]
    assert (last["from_state"], last["to_state"], last["actor"], last["reason"]) == (
        "paused",
        "running",
        "alice",
        "seen; go on",
    )


def test_a_refused_act_leaves_nothing_behind(store: Experiments) -> None:
    before = store.standing(), store.acts(), store.requests()
    with pytest.raises(Refused, match="it is paused already"):
        apply(store, ledger.asked_by("alice", LATER, "e1", "paused", None))
    with pytest.raises(Refused, match="no experiment nobody is known"):
        apply(store, ledger.asked_by("alice", LATER, "nobody", "running", None))
    assert (store.standing(), store.acts(), store.requests()) == before


@pytest.mark.parametrize("name", ["", "  "])
def test_nobody_acts_without_a_name(name: str) -> None:
    with pytest.raises(BadInput, match="--by"):
        ledger.asked_by(name, LATER, "e1", "running", None)


def test_a_judges_suggestion_is_applied_once_however_often_it_is_made(store: Experiments) -> None:
    request = ledger.suggested_by("judge:rules", SUGGESTION, "rules/macd/2024-03-04", at(10), auto_start=True)
    assert apply(store, request)
    assert not apply(store, request)
    name = request.experiment_id or ""
    assert states(store)[name] == "draft"  # research is paused
    apply(store, ledger.lift_asked_by("alice", LATER, BOT_SESSION, None))
    apply(store, ledger.asked_by("alice", LATER, name, "running", None))
    assert states(store)[name] == "running"


def test_acts_are_read_back_as_they_were_made(store: Experiments) -> None:
    requests = [
        ledger.suggested_by("judge:rules", SUGGESTION, "one", at(10), auto_start=False),
        ledger.lift_asked_by("alice", LATER, BOT_SESSION, "seen"),
    ]
    for request in requests:
        apply(store, request)
    assert [ledger.request_of(content) for content in store.acts()] == requests


def test_a_pause_that_was_found_once_holds_although_later_data_would_not_make_it_again(store: Experiments) -> None:
    settle(store, *walked(opened(), asks(1, "running")))
    assert ledger.standing(*store.standing()).budgets[BOT_SESSION].is_paused
    assert ledger.document(*store.standing())["sessions"][0]["paused"]
    apply(store, ledger.lift_asked_by("alice", LATER, BOT_SESSION, None))
    assert not ledger.document(*store.standing())["sessions"][0]["paused"]


def test_a_pause_that_a_person_lifted_is_not_made_again_by_a_rerun(store: Experiments) -> None:
    apply(store, ledger.lift_asked_by("alice", LATER, BOT_SESSION, None))
    lost = [filled(2, "t", 1, 1.0, 1_000.0), filled(3, "t", -1, 1.0, 940.0)]
    acts = [ledger.request_of(content) for content in store.acts()]
    settle(store, *walked(opened(), asks(1, "running"), *lost, *acts))
    assert not ledger.standing(*store.standing()).budgets[BOT_SESSION].is_paused


def test_the_bots_file_says_how_it_stands_and_is_refused_when_damaged(store: Experiments, tmp_path: Path) -> None:
    path = tmp_path / "experiments.json"
    assert write_experiments(path, lambda: ledger.document(*store.standing()))
    assert not write_experiments(path, lambda: ledger.document(*store.standing()))
    document = read_experiments(path)
    assert [(one["experiment_id"], one["state"]) for one in document["experiments"]] == [("e1", "paused")]
    assert document["sessions"][0]["pause_reason"] == "e1 lost 60.00 USD, more than 50.00"
    path.write_text(path.read_text().replace('"paused": true', '"paused": false'))
    with pytest.raises(BadInput, match="SHA-256"):
        read_experiments(path)


def test_no_file_is_made_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "experiments.json"
    assert not write_experiments(path, lambda: ledger.document([], [], []))
    assert not path.exists()
