"""The kernel finds the same bar and the same extremes as looking at one bar after the other."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.shadow import lifting
from learning_pipeline.shadow.lifting import first_touch


def one_after_the_other(high, low, first, end, floor, ceiling):
    highest, lowest = -np.inf, np.inf
    for bar in range(first, end):
        if low[bar] <= floor or high[bar] >= ceiling:
            return bar, highest, lowest
        highest, lowest = max(highest, high[bar]), min(lowest, low[bar])
    return max(first, end), highest, lowest


@given(st.integers(0, 2**32 - 1), st.integers(1, 70), st.integers(0, 40))
def test_same_as_one_bar_after_the_other(seed, n_bars, n_decisions):
    rng = np.random.default_rng(seed)
    low = rng.integers(90, 105, n_bars).astype(float)
    high = low + rng.integers(0, 6, n_bars)
    first = rng.integers(0, n_bars + 1, n_decisions)
    end = np.minimum(first + rng.integers(0, n_bars + 1, n_decisions), n_bars)
    floor = rng.integers(84, 98, n_decisions).astype(float)
    ceiling = floor + rng.integers(3, 30, n_decisions)
    touch = first_touch(high, low, first, end, floor, ceiling)
    found = list(zip(touch.bar.tolist(), touch.highest.tolist(), touch.lowest.tolist(), strict=True))
    windows = zip(first.tolist(), end.tolist(), floor, ceiling, strict=True)
    assert found == [one_after_the_other(high, low, *window) for window in windows]


def test_more_decisions_than_one_chunk():
    n = 2 * lifting.CHUNK + 5
    high, low = np.arange(100.0) + 1, np.arange(100.0)
    first = np.random.default_rng(0).integers(0, 50, n)
    touch = first_touch(high, low, first, np.full(n, 100), np.full(n, -1.0), first + 31.0)
    assert (touch.bar == first + 30).all()
    assert (touch.highest == first + 30).all()
    assert (touch.lowest == first).all()
