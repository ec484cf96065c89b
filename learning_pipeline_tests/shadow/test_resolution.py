"""Which of several timeframes tells the outcome."""

from __future__ import annotations

import polars as pl

from learning_pipeline.shadow import ShadowSettings
from learning_pipeline_tests.shadow.builders import HOUR, MINUTE, MONDAY, QUIET, bars, hourly, outcome, settled


def resampled(frame, minutes, timeframe):
    """The same hourly bars as shorter ones, each flat at the hour's prices."""
    shorter = [
        frame.with_columns(pl.col("ts") + k * minutes * MINUTE, timeframe=pl.lit(timeframe))
        for k in range(60 // minutes)
    ]
    return bars(pl.concat(shorter).select("symbol", "timeframe", "ts", "open", "high", "low", "close"))


def test_the_finest_bars_that_know_first_are_used_and_named():
    hours = hourly(QUIET, (100, 105, 99, 104))
    both = pl.concat([hours, resampled(hours, 15, "15m")])
    assert (outcome(both)["resolution"], outcome(both)["known_at"]) == ("15m", MONDAY + 75 * MINUTE)
    signal = outcome(both, policy=ShadowSettings(resolution="signal"))
    assert (signal["resolution"], signal["known_at"]) == ("1h", MONDAY + 2 * HOUR)


def test_of_bars_that_know_at_the_same_instant_the_shortest_are_used():
    hours = hourly(QUIET, QUIET)
    row = outcome(pl.concat([hours, resampled(hours, 15, "15m")]), ttl_minutes=60.0)
    assert (row["outcome"], row["resolution"], row["known_at"]) == ("ttl_expired", "15m", MONDAY + HOUR)


def test_finer_bars_that_stop_or_start_late_lose_to_coarser_ones():
    hours = hourly(*[QUIET] * 26)
    quarters = resampled(hours, 15, "15m")
    stopped = pl.concat([hours, quarters.filter(pl.col("ts") < MONDAY + HOUR)])
    assert outcome(stopped)["resolution"] == "1h"
    late = pl.concat([hours, quarters.filter(pl.col("ts") > MONDAY + HOUR)])
    assert outcome(late)["resolution"] == "1h"
    assert outcome(quarters.filter(pl.col("ts") > MONDAY + HOUR))["resolution"] == "15m"


def test_a_hole_in_the_finer_bars_settles_nothing_while_coarser_ones_have_bars():
    hours = hourly(QUIET, QUIET, QUIET, QUIET, QUIET)
    quarters = resampled(hours, 15, "15m").filter(~pl.col("ts").is_between(MONDAY + HOUR, MONDAY + 3 * HOUR))
    row = outcome(pl.concat([hours, quarters]), decided_at=MONDAY + HOUR, ttl_minutes=90.0)
    assert (row["outcome"], row["resolution"], row["known_at"]) == ("ttl_expired", "1h", MONDAY + 3 * HOUR)


def test_the_signals_timeframe_is_needed_where_the_resolution_says_so():
    row = outcome(hourly(*[QUIET] * 30), policy=ShadowSettings(resolution="signal"), timeframe="4h", ttl_minutes=300.0)
    assert (row["reason"], row["known_at"]) == ("unknown_timeframe", MONDAY + 5 * HOUR)


def test_a_timeframe_that_starts_late_settles_nothing_once_another_is_known_to_cover():
    """The 4h bar of 08:00 covers the decision and is known at 12:00, with the hourly bar that would hit the target."""
    decided_at = MONDAY + 10.5 * HOUR
    hours = hourly((100, 105, 99, 104), start=MONDAY + 11 * HOUR)
    four = hourly(QUIET, start=MONDAY + 8 * HOUR).with_columns(timeframe=pl.lit("4h"))
    four = bars(four.select("symbol", "timeframe", "ts", "open", "high", "low", "close"))
    assert outcome(hours, decided_at=decided_at)["outcome"] == "hit_target"
    outcomes, pending, _ = settled(pl.concat([hours, four]), decided_at=decided_at)
    assert outcomes.height == 0
    assert pending.height == 6


def test_a_decision_with_usable_bars_stays_open_until_their_series_knows_the_end():
    hours = hourly(QUIET, QUIET)
    quarters = resampled(hourly(*[QUIET] * 5), 15, "15m")
    holed = quarters.filter(~pl.col("ts").is_between(MONDAY + HOUR, MONDAY + 3 * HOUR))
    outcomes, *_ = settled(pl.concat([hours, holed]), decided_at=MONDAY + HOUR, ttl_minutes=90.0)
    assert outcomes.height == 0
