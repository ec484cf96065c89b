"""Swing extremes of the price, and where an oscillator did not confirm them.

A swing is known only once enough bars have passed after it: everything here stands at the bar that made it known.
"""

from __future__ import annotations

import numpy as np
import polars as pl


def swing_lows(low: np.ndarray, reach: int) -> np.ndarray:
    """Bars at which a swing low became known, ascending; the low itself is ``reach`` bars before each.

    A swing low is lower than each of the ``reach`` bars before it and not above any of the ``reach`` bars after it.

    >>> swing_lows(np.array([3.0, 1.0, 2.0, 1.0, 1.0]), reach=1).tolist()
    [2, 4]
    """
    lows = pl.Series(low, dtype=pl.Float64)
    middle = lows.shift(reach)
    lowest = (middle <= lows.rolling_min(reach)) & (middle < lows.rolling_min(reach).shift(reach + 1))
    return np.flatnonzero(lowest.fill_null(value=False).to_numpy())


def divergence_sides(high: np.ndarray, low: np.ndarray, oscillator: np.ndarray, reach: int, longest: int) -> np.ndarray:
    """1 where a bullish divergence became known, -1 where a bearish one did, else 0; shape (n,).

    Bullish: a swing low below the swing low before it, at most ``longest`` bars apart, while the oscillator, still
    below 0, stands higher than it did there. Bearish is the mirror image at swing highs.

    References
    ----------
    Appel (2005), "Technical Analysis: Power Tools for Active Investors".
    """
    bullish = _unconfirmed(low, oscillator, reach, longest)
    bearish = _unconfirmed(-high, -oscillator, reach, longest)
    return bullish.astype(np.int64) - bearish.astype(np.int64)


def _unconfirmed(low: np.ndarray, oscillator: np.ndarray, reach: int, longest: int) -> np.ndarray:
    known = swing_lows(low, reach)
    at, before = known[1:] - reach, known[:-1] - reach
    lower_price = (low[at] < low[before]) & (at - before <= longest)
    diverges = lower_price & (oscillator[at] > oscillator[before]) & (oscillator[at] < 0)
    out = np.zeros(len(low), dtype=bool)
    out[known[1:][diverges]] = True
    return out
