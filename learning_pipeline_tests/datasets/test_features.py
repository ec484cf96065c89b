"""Features of a decision rest on what was told and closed by its instant."""

from __future__ import annotations

import datetime as dt
import json
import math
import random
import statistics
from typing import Any

import polars as pl
import pytest

from learning_pipeline.datasets.features import bars_since, features
from learning_pipeline.events.tables import DecisionReports, Decisions, Signals
from learning_pipeline.market.tables import Bars
from learning_pipeline_tests.datasets.worlds import HOUR, World, end_of_day, poisoned, world
from learning_pipeline_tests.worlds import MONDAY

N_DAYS = 40


@pytest.fixture(name="clean", scope="module")
def _clean() -> World:
    return world(seed=1, n_days=N_DAYS, n_signals=300)


def numbers(frame: pl.DataFrame) -> dict[tuple[str, dt.date], dict[str, float | None]]:
    return {(s, day): json.loads(text) for s, day, text in frame.select("signal_id", "day", "features").iter_rows()}


def slow_bars(bars: list[dict[str, Any]], decided_at: dt.datetime) -> dict[str, float | None]:
    """The bar figures of one decision, bar by bar of its symbol."""
    reach = dt.timedelta(hours=160, days=7)
    rows = [row for row in bars if row["ts"] + HOUR <= decided_at and row["ts"] >= decided_at - reach]
    close = [row["close"] for row in rows]
    found: dict[str, float | None] = {
        f"bar_return_{n}": math.log(close[-1] / close[-1 - n]) if len(close) > n else None for n in (1, 5, 20)
    }
    if len(rows) < 21:
        return found
    changes = [b - a for a, b in zip(close[-15:], close[-14:], strict=False)]
    up, down = sum(c for c in changes if c > 0), -sum(c for c in changes if c < 0)
    spans = [
        max(row["high"] - row["low"], abs(row["high"] - before), abs(row["low"] - before))
        for row, before in zip(rows[-14:], close[-15:], strict=False)
    ]
    atr, volumes = statistics.fmean(spans), [row["volume"] for row in rows[-20:]]
    returns = [math.log(b / a) for a, b in zip(close[-21:], close[-20:], strict=False)]
    return found | {
        "bar_volatility_20": math.sqrt(statistics.fmean(r * r for r in returns)),
        "bar_atr_fraction": atr / close[-1],
        "bar_rsi": 100 * up / (up + down),
        "bar_below_high_atr": (max(row["high"] for row in rows[-20:]) - close[-1]) / atr,
        "bar_above_low_atr": (close[-1] - min(row["low"] for row in rows[-20:])) / atr,
        "bar_volume_z": (volumes[-1] - statistics.fmean(volumes)) / statistics.pstdev(volumes),
    }


def test_bar_figures_are_those_of_a_walk_over_the_closed_bars(clean: World) -> None:
    decisions = clean.decisions(end_of_day(N_DAYS))
    symbols = dict(decisions.select("signal_id", "symbol").iter_rows())
    instants = {(s, day): at for s, day, at in decisions.select("signal_id", "day", "decided_at").iter_rows()}
    n_whole, bars = 0, {s: clean.bars.filter(symbol=s).sort("ts").to_dicts() for s in clean.bars["symbol"].unique()}
    for key, found in numbers(clean.features(decisions)).items():
        expected = slow_bars(bars[symbols[key[0]]], instants[key])
        assert {name: found[name] for name in expected} == pytest.approx(expected)
        n_whole += len(expected) == 9
    assert n_whole > 200


def test_hand_worked_row() -> None:
    at = MONDAY + dt.timedelta(hours=30)  # Tuesday, 06:00
    signal = {"signal_id": "s", "happened_at": at - dt.timedelta(minutes=5), "features": '{"x":1.5}'}
    signal |= {"flags": '{"wild":true,"calm":false}', "score_components": '{"trend":0.25}', "side": "short"}
    signal |= {"stop_price": 102.0, "target_price": 95.0, "expected_roi": 0.01, "symbol": "AAA", "timeframe": "1h"}
    report = {"event_id": "r", "signal_id": "s", "happened_at": at, "price": 100.0, "spread": 0.05, "volatility": 0.2}
    report |= {"gates": '[{"name":"ts","passed":false,"value":0.2,"threshold":0.5,"op":">="}]', "decision": "blocked"}
    decided = {"signal_id": "s", "decided_at": at, "day": at.date(), "symbol": "AAA", "timeframe": "1h"}
    decided |= {"strategy": "alpha", "side": "short", "book": "profit", "decision": "blocked"}
    frames = Decisions.frame([decided]), Signals.frame([signal]), DecisionReports.frame([report])
    row = json.loads(features(*frames, Bars.frame())["features"].item())
    assert {name: value for name, value in row.items() if value is not None} == pytest.approx(
        {
            "signal_x": 1.5,
            "flag_wild": 1.0,
            "flag_calm": 0.0,
            "score_trend": 0.25,
            "gate_ts_value": 0.2,
            "gate_ts_margin": -0.3,
            "plan_side": -1.0,
            "plan_risk_fraction": 0.02,
            "plan_reward_fraction": 0.05,
            "plan_reward_to_risk": 2.5,
            "plan_expected_roi": 0.01,
            "market_spread_bps": 5.0,
            "market_volatility": 0.2,
            "clock_hour_sin": 1.0,
            "clock_hour_cos": 0.0,
            "clock_weekday_sin": math.sin(2 * math.pi / 7),
            "clock_weekday_cos": math.cos(2 * math.pi / 7),
        },
        abs=1e-12,
    )
    assert row["bar_return_1"] is None


def test_what_is_told_on_the_day_but_after_the_decision_is_not_known(clean: World) -> None:
    decisions = clean.decisions(end_of_day(N_DAYS))
    instants = dict(Decisions.newest(decisions).select("signal_id", "decided_at").iter_rows())
    later = clean.reports.filter(pl.col("happened_at") > pl.col("signal_id").replace_strict(instants))
    assert later.height > 20
    without = clean.reports.join(later, on="event_id", how="anti")
    newest = Decisions.newest(decisions)
    known = features(newest, clean.signals, without, clean.bars)
    assert clean.features(newest).equals(known)


def test_a_bar_counts_from_its_close_on(clean: World) -> None:
    decisions = clean.decisions(end_of_day(N_DAYS)).head(1)
    close = dt.datetime(2024, 3, 20, 12, tzinfo=dt.UTC)
    rows = {
        shift: next(iter(numbers(clean.features(decisions.with_columns(decided_at=pl.lit(close + shift)))).values()))
        for shift in (dt.timedelta(microseconds=-1), dt.timedelta(0), HOUR - dt.timedelta(microseconds=1))
    }
    before, at, under_way = (row["bar_return_1"] for row in rows.values())
    assert before != at == under_way


def test_the_future_does_not_show(clean: World) -> None:
    """Whatever is not known at t is replaced; the rows of decisions known by t are the same bytes, at every cut."""
    rng, n_rows = random.Random(1), 0
    for _ in range(50):
        t = MONDAY + dt.timedelta(seconds=rng.randrange(10 * 86_400, N_DAYS * 86_400))
        known = clean.decisions(t)
        after = poisoned(clean, t, rng)
        assert after.features(known).equals(clean.features(known))
        n_rows += known.height
    assert n_rows > 1000


def test_the_future_does_not_show_where_later_decisions_are_asked_about_too(clean: World) -> None:
    """Nothing is scaled or ranked over rows of later days."""
    rng, end = random.Random(2), end_of_day(N_DAYS)
    for _ in range(20):
        t = end_of_day(rng.randrange(5, N_DAYS - 5))
        after = poisoned(clean, t, rng)
        found = after.features(after.decisions(end)).filter(pl.col("day") <= t.date())
        assert found.equals(clean.features(clean.decisions(t)))
        assert found.height > 20


def test_days_one_by_one_give_the_same_rows(clean: World) -> None:
    decisions = clean.decisions(end_of_day(N_DAYS))
    days = decisions["day"].unique().sort()
    parts = [_of_day(clean, decisions, day) for day in days]
    assert pl.concat(parts).sort("signal_id", "day").equals(clean.features(decisions))


def _of_day(clean: World, decisions: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    part = decisions.filter(pl.col("day") == day)
    upto = pl.col("day") <= day
    told = [frame.filter(upto) for frame in (clean.signals, clean.reports)]
    return features(part, *told, clean.bars.filter((pl.col("day") >= bars_since(part)) & upto))


def test_rows_in_any_order_give_the_same_rows(clean: World) -> None:
    decisions = clean.decisions(end_of_day(N_DAYS))

    def mixed(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.sample(fraction=1, shuffle=True, seed=3)

    given: list[Any] = [mixed(frame) for frame in (decisions, clean.signals, clean.reports, clean.bars)]
    assert features(*given).equals(clean.features(decisions))


def test_nothing_decided_needs_no_bars() -> None:
    assert bars_since(Decisions.frame()) is None
    assert features(Decisions.frame(), Signals.frame(), DecisionReports.frame(), Bars.frame()).is_empty()
