"""Where a price path first leaves a channel: binary lifting over tables of maxima and minima.

Table k holds the highest high and the lowest low of the 2^k bars from each bar on. From the largest k down, a decision
jumps over 2^k bars where they end within its window and stay inside its channel: log2(window) steps, for thousands of
decisions at once, and the extremes passed on the way come for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CHUNK = 16384
Extremes = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Touch:
    """The first bar that leaves the channel (``bar``, else the window's end) and the extremes of the bars before it."""

    bar: np.ndarray
    highest: np.ndarray
    lowest: np.ndarray


def first_touch(
    high: np.ndarray, low: np.ndarray, first: np.ndarray, end: np.ndarray, floor: np.ndarray, ceiling: np.ndarray
) -> Touch:
    """First bar of each window with ``low <= floor`` or ``high >= ceiling``.

    Parameters
    ----------
    high, low : ndarray of shape (n_bars,)
        Highest and lowest price of each bar.
    first, end : ndarray of shape (n_decisions,)
        The window: bars ``first`` to ``end - 1``.
    floor, ceiling : ndarray of shape (n_decisions,)
        The channel.

    Returns
    -------
    Touch
        ``highest`` is -inf and ``lowest`` inf where no bar of the window comes before the touch.

    Examples
    --------
    >>> high, low = np.array([10.0, 11, 12, 13]), np.array([9.0, 9, 9, 9])
    >>> touch = first_touch(high, low, np.array([0]), np.array([4]), np.array([8.0]), np.array([12.0]))
    >>> touch.bar.item(), touch.highest.item(), touch.lowest.item()
    (2, 11.0, 9.0)
    """
    touch = Touch(first.astype(np.intp), np.full(first.size, -np.inf), np.full(first.size, np.inf))
    asked = np.flatnonzero(end > first)
    if asked.size == 0:
        return touch
    asked = asked[np.argsort(first[asked], kind="stable")]
    origin = int(first[asked[0]])
    used = slice(origin, int(end[asked].max()))
    tables = _tables(high[used], low[used], int((end - first)[asked].max()))
    for begin in range(0, asked.size, CHUNK):
        rows = asked[begin : begin + CHUNK]
        bar, top, bottom = _lift(tables, first[rows] - origin, end[rows] - origin, floor[rows], ceiling[rows])
        touch.bar[rows], touch.highest[rows], touch.lowest[rows] = bar + origin, top, bottom
    return touch


def _tables(high: np.ndarray, low: np.ndarray, longest: int) -> list[Extremes]:
    """One pair per power of two up to the longest window; entries that would pass the last bar are never used."""
    tables = [(high, low)]
    for k in range(longest.bit_length() - 1):
        width = 1 << k
        top, bottom = (extreme.copy() for extreme in tables[-1])
        np.maximum(tables[-1][0][:-width], tables[-1][0][width:], out=top[:-width])
        np.minimum(tables[-1][1][:-width], tables[-1][1][width:], out=bottom[:-width])
        tables.append((top, bottom))
    return tables


def _lift(
    tables: list[Extremes], bar: np.ndarray, end: np.ndarray, floor: np.ndarray, ceiling: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    highest, lowest = np.full(bar.size, -np.inf), np.full(bar.size, np.inf)
    last = tables[0][0].size - 1
    for k in range(len(tables) - 1, -1, -1):
        at = np.minimum(bar, last)
        top, bottom = tables[k][0][at], tables[k][1][at]
        inside = (bar + (1 << k) <= end) & (top < ceiling) & (bottom > floor)
        np.maximum(highest, top, out=highest, where=inside)
        np.minimum(lowest, bottom, out=lowest, where=inside)
        bar = bar + (inside << k)
    return bar, highest, lowest
