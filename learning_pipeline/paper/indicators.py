"""Causal indicators: element i of every result uses elements up to and including i, nothing later.

All take and give arrays of shape (n,); NaN where there is not enough history yet.
"""

from __future__ import annotations

import numpy as np
import polars as pl


def ema(values: np.ndarray, span: int) -> np.ndarray:
    """Exponential average with weight 2 / (span + 1), started at the first value.

    >>> ema(np.array([1.0, 2.0, 3.0]), span=3).tolist()
    [1.0, 1.5, 2.25]
    """
    return pl.Series(values).ewm_mean(span=span, adjust=False).to_numpy()


def wilder(values: np.ndarray, length: int) -> np.ndarray:
    """Wilder's smoothing: the mean of the first ``length`` values, then (previous * (length - 1) + value) / length.

    Leading NaN are skipped.

    References
    ----------
    Wilder (1978), "New Concepts in Technical Trading Systems".

    >>> wilder(np.array([1.0, 2.0, 3.0, 7.0]), length=3).tolist()
    [nan, nan, 2.0, 3.6666666666666665]
    """
    out = np.full(len(values), np.nan)
    first = int(np.argmax(~np.isnan(values))) if len(values) else 0
    start = first + length - 1
    if start < len(values):
        seeded = np.concatenate([[values[first : start + 1].mean()], values[start + 1 :]])
        out[start:] = pl.Series(seeded).ewm_mean(alpha=1 / length, adjust=False).to_numpy()
    return out


def true_range(high: np.ndarray, low: np.ndarray, close: np.ndarray) -> np.ndarray:
    """Largest of high - low and the distances of high and low from the close before; the first has only high - low.

    >>> true_range(np.array([3.0, 5.0]), np.array([2.0, 4.5]), np.array([2.5, 4.6])).tolist()
    [1.0, 2.5]
    """
    before = np.concatenate([close[:1], close[:-1]])
    ranges = np.maximum(high - low, np.maximum(np.abs(high - before), np.abs(low - before)))
    ranges[:1] = high[:1] - low[:1]
    return ranges


def atr(high: np.ndarray, low: np.ndarray, close: np.ndarray, length: int) -> np.ndarray:
    """Average true range, Wilder; price units."""
    return wilder(true_range(high, low, close), length)


def rsi(close: np.ndarray, length: int) -> np.ndarray:
    """Wilder's relative strength index, 0 to 100: 100 * up / (up + down) of smoothed changes; 50 where nothing moved.

    References
    ----------
    Wilder (1978), "New Concepts in Technical Trading Systems".
    """
    change = _change(close)
    up, down = wilder(np.maximum(change, 0), length), wilder(np.maximum(-change, 0), length)
    total = up + down
    return np.where(total == 0, 50.0, 100 * up / np.where(total == 0, 1.0, total))


def directional_index(high: np.ndarray, low: np.ndarray, length: int) -> np.ndarray:
    """Wilder's directional index with its sign, -100 to 100: above 0 where the upward moves prevail; 0 where still.

    The true range, by which both directional indicators are divided, cancels out of their ratio.

    References
    ----------
    Wilder (1978), "New Concepts in Technical Trading Systems".
    """
    up, down = _change(high), -_change(low)
    plus = wilder(np.where((up > down) & (up > 0), up, np.where(np.isnan(up), np.nan, 0.0)), length)
    minus = wilder(np.where((down > up) & (down > 0), down, np.where(np.isnan(down), np.nan, 0.0)), length)
    total = plus + minus
    return np.where(total == 0, 0.0, 100 * (plus - minus) / np.where(total == 0, 1.0, total))


def adx(high: np.ndarray, low: np.ndarray, length: int) -> np.ndarray:
    """Wilder's average directional index, 0 to 100: how one-sided the moves were, whichever side.

    References
    ----------
    Wilder (1978), "New Concepts in Technical Trading Systems".
    """
    return wilder(np.abs(directional_index(high, low, length)), length)


def macd(close: np.ndarray, fast: int, slow: int) -> np.ndarray:
    """Moving average convergence/divergence: the fast EMA minus the slow one, price units.

    References
    ----------
    Appel (2005), "Technical Analysis: Power Tools for Active Investors".

    >>> macd(np.array([1.0, 2.0]), fast=1, slow=3).tolist()
    [0.0, 0.5]
    """
    return ema(close, fast) - ema(close, slow)


def relative_volume(volume: np.ndarray, length: int) -> np.ndarray:
    """Volume over the mean of the ``length`` bars *before*; NaN where a bar has no volume figure or all had 0.

    >>> relative_volume(np.array([2.0, 4.0, 6.0, np.nan]), length=2).tolist()
    [nan, nan, 2.0, nan]
    """
    usual = pl.Series(volume, dtype=pl.Float64).fill_nan(None).rolling_mean(length).shift(1).to_numpy()
    return volume / np.where(usual > 0, usual, np.nan)


def efficiency(close: np.ndarray, length: int) -> np.ndarray:
    """Kaufman's efficiency ratio, 0 to 1: net move over path length of the last ``length`` changes; 0 where still.

    >>> efficiency(np.array([1.0, 2.0, 1.0, 3.0]), length=3).tolist()
    [nan, nan, nan, 0.5]
    """
    path = pl.Series(np.abs(_change(close))).fill_nan(None).rolling_sum(length).to_numpy()
    net = np.full(len(close), np.nan)
    net[length:] = np.abs(close[length:] - close[:-length])
    return np.where(path > 0, net / np.where(path > 0, path, 1.0), np.where(np.isnan(path), np.nan, 0.0)).clip(0, 1)


def volatility(close: np.ndarray, length: int) -> np.ndarray:
    """Root mean square of the last ``length`` log returns, per bar."""
    squares = np.square(_change(np.log(close)))
    mean = pl.Series(squares).fill_nan(None).rolling_mean(length).to_numpy()
    return np.sqrt(np.maximum(mean, 0.0))


def slope(values: np.ndarray, bars: int) -> np.ndarray:
    """Relative change per bar over the last ``bars`` bars, a fraction.

    >>> slope(np.array([100.0, 125.0, 150.0]), bars=2).tolist()
    [nan, nan, 0.25]
    """
    out = np.full(len(values), np.nan)
    out[bars:] = (values[bars:] / values[:-bars] - 1) / bars
    return out


def move(close: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Change from the close before, in units as they stood at that close.

    >>> move(np.array([1.0, 3.0, 2.0]), np.array([0.5, 2.0, 1.0])).tolist()
    [nan, 4.0, -0.5]
    """
    before = np.concatenate([[np.nan], unit[:-1]])[: len(unit)]
    return _change(close) / np.where(before > 0, before, np.nan)


def _change(values: np.ndarray) -> np.ndarray:
    return np.diff(values, prepend=np.nan) if len(values) else values
