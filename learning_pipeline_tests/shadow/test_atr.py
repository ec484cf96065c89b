"""The ATR of many decisions at once is that of each one's own last 256 bars."""

from __future__ import annotations

import numpy as np

from learning_pipeline.shadow.atr import wilder_atr
from learning_pipeline.shadow.series import Series
from learning_pipeline_tests.shadow import slow


def test_each_decision_has_the_atr_of_its_own_window():
    rng = np.random.default_rng(5)
    close = 100 + rng.normal(0, 3, 400).cumsum() / 10
    open_ = close + rng.normal(0, 2, 400)
    high, low = np.maximum(open_, close) + rng.random(400), np.minimum(open_, close) - rng.random(400)
    hours = np.arange(400)
    series = Series("1h", hours, hours + 1, open_, high, low, close)
    rows = [dict(zip(("high", "low", "close"), bar, strict=True)) for bar in zip(high, low, close, strict=True)]
    oldest = rng.integers(0, 300, 200)
    closed = np.minimum(oldest + rng.integers(0, 330, 200), 400)
    found = wilder_atr(series, oldest, closed)
    for begin, end, atr in zip(oldest, closed, found, strict=True):
        if end - begin < 15:
            assert np.isnan(atr)
        else:
            np.testing.assert_allclose(atr, slow.wilder(rows[begin:end][-256:]), rtol=1e-13)
    again = np.concatenate([wilder_atr(series, oldest[[k]], closed[[k]]) for k in range(200)])
    np.testing.assert_array_equal(again, found)
