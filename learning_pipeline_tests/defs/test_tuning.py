"""Lessons through the real job: settings reach the room, and a history that grows gives what one delivery gives."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
from polars.testing import assert_frame_equal

from learning_pipeline.events.tables import Decisions, EpisodeOutcomes, Gates
from learning_pipeline.shadow.tables import Outcomes
from learning_pipeline.tuning import Lessons, Rule, Selections, TuningSettings, learn
from learning_pipeline_tests.parts import Part
from learning_pipeline_tests.worlds import MONDAY, bot_events, hourly_bars, stamp

N_DAYS = 8
ASKED = {
    "tuning": {"n_min": 3, "lookback_days": 5},
    "overrides": {"min_benefit": 1, "min_ratio": 0.1, "cautious_ratio": 0.1},
}


def with_patterns(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every signal of one pattern, scoped by its symbol; the gate ts measured on a scale of its own."""
    return [_with_pattern(event) for event in events]


def _with_pattern(event: dict[str, Any]) -> dict[str, Any]:
    if event["type"] == "signal":
        return event | {"pattern_key": "p", "scope": {"symbol": event["symbol"]}}
    gates = [_measured(gate) if gate["name"] == "ts" else gate for gate in event.get("gates", [])]
    return event | ({"gates": gates} if gates else {})


def _measured(gate: dict[str, Any]) -> dict[str, Any]:
    return gate | {"value": 0.6 if gate["passed"] else 0.5, "threshold": 0.55, "op": ">="}


def test_lessons_of_a_growing_history_are_those_of_the_whole(tmp_path: Path) -> None:
    growing, whole = (Part(tmp_path / name, Lessons) for name in ("growing", "whole"))
    bars = hourly_bars(1, N_DAYS)
    events = with_patterns(bot_events(1, bars, 60))
    cut = MONDAY + dt.timedelta(days=5, hours=7)
    growing.deliver([e for e in events if e["at"] <= stamp(cut)], bars.filter(pl.col("ts") < cut))
    growing.run(settings=ASKED)
    then = growing.table(Lessons).filter(pl.col("day") < cut.date())
    for root in (growing, whole):
        root.deliver(events, bars)
        root.run(settings=ASKED)
    found = whole.table(Lessons)
    assert_frame_equal(growing.table(Lessons), found, check_exact=True)
    assert_frame_equal(then, found.filter(pl.col("day") < cut.date()), check_exact=True)
    assert set(found["scope"]) == {"{}", '{"symbol":"AAA"}', '{"symbol":"BBB"}'}
    assert set(found["reason"]) >= {"nothing_to_admit", "too_few_misses"}
    assert (found["n_unknown"] > 0).any()


def test_lessons_are_what_the_room_makes_of_the_tables(tmp_path: Path) -> None:
    bars, root = hourly_bars(2, N_DAYS), Part(tmp_path, Lessons)
    root.deliver(with_patterns(bot_events(2, bars, 60)), bars)
    root.run(settings=ASKED)
    tables = [root.table(table) for table in (Decisions, Gates, Outcomes, EpisodeOutcomes)]
    found = root.table(Lessons)
    as_ofs = [MONDAY.date() + dt.timedelta(days=k) for k in range(N_DAYS + 1)]
    asked = TuningSettings(**ASKED["tuning"]), Rule(**ASKED["overrides"])
    expected = learn(*tables, as_ofs, Selections.frame(), *asked).lessons
    assert_frame_equal(found, expected.filter(pl.col("as_of") <= found["as_of"].max()), check_exact=True)
    assert found.height > 10
