"""Which trades of the main budget a playbook is judged by."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from learning_pipeline.events.tables import Signals, Trades
from learning_pipeline.playbooks.claim import Claim
from learning_pipeline.playbooks.judge.facts import MainTrades, gathered, main_trades
from learning_pipeline.playbooks.tables import Validation
from learning_pipeline_tests.playbooks.builders import MONDAY, claim
from learning_pipeline_tests.playbooks.test_validation import run

DAY = MONDAY.date()
FILE = b"## Notes\n\nsome\n"


def closed(name: str, pnl: float = 1.0, **changes: Any) -> dict[str, Any]:
    at = MONDAY + dt.timedelta(hours=9)
    told = {"trade_id": name, "signal_id": name, "strategy": "x", "symbol": "AAA", "book": "profit", "pnl_usd": pnl}
    return {**told, "day": DAY, "happened_at": at, "closed_at": at, **changes}


def main(
    rows: list[dict[str, Any]], signals: list[dict[str, Any]] | None = None, what: Claim | None = None
) -> MainTrades:
    trades = main_trades(Trades.frame(rows), Signals.frame(signals or []), DAY, DAY)
    what = what or claim()
    validation = run([], 1, what).validation
    (found,) = gathered({"x": FILE}, {"x": what}, validation, trades, [], [])
    return found.main


def test_wins_symbols_and_categories_are_counted() -> None:
    signals = [{"signal_id": "a", "category": "entry"}, {"signal_id": "b", "category": "add"}]
    rows = [closed("a"), closed("b", -1.0, symbol="BBB"), closed("c", 0.0)]
    assert main(rows, signals) == MainTrades(3, 1, ("AAA", "BBB"), ("add", "entry"))


@pytest.mark.parametrize(
    ("changes", "signal"),
    [
        ({"book": "research"}, {}),
        ({"book": "learning"}, {}),
        ({"strategy": "y"}, {}),
        ({"playbook_id": "y"}, {}),
        ({"closed_at": MONDAY - dt.timedelta(days=1)}, {}),
        ({"exit_reason": "Emergency stop"}, {}),
        ({}, {"emergency_exit": True}),
        ({}, {"category": "emergency_exit"}),
    ],
    ids=["research", "learning", "strategy", "playbook", "before", "left in emergency", "signal", "category"],
)
def test_others_do_not_count(changes: dict[str, Any], signal: dict[str, Any]) -> None:
    assert main([closed("a", **changes)], [{"signal_id": "a", **signal}]).n == 0


def test_a_trade_that_names_the_playbook_is_its_own_whatever_the_strategy() -> None:
    assert main([closed("a", strategy="y", playbook_id="x")]).n == 1


def test_a_playbook_of_any_strategy_has_the_trades_of_its_patterns() -> None:
    what = Claim(**{**claim().model_dump(), "strategy": "*", "patterns": ["pm.range.S1.entry"]})
    rows = [closed("a", strategy="y", pattern_key="pm.range.S1.entry"), closed("b", pattern_key="pm.uptrend.S1.entry")]
    assert main(rows, what=what).n == 1


def test_a_corrected_trade_counts_as_corrected() -> None:
    again = closed("a", -1.0, happened_at=MONDAY + dt.timedelta(hours=10))
    assert main([closed("a"), again])[:2] == (1, 0)


def test_experiments_and_waiting_edits_are_told() -> None:
    nothing = main_trades(Trades.frame(), Signals.frame(), DAY, DAY)
    experiments = [{"playbook_id": "x", "state": "completed"}, {"playbook_id": "y", "state": "running"}]
    edits = [
        {"playbook_id": "x", "state": "pending", "suggested_text": "a"},
        {"playbook_id": "x", "state": "rejected", "suggested_text": "b"},
        {"playbook_id": "y", "state": "rejected", "suggested_text": "c"},
    ]
    validation: pl.DataFrame = run([], 1).validation
    known = {"x": FILE}, {"x": claim()}, validation, nothing
    (found,) = gathered(*known, experiments, edits)
    assert (found.is_under_test, found.n_experiments, found.has_pending_edit) == (False, 1, True)
    assert (found.notes.strip(), found.put_aside, found.was_cancelled) == ("some", "b", False)
    (tested,) = gathered(*known, [{"playbook_id": "x", "state": state} for state in ("paused", "cancelled")], [])
    assert (tested.is_under_test, tested.has_pending_edit, tested.was_cancelled) == (True, False, True)
    assert gathered({}, {}, Validation.frame(), nothing, [], []) == ()
