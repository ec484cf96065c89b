"""What the guards of the account remember: losses by strategy and symbol, equity by day."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.paper.cooldown import MINUTE_US, Cooldown
from learning_pipeline.paper.drawdown import Drawdown

WATCHED = 0


def test_a_loss_counts_for_its_own_strategy_and_symbol_only():
    cooldown = Cooldown()
    cooldown.lost(100 * MINUTE_US, "BTCUSD", "rsi_extremes")
    now = 160 * MINUTE_US
    assert cooldown.minutes(now, "BTCUSD", "rsi_extremes", WATCHED) == 60
    assert cooldown.minutes(now, "BTCUSD", "donchian_breakout", WATCHED) == 160
    assert cooldown.minutes(now, "EURUSD", "rsi_extremes", WATCHED) == 160


def test_a_later_loss_starts_the_wait_again():
    cooldown = Cooldown()
    for minute in (10, 40):
        cooldown.lost(minute * MINUTE_US, "BTCUSD", "rsi_extremes")
    assert cooldown.minutes(50 * MINUTE_US, "BTCUSD", "rsi_extremes", WATCHED) == 10


def test_before_the_first_loss_only_the_time_watched_is_known():
    assert Cooldown().minutes(90 * MINUTE_US, "BTCUSD", "rsi_extremes", watched_us=60 * MINUTE_US) == 30


def test_nothing_has_fallen_before_the_first_day():
    assert Drawdown(days=30).now(20_000.0) == 0


def test_an_old_peak_is_forgotten():
    falls = Drawdown(days=2)
    for equity in (200.0, 100.0, 100.0):
        falls.day(equity)
    assert falls.now(90.0) == pytest.approx(0.1)


money = st.floats(1, 1e6)


@given(days=st.lists(money, max_size=8), kept=st.integers(1, 5), now=money)
def test_a_fall_is_from_the_highest_of_the_days_kept(days, kept, now):
    falls = Drawdown(kept)
    for equity in days:
        falls.day(equity)
    assert 0 <= falls.now(now) < 1
    assert (falls.now(now) == 0) == all(equity <= now for equity in days[-kept:])


def test_lost_capital_is_a_whole_fall_not_a_division_by_zero():
    assert Drawdown(days=1).now(-5.0) == 1
