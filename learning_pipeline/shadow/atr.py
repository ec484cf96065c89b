"""Average true range (Wilder, 14) as it stood at each decision."""

from __future__ import annotations

import numpy as np

from learning_pipeline.shadow.series import Series

PERIOD = 14
HISTORY = 256


def wilder_atr(series: Series, oldest: np.ndarray, closed: np.ndarray) -> np.ndarray:
    """ATR over the bars numbered ``oldest`` to ``closed - 1``, the last 256 of them.

    Parameters
    ----------
    series : Series
        Bars of the signal's timeframe.
    oldest, closed : ndarray of shape (n_decisions,)
        First bar within the reach, and the number of bars closed at or before the decision.

    Returns
    -------
    ndarray of shape (n_decisions,)
        Quote money; NaN with fewer than 15 bars. Seeded with the mean of the first 14 true ranges, the first of which
        is high - low; then ``atr = (13 atr + true range) / 14``, in the order of the bars.
    """
    begin = np.maximum(oldest, closed - HISTORY)
    windows = np.stack([begin, np.maximum(closed, begin)], axis=1)
    distinct, which = np.unique(windows, axis=0, return_inverse=True)
    return _smoothed(series, distinct[:, 0], distinct[:, 1] - distinct[:, 0])[which.reshape(-1)]


def _smoothed(series: Series, begin: np.ndarray, n: np.ndarray) -> np.ndarray:
    """One step per bar of the window, for all decisions at once: the same sums whatever else is asked."""
    enough = n > PERIOD
    begin, n = begin[enough], n[enough]
    atr = (series.high - series.low)[begin]
    true_range = _true_range(series)
    for k in range(1, PERIOD):
        atr = atr + true_range[begin + k]
    atr = atr / PERIOD
    for k in range(PERIOD, int(n.max(initial=0))):
        step = (atr * (PERIOD - 1) + true_range[np.minimum(begin + k, true_range.size - 1)]) / PERIOD
        atr = np.where(k < n, step, atr)
    result = np.full(enough.size, np.nan)
    result[enough] = atr
    return result


def _true_range(series: Series) -> np.ndarray:
    before = np.append(series.open[:1], series.close[:-1])
    spans = [series.high - series.low, np.abs(series.high - before), np.abs(series.low - before)]
    return np.maximum.reduce(spans)
