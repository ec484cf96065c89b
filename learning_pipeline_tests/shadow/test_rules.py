"""One small market per rule."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from learning_pipeline.contracts import end_of
from learning_pipeline.shadow import ShadowSettings, bars_from, settle
from learning_pipeline_tests.shadow.builders import (
    HOUR,
    LEVELS,
    MINUTE,
    MONDAY,
    POLICY,
    QUIET,
    decisions,
    hourly,
    no_pending,
    outcome,
    settled,
)


@pytest.mark.parametrize(
    ("bar", "word", "price", "ambiguous"),
    [
        ((97, 105, 96, 100), "hit_stop", 97, False),  # opens through the stop
        ((98, 105, 97, 100), "hit_stop", 98, False),  # opens at the stop
        ((105, 106, 97, 100), "hit_target", 105, False),  # opens through the target, before the stop is touched
        ((104, 104, 104, 104), "hit_target", 104, False),  # opens at the target
        ((100, 104, 98, 100), "hit_stop", 98, True),  # touches both
        ((100, 103.9, 98, 100), "hit_stop", 98, False),  # touches the stop exactly
        ((100, 104, 98.1, 100), "hit_target", 104, False),  # touches the target exactly
    ],
)
def test_a_bar_asks_its_open_then_the_stop_then_the_target(bar, word, price, ambiguous):
    long = outcome(hourly(QUIET, bar))
    assert (long["outcome"], long["exit_price"], long["ambiguous"]) == (word, price, ambiguous)
    assert (long["exit_at"], long["known_at"]) == (MONDAY + HOUR, MONDAY + 2 * HOUR)
    o, h, low, c = bar
    mirrored = outcome(
        hourly(QUIET, (200 - o, 200 - low, 200 - h, 200 - c)), side="short", stop_price=102.0, target_price=96.0
    )
    assert (mirrored["outcome"], mirrored["exit_price"], mirrored["ambiguous"]) == (word, 200 - price, ambiguous)


def test_a_bar_under_way_at_the_decision_is_not_used():
    market = hourly((100, 110, 90, 100), QUIET, (100, 105, 99, 104))
    row = outcome(market, decided_at=MONDAY + MINUTE)
    assert (row["outcome"], row["exit_at"], row["bars_to_outcome"]) == ("hit_target", MONDAY + 2 * HOUR, 2)


def test_excursions_hold_the_whole_exit_bar_and_are_never_negative():
    row = outcome(hourly((100, 102, 99, 101), (101, 107, 98.5, 104)))
    assert (row["mfe_r"], row["mae_r"]) == (3.5, 0.75)
    row = outcome(hourly((105, 106, 104.5, 105)))
    assert (row["mfe_r"], row["mae_r"]) == (3.0, 0.0)


@pytest.mark.parametrize(
    ("prices", "reached"),
    [
        ([(100, 102, 99, 100), (100, 100, 97, 97)], True),  # +1R, stopped a bar later
        ([(100, 102, 97, 100)], False),  # in the same bar: the stop may have come first
        ([QUIET, (100, 105, 99, 104)], True),  # at the target, 2R
        ([QUIET] * 24 + [(100, 102, 99, 100)], False),  # after the ttl
        ([QUIET] * 23 + [(100, 102, 99, 100)], True),  # on the last bar of the ttl
    ],
)
def test_one_r_counts_before_or_at_the_exit(prices, reached):
    assert outcome(hourly(*prices, QUIET))["hit_1r"] is reached


def test_a_research_trade_has_its_target_at_one_r():
    row = outcome(hourly((100, 102, 99, 100)), book="research", experiment_id="e1")
    assert (row["outcome"], row["exit_price"], row["hit_1r"]) == ("hit_1r", 102, True)


def test_over_a_weekend_the_end_is_known_with_sundays_bar():
    friday = MONDAY + dt.timedelta(days=4, hours=20)
    sunday = MONDAY + dt.timedelta(days=6, hours=22)
    market = pl.concat([hourly(*[QUIET] * 2, start=friday), hourly(QUIET, start=sunday)])
    outcomes, pending, _ = settled(market, days=6, decided_at=friday, ttl_minutes=240.0)
    row = outcomes.row(0, named=True)
    assert (row["outcome"], row["exit_at"], row["known_at"]) == ("ttl_expired", friday + HOUR, sunday + HOUR)
    assert [day.isoweekday() for day in pending["as_of"]] == [5, 6]


def test_ttl_bars_are_rows_and_win_over_minutes():
    friday = MONDAY + dt.timedelta(days=4, hours=20)
    sunday = MONDAY + dt.timedelta(days=6, hours=22)
    market = pl.concat([hourly(*[QUIET] * 2, start=friday), hourly(QUIET, QUIET, start=sunday)])
    row = outcome(market, days=6, decided_at=friday, ttl_minutes=60.0, ttl_bars=3)
    assert (row["outcome"], row["exit_at"], row["known_at"], row["bars_to_outcome"]) == (
        "ttl_expired",
        sunday,
        sunday + HOUR,
        3,
    )


@pytest.mark.parametrize(
    ("change", "reason", "known_after"),
    [
        ({"entry_price": None}, "no_price", 0),
        ({"stop_price": 100.0}, "bad_levels", 0),
        ({"stop_price": 101.0}, "bad_levels", 0),
        ({"target_price": 99.0}, "bad_levels", 0),
        ({"side": "short"}, "bad_levels", 0),
        ({"stop_price": None}, "atr_warmup", 0),
        ({"stop_price": None, "timeframe": "4h"}, "unknown_timeframe", 0),
        ({"stop_price": None, "symbol": "ETH/USDT"}, "no_bars", 0),
        ({"symbol": "ETH/USDT", "ttl_minutes": 90.0}, "no_bars", 1.5),
        ({"symbol": "ETH/USDT", "ttl_bars": 3}, "no_bars", 3),
        ({"ttl_bars": 2, "timeframe": "4h"}, "unknown_timeframe", 8),
        ({"ttl_minutes": 30.0}, "no_bars_in_ttl", 1),
    ],
)
def test_why_a_decision_has_no_outcome_and_when_that_is_known(change, reason, known_after):
    decided_at = MONDAY + 2 * HOUR
    row = outcome(hourly(*[QUIET] * 12), decided_at=decided_at, **change)
    assert (row["outcome"], row["reason"]) == ("unlabelled", reason)
    assert row["known_at"] == decided_at + known_after * HOUR
    kept = {"day", "signal_id", "decided_at", "known_at", "outcome", "policy_hash", "reason"}
    assert {name for name, value in row.items() if value is not None} == kept


def test_nothing_is_said_before_the_decision_was_known():
    known_at = MONDAY + 7 * HOUR
    row = outcome(hourly(QUIET, (100, 105, 99, 104), QUIET), known_at=known_at)
    assert (row["outcome"], row["exit_at"], row["known_at"]) == ("hit_target", MONDAY + HOUR, known_at)


def test_missing_levels_stand_on_the_atr_of_closed_bars():
    """Fifteen true ranges of 2, then one of 16: ATR = (13 x 2 + 16) / 14 = 3; stop 4.5 below, target 9 above."""
    calm = [(100, 101, 99, 100)] * 15
    market = hourly(*calm, (100, 108, 92, 100), (100, 109, 99, 100))
    row = outcome(market, decided_at=MONDAY + 16 * HOUR, stop_price=None, target_price=None)
    assert (row["outcome"], row["exit_price"]) == ("hit_target", pytest.approx(109))
    assert row["mfe_r"] == pytest.approx(2)
    under_way = outcome(market, decided_at=MONDAY + 15 * HOUR + MINUTE, stop_price=None, target_price=None)
    assert (under_way["outcome"], under_way["exit_price"]) == ("hit_target", pytest.approx(106))


def test_bars_older_than_the_reach_do_not_count():
    reach = dt.timedelta(days=7) + 512 * HOUR
    old = hourly(*[QUIET] * 30)
    recent = {"decided_at": MONDAY + reach + 15 * HOUR, "stop_price": None, "days": 40}
    row = outcome(old, **(recent | {"decided_at": MONDAY + reach + 16 * HOUR}))
    assert row["reason"] == "atr_warmup"
    assert outcome(old, **(recent | {"decided_at": MONDAY + reach + 31 * HOUR}))["reason"] == "no_bars"
    asked = decisions(LEVELS | {"decided_at": MONDAY + reach})
    assert bars_from(no_pending(), asked, POLICY) == MONDAY.date()
    assert bars_from(no_pending(), asked, POLICY) > bars_from(no_pending(), decisions(LEVELS), POLICY)


def test_what_was_open_yesterday_is_not_settled_in_the_past_when_bars_come_late():
    first = MONDAY.date()
    tuesday = first + dt.timedelta(days=1)
    market = hourly(QUIET, (100, 105, 99, 104))
    _, before, _ = settle(no_pending(), decisions(LEVELS), market.head(1), POLICY, first, first, end_of(first))
    outcomes, pending, _ = settle(before, decisions(LEVELS).clear(), market, POLICY, tuesday, tuesday, end_of(tuesday))
    row = outcomes.row(0, named=True)
    assert (row["day"], row["outcome"], row["exit_at"]) == (tuesday, "hit_target", MONDAY + HOUR)
    assert before.height == 1
    assert pending.height == 0


def test_the_policy_hash_changes_with_every_setting():
    changed = [{"fee_bps": 1}, {"slippage_bps": 1}, {"stop_atr": 1}, {"target_r": 1}, {"ttl_minutes": 1}]
    changed += [{"notional_usd": 1}, {"resolution": "signal"}, {}]
    assert len({ShadowSettings(**change).policy_hash() for change in changed}) == len(changed)
    row = outcome(hourly(QUIET, (100, 105, 99, 104)))
    assert row["policy_hash"] == POLICY.policy_hash()


def test_absurd_lifetimes_and_timeframes_break_nothing():
    market = hourly(QUIET, (100, 105, 99, 104))
    for change in ({"ttl_minutes": 1e300}, {"ttl_bars": 2**62}, {"timeframe": "999999w"}, {"ttl_minutes": 1e-9}):
        assert settled(market, **change)[0].height + settled(market, **change)[1].height > 0
    assert bars_from(no_pending(), decisions(LEVELS | {"timeframe": "999999w"}), POLICY).year > 1900


def test_while_the_last_bar_of_the_ttl_does_not_exist_only_barriers_settle():
    assert settled(hourly(QUIET, QUIET, QUIET), ttl_bars=4)[0].height == 0
    assert outcome(hourly(QUIET, QUIET, (100, 105, 99, 104)), ttl_bars=4)["outcome"] == "hit_target"
    assert outcome(hourly(QUIET, QUIET, QUIET), ttl_bars=3)["outcome"] == "ttl_expired"


def test_bars_between_a_decision_and_the_day_it_was_known_do_not_change_why_there_is_no_atr():
    late = {"stop_price": None, "timeframe": "4h", "known_at": MONDAY + 8 * HOUR}
    assert outcome(hourly(*[QUIET] * 10), decided_at=MONDAY, **late)["reason"] == "no_bars"
    assert outcome(hourly(*[QUIET] * 10), decided_at=MONDAY + HOUR, **late)["reason"] == "unknown_timeframe"


def test_nothing_after_the_range_is_looked_at():
    first = MONDAY.date()
    market = hourly(*[QUIET] * 24, (100, 105, 99, 104))
    later = end_of(first + dt.timedelta(days=3))
    outcomes, pending, _ = settle(no_pending(), decisions(LEVELS), market, POLICY, first, first, later)
    assert (outcomes.height, pending.height) == (0, 1)
