"""Where a price path first leaves a channel: binary lifting over tables of maxima and minima.

Table k holds the highest high and the lowest low of the 2^k bars from each bar on. From the largest k down, a decision
jumps over 2^k bars where they end within its window and stay inside its channel: log2(window) steps, for thousands of
decisions at once. The extremes of the bars passed are those of two entries that overlap.

What costs is memory that was never touched: the tables lie in one piece, and each step writes where the last one did.
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
    asked = _in_order(np.flatnonzero(end > first), first)
    if asked.size == 0:
        return touch
    origin = int(first[asked[0]])
    used = slice(origin, int(end[asked].max()))
    tables = _tables(high[used], low[used], int((end - first)[asked].max()))
    for begin in range(0, asked.size, CHUNK):
        rows = asked[begin : begin + CHUNK]
        start = touch.bar[rows] - origin
        bar = _lift(tables, start, end[rows] - origin, floor[rows], ceiling[rows])
        touch.bar[rows] = bar + origin
        touch.highest[rows], touch.lowest[rows] = _extremes(tables, start, bar)
    return touch


def _in_order(rows: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Rows in the order of their first bar, so that neighbours read the same memory."""
    firsts = first[rows]
    return rows if (firsts[1:] >= firsts[:-1]).all() else rows[np.argsort(firsts, kind="stable")]


def _tables(high: np.ndarray, low: np.ndarray, longest: int) -> list[Extremes]:
    """One pair per power of two up to the longest window; none of its entries passes the last bar."""
    tables = [(high, low)]
    for k, memory in enumerate(np.empty((longest.bit_length() - 1, 2, high.size))):
        width = 1 << k
        top, bottom = memory[:, : high.size - 2 * width + 1]
        np.maximum(tables[k][0][:-width], tables[k][0][width:], out=top)
        np.minimum(tables[k][1][:-width], tables[k][1][width:], out=bottom)
        tables.append((top, bottom))
    return tables


def _lift(
    tables: list[Extremes], start: np.ndarray, end: np.ndarray, floor: np.ndarray, ceiling: np.ndarray
) -> np.ndarray:
    """The first bar that leaves the channel, else the end; an entry beyond the table (clipped) passes the end too."""
    bar, found = start.copy(), np.empty(start.size)
    for k in range(len(tables) - 1, -1, -1):
        top, bottom = tables[k]
        inside = np.take(top, bar, out=found, mode="clip") < ceiling
        inside &= np.take(bottom, bar, out=found, mode="clip") > floor
        inside &= bar <= end - (1 << k)
        bar += inside.astype(np.intp) << k
    return bar


def _extremes(tables: list[Extremes], start: np.ndarray, bar: np.ndarray) -> Extremes:
    """Highest high and lowest low of the bars from ``start`` up to, not including, ``bar``."""
    highest, lowest = np.full(start.size, -np.inf), np.full(start.size, np.inf)
    width_log2 = np.frexp(bar - start)[1] - 1
    for k, (top, bottom) in enumerate(tables):
        rows = np.flatnonzero(width_log2 == k)
        left, right = start[rows], bar[rows] - (1 << k)
        highest[rows] = np.maximum(top[left], top[right])
        lowest[rows] = np.minimum(bottom[left], bottom[right])
    return highest, lowest
