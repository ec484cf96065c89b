"""When the strategies want to trade, against the rule written out bar by bar."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.paper import PaperSettings
from learning_pipeline.paper.market import markets
from learning_pipeline.paper.readings import read
from learning_pipeline.paper.strategies import DONCHIAN, RSI, episode_starts, sides

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


def test_both_strategies_want_both_sides_and_nothing_during_warm_up(wanted):
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
