"""Bands and channels around the price: element i of every result uses elements up to and including i, nothing later.

All take and give arrays of shape (n,); NaN where there is not enough history yet.
"""

from __future__ import annotations

import numpy as np
import polars as pl


def channel_before(high: np.ndarray, low: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Highest high and lowest low of the ``length`` bars *before* each bar.

    >>> [side.tolist() for side in channel_before(np.array([3.0, 5.0, 4.0]), np.array([1.0, 2.0, 3.0]), length=2)]
    [[nan, nan, 5.0], [nan, nan, 1.0]]
    """
    upper = pl.Series(high, dtype=pl.Float64).rolling_max(length).shift(1).to_numpy()
    lower = pl.Series(low, dtype=pl.Float64).rolling_min(length).shift(1).to_numpy()
    return upper, lower


def bollinger(close: np.ndarray, length: int, width: float) -> tuple[np.ndarray, np.ndarray]:
    """Upper and lower Bollinger band: the mean of the last ``length`` closes, ``width`` standard deviations away.

    The standard deviation is the population's, as Bollinger has it.

    References
    ----------
    Bollinger (2001), "Bollinger on Bollinger Bands".

    >>> [band.tolist() for band in bollinger(np.array([1.0, 3.0]), length=2, width=2.0)]
    [[nan, 4.0], [nan, 0.0]]
    """
    closes = pl.Series(close, dtype=pl.Float64)
    middle, spread = closes.rolling_mean(length), closes.rolling_std(length, ddof=0)
    return (middle + width * spread).to_numpy(), (middle - width * spread).to_numpy()


def squeezed_before(upper: np.ndarray, lower: np.ndarray, length: int, patience: int) -> np.ndarray:
    """1.0 where one of the ``patience`` bars *before* was a squeeze, else 0.0; a warm-up holds no squeeze.

    A squeeze is a band width, relative to the middle, that is the narrowest of the last ``length`` bars.

    References
    ----------
    Bollinger (2001), "Bollinger on Bollinger Bands", chapter 15 "The Squeeze".

    >>> squeezed_before(np.array([5.0, 4.0, 6.0, 7.0]), np.array([1.0, 2.0, 1.0, 1.0]), length=2, patience=1).tolist()
    [0.0, 0.0, 1.0, 0.0]
    """
    bandwidth = pl.Series((upper - lower) / ((upper + lower) / 2), dtype=pl.Float64).fill_nan(None)
    narrowest = (bandwidth <= bandwidth.rolling_min(length)).fill_null(value=False)
    return narrowest.cast(pl.Float64).rolling_max(patience, min_samples=1).shift(1, fill_value=0.0).to_numpy()
