"""Swing extremes and divergences, against the definition written out bar by bar."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.paper.swings import divergence_sides, swing_lows

FALLING_TWICE = [5.0, 4.0, 2.0, 4.0, 5.0, 4.0, 1.0, 4.0, 5.0]
prices = st.lists(st.sampled_from([1.0, 2.0, 3.0, 4.0]), max_size=25)


def oscillating(first, second):
    """An oscillator with two chosen values at the two lows of `FALLING_TWICE`."""
    values = np.full(9, -9.0)
    values[[2, 6]] = first, second
    return values


def sides(oscillator, longest=10):
    low = np.array(FALLING_TWICE)
    return divergence_sides(low + 1, low, oscillator, 1, longest).tolist()


@given(low=prices, reach=st.integers(1, 4))
def test_a_swing_low_as_one_would_look_for_it(low, reach):
    expected = [
        i
        for i in range(2 * reach, len(low))
        if low[i - reach] < min(low[i - 2 * reach : i - reach]) and low[i - reach] <= min(low[i - reach + 1 : i + 1])
    ]
    assert swing_lows(np.array(low), reach).tolist() == expected


def test_a_lower_low_with_a_higher_oscillator_is_bullish_one_bar_after_the_low():
    assert sides(oscillating(-3.0, -2.0)) == [0, 0, 0, 0, 0, 0, 0, 1, 0]


def test_no_divergence_where_the_oscillator_confirms_or_has_left_its_side_of_zero():
    assert not any(sides(oscillating(-2.0, -3.0)))
    assert not any(sides(oscillating(-3.0, 0.5)))


def test_swings_too_far_apart_are_not_compared():
    assert any(sides(oscillating(-3.0, -2.0), longest=4))
    assert not any(sides(oscillating(-3.0, -2.0), longest=3))


@given(low=prices, steps=st.lists(st.integers(-3, 3), min_size=25, max_size=25), reach=st.integers(1, 3))
def test_a_bearish_divergence_is_the_mirror_image(low, steps, reach):
    lows = np.array(low)
    oscillator = np.array(steps[: len(low)], dtype=float)
    mirrored = divergence_sides(-lows, -lows - 1, -oscillator, reach, 20)
    np.testing.assert_array_equal(mirrored, -divergence_sides(lows + 1, lows, oscillator, reach, 20))
