"""Examples hold what was known by the end of a day, labelled as a walk over the bars labels them."""

from __future__ import annotations

import datetime as dt
import json
import random
from typing import Any

import polars as pl
import pytest

from learning_pipeline.contracts import end_of
from learning_pipeline.datasets.examples import bars_until, build
from learning_pipeline.datasets.settings import DatasetsSettings
from learning_pipeline.events.tables import Decisions
from learning_pipeline.shadow.tables import Outcomes
from learning_pipeline_tests.datasets.worlds import HOUR, World, end_of_day, poisoned, world
from learning_pipeline_tests.worlds import MONDAY

N_DAYS = 62
SETTINGS = DatasetsSettings(horizons_days=(1, 5))
FIRST = MONDAY.date()


@pytest.fixture(name="clean", scope="module")
def _clean() -> World:
    return world(seed=2, n_days=N_DAYS, n_signals=150)


@pytest.fixture(name="tables", scope="module")
def _tables(clean: World) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    now = end_of_day(N_DAYS)
    decisions = clean.decisions(now)
    return clean.features(decisions), decisions, clean.outcomes(decisions, now)


def built(clean: World, as_of: dt.date, settings: DatasetsSettings = SETTINGS) -> pl.DataFrame:
    """Everything from what was delivered to examples, as of a day."""
    now = end_of(as_of)
    decisions = clean.decisions(now)
    tables = clean.features(decisions), decisions, clean.outcomes(decisions, now)
    return build(*tables, clean.bars, settings, FIRST, as_of, as_of)


def slow_horizon(bars: list[Any], row: dict[str, Any], entry: float, days: int, now: dt.datetime) -> Any:
    due = row["decided_at"] + dt.timedelta(days=days)
    for symbol, ts, price in bars:
        if symbol == row["symbol"] and ts + HOUR >= due:
            away = 1 if row["side"] == "long" else -1
            return (ts + HOUR, away * (price - entry) / entry) if ts + HOUR <= now else None
    return None


def test_labels_are_those_of_a_walk_over_the_bars(clean: World, tables: Any) -> None:
    now = end_of_day(45)
    rows = build(*tables, clean.bars, SETTINGS, FIRST, now.date(), now.date())
    decisions = Decisions.newest(tables[1].filter(pl.col("day") <= now.date()))
    entries = {(s, at): (entry, stop) for s, at, entry, stop in decisions.select(ENTRY).iter_rows()}
    n_unknown, bars = 0, clean.bars.sort("ts").select("symbol", "ts", "close").rows()
    for row in rows.iter_rows(named=True):
        entry, stop = entries[row["signal_id"], row["decided_at"]]
        for days, label in json.loads(row["horizons"]).items():
            expected = slow_horizon(bars, row, entry, int(days), now)
            n_unknown += expected is None
            assert (label is None) == (expected is None)
            if expected:
                assert dt.datetime.fromisoformat(label["end_at"]) == expected[0]
                assert label["roi"] == pytest.approx(expected[1], abs=1e-12)
                assert label["r"] == pytest.approx(expected[1] / (abs(entry - stop) / entry), rel=1e-9)
    assert rows.height > 70
    assert n_unknown > 3


ENTRY = ["signal_id", "decided_at", "entry_price", "stop_price"]


def test_the_barrier_label_is_the_newest_outcome_of_the_answer_in_force(clean: World, tables: Any) -> None:
    as_of = end_of_day(45).date()
    rows = build(*tables, clean.bars, SETTINGS, FIRST, as_of, as_of)
    decisions, outcomes = (frame.filter(pl.col("day") <= as_of) for frame in tables[1:])
    answers = {row["signal_id"]: row for row in decisions.sort("day").iter_rows(named=True)}
    results = {row["signal_id"]: row for row in outcomes.sort("known_at").iter_rows(named=True)}
    expected = {
        s: (r["success"], r["net_roi"], r["known_at"], r["exit_at"] + HOUR)
        for s, r in results.items()
        if r["success"] is not None and r["decided_at"] == answers[s]["decided_at"]
    }
    found = rows.select("signal_id", "success", "net_roi", "known_at", "label_end").rows()
    assert {row[0]: row[1:] for row in found} == expected
    assert (rows["known_at"] <= end_of(as_of)).all()
    assert outcomes.height > rows.height  # some were revised, some are without a label


def test_the_future_does_not_show_in_what_was_known_by_a_day(clean: World) -> None:
    """All that came after the end of a day is replaced: the examples as of that day are the same bytes, at each cut."""
    rng, n_rows = random.Random(5), 0
    for day in range(8, N_DAYS - 2):
        cut = end_of_day(day)
        expected = built(clean, cut.date())
        assert built(poisoned(clean, cut, rng), cut.date()).equals(expected)
        n_rows += expected.height
    assert n_rows > 2000


def test_tables_that_know_more_give_the_same_as_of_a_day(clean: World, tables: Any) -> None:
    """Built long after, of tables that hold what came since, a dataset is what it was."""
    for day in (12, 25, 40):
        as_of = end_of_day(day).date()
        until = bars_until(SETTINGS, as_of, as_of)
        later = build(*tables, clean.bars.filter(pl.col("day") <= until), SETTINGS, FIRST, as_of, as_of)
        assert later.equals(built(clean, as_of))


def test_days_outside_the_window_are_left_out(clean: World, tables: Any) -> None:
    first, last = (MONDAY + dt.timedelta(days=10)).date(), (MONDAY + dt.timedelta(days=20)).date()
    as_of = end_of_day(N_DAYS).date()
    rows = build(*tables, clean.bars, SETTINGS, first, last, as_of)
    assert rows["decided_at"].min().date() >= first
    assert rows["decided_at"].max().date() <= last
    whole = build(*tables, clean.bars, SETTINGS, FIRST, as_of, as_of)
    same = whole.join(rows.select("signal_id"), on="signal_id", how="semi").drop("weight")
    assert rows.drop("weight").equals(same)


def test_a_market_that_stopped_has_no_horizon_label(clean: World, tables: Any) -> None:
    stopped = MONDAY + dt.timedelta(days=30)
    gap = pl.col("ts").is_between(stopped, stopped + dt.timedelta(days=20))
    as_of = end_of_day(N_DAYS).date()
    rows = build(*tables, clean.bars.filter(~gap), SETTINGS, FIRST, as_of, as_of)
    of = rows.filter(pl.col("decided_at").is_between(stopped - dt.timedelta(hours=20), stopped - HOUR))
    assert of.height > 0
    assert all(json.loads(text)["1"] is None for text in of["horizons"])


def test_rows_in_any_order_give_the_same_examples(clean: World, tables: Any) -> None:
    as_of = end_of_day(40).date()
    mixed = [frame.sample(fraction=1, shuffle=True, seed=4) for frame in (*tables, clean.bars)]
    assert build(*mixed, SETTINGS, FIRST, as_of, as_of).equals(
        build(*tables, clean.bars, SETTINGS, FIRST, as_of, as_of)
    )


def test_nothing_settled_is_no_example(clean: World, tables: Any) -> None:
    none = build(*tables[:2], Outcomes.frame(), clean.bars, SETTINGS, FIRST, FIRST, FIRST)
    assert none.is_empty()
