"""When the strategies want to trade, against the rule written out bar by bar."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.paper import PaperSettings
from learning_pipeline.paper.market import markets
from learning_pipeline.paper.plans import BOLLINGER, CATEGORIES, DONCHIAN, MACD, RSI, VOLUME, plan
from learning_pipeline.paper.readings import read
from learning_pipeline.paper.strategies import episode_starts, sides

SETTINGS = PaperSettings()


@pytest.fixture(scope="module")
def btc(hours):
    return markets(hours)[0]


@pytest.fixture(scope="module")
def wanted(btc):
    return sides(btc, read(btc, SETTINGS), SETTINGS)


def test_a_breakout_is_a_close_beyond_the_twenty_bars_before(btc, wanted):
    for i in range(SETTINGS.warmup_bars, len(btc.close)):
        highest, lowest = max(btc.high[i - 20 : i]), min(btc.low[i - 20 : i])
        assert wanted[DONCHIAN][i] == int(btc.close[i] > highest) - int(btc.close[i] < lowest)


def test_an_extreme_is_wanted_on_its_first_bar_only(btc, wanted):
    rsi = read(btc, SETTINGS).rsi
    for i in range(SETTINGS.warmup_bars, len(rsi)):
        falls_in, rises_in = rsi[i - 1] >= 30 > rsi[i], rsi[i - 1] <= 70 < rsi[i]
        assert wanted[RSI][i] == int(falls_in) - int(rises_in)


def test_a_squeeze_is_left_by_the_first_close_outside_the_bands(btc, wanted):
    def bands(i):
        window = btc.close[i - 19 : i + 1]
        return window.mean() - 2 * window.std(), window.mean() + 2 * window.std()

    def bandwidth(i):
        lower, upper = bands(i)
        return (upper - lower) / ((upper + lower) / 2)

    def outside(i):
        lower, upper = bands(i)
        return int(btc.close[i] > upper) - int(btc.close[i] < lower)

    widths = {i: bandwidth(i) for i in range(19, len(btc.close))}
    squeezed = {i: i >= 138 and widths[i] <= min(widths[k] for k in range(i - 119, i + 1)) for i in widths}
    for i in range(SETTINGS.warmup_bars + 20, len(btc.close)):
        remembered = any(squeezed[k] for k in range(i - 12, i))
        fresh = outside(i) != outside(i - 1)
        assert wanted[BOLLINGER][i] == (outside(i) if remembered and fresh else 0)


def test_a_long_bar_counts_on_twice_the_volume_of_the_bars_before(btc, wanted):
    atr = read(btc, SETTINGS).atr
    for i in range(SETTINGS.warmup_bars, len(btc.close)):
        moved = (btc.close[i] - btc.close[i - 1]) / atr[i - 1]
        heavy = btc.volume[i] >= 2 * btc.volume[i - 20 : i].mean() > 0
        assert wanted[VOLUME][i] == (int(np.sign(moved)) if heavy and abs(moved) >= 1 else 0)


def test_a_divergence_is_wanted_when_its_second_swing_is_known(btc, wanted):
    """Three bars after the swing: nobody knows earlier that it was one."""
    divergence, reach = wanted[MACD], SETTINGS.swing_reach_bars
    for i in np.flatnonzero(divergence > 0):
        assert btc.low[i - reach] == btc.low[i - 2 * reach : i + 1].min()
    for i in np.flatnonzero(divergence < 0):
        assert btc.high[i - reach] == btc.high[i - 2 * reach : i + 1].max()


def test_without_volume_only_the_strategy_that_needs_it_falls_silent(hours, wanted):
    """Null is unknown: neither a market without volume nor one with a hole in it makes up a number."""
    none = hours.with_columns(volume=pl.lit(None))
    silent = markets(none)[0]
    without = sides(silent, read(silent, SETTINGS), SETTINGS)
    assert not without.pop(VOLUME).any()
    for strategy, values in without.items():
        np.testing.assert_array_equal(values, wanted[strategy], err_msg=strategy)


def test_every_strategy_has_a_plan_that_gains_more_than_it_risks():
    for strategy in CATEGORIES:
        assert plan(strategy, SETTINGS).target_r > 1
        assert plan(strategy, SETTINGS).ttl_bars > 0


def test_all_strategies_want_both_sides_and_nothing_during_warm_up(wanted):
    assert wanted.keys() == CATEGORIES.keys()
    for values in wanted.values():
        assert set(values.tolist()) == {-1, 0, 1}
        assert not values[: SETTINGS.warmup_bars].any()


@given(values=st.lists(st.sampled_from([-1, 0, 0, 0, 1]), max_size=40), window=st.integers(1, 6))
def test_episodes_as_one_would_count_them(values, window):
    last, start, expected = {}, {}, []
    for i, side in enumerate(values):
        if side and i - last.get(side, -window - 1) > window:
            start[side] = i
        last[side] = i
        expected.append(start[side] if side else -1)
    assert episode_starts(np.array(values, dtype=int), window).tolist() == expected


def test_nothing_is_wanted_where_a_target_would_be_no_price(btc):
    readings = read(btc, SETTINGS)
    wild = replace(readings, atr=np.full(len(btc.close), btc.close.max() / 6))
    assert not any(values.any() for values in sides(btc, wild, SETTINGS).values())
