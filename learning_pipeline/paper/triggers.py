"""When each strategy wants to trade: 1 long, -1 short, 0 nothing, from readings of that bar and those before.

All take and give arrays of shape (n,); an unknown reading wants nothing.
"""

from __future__ import annotations

import numpy as np


def breakout_sides(close: np.ndarray, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """1 where the close is above the channel, -1 below it, else 0.

    >>> breakout_sides(np.array([5.0, 1.0, 3.0]), np.full(3, 4.0), np.full(3, 2.0)).tolist()
    [1, -1, 0]
    """
    return (close > upper).astype(np.int64) - (close < lower).astype(np.int64)


def extreme_sides(rsi: np.ndarray, low: float, high: float) -> np.ndarray:
    """1 where the RSI falls through the low, -1 where it rises through the high, else 0.

    >>> extreme_sides(np.array([35.0, 28.0, 25.0, 71.0]), 30.0, 70.0).tolist()
    [0, 1, 0, -1]
    """
    before = _before(rsi)
    return ((rsi < low) & (before >= low)).astype(np.int64) - ((rsi > high) & (before <= high)).astype(np.int64)


def squeeze_sides(close: np.ndarray, upper: np.ndarray, lower: np.ndarray, squeezed: np.ndarray) -> np.ndarray:
    """1 at the first close above the upper band out of a squeeze, -1 at the first below the lower one, else 0.

    Parameters
    ----------
    squeezed : ndarray
        True where the bars before held a squeeze.

    >>> held, squeezed = np.array([3.0, 5.0, 6.0, 5.0]), np.array([True, True, True, False])
    >>> squeeze_sides(held, np.full(4, 4.0), np.full(4, 2.0), squeezed).tolist()
    [0, 1, 0, 0]
    """
    outside = breakout_sides(close, upper, lower)
    fresh = outside != np.concatenate([[0], outside[:-1]])[: len(outside)]
    return np.where(squeezed & fresh, outside, 0)


def volume_sides(
    move_atr: np.ndarray, relative_volume: np.ndarray, least_atr: float, least_volume: float
) -> np.ndarray:
    """1 where a bar rose by at least so many ATRs on at least so many times the usual volume, -1 where it fell, else 0.

    >>> volume_sides(np.array([1.5, -1.5, 1.5]), np.array([3.0, 2.0, np.nan]), 1.0, 2.0).tolist()
    [1, -1, 0]
    """
    confirmed = (np.abs(move_atr) >= least_atr) & (relative_volume >= least_volume)
    return np.where(confirmed, np.sign(np.nan_to_num(move_atr)), 0).astype(np.int64)


def _before(values: np.ndarray) -> np.ndarray:
    return np.concatenate([[np.nan], values[:-1]])[: len(values)]
