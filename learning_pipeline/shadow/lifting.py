"""Where a price path first leaves a channel: binary lifting over tables of maxima and minima.

Table k holds the highest high and the lowest low of the 2^k bars from each bar on. From the largest k down, a decision
jumps over 2^k bars that stay inside its channel: log2(window) steps, for thousands of decisions at once. The extremes
of the bars passed are those of two entries that overlap.

What costs is passing over memory: no jump asks where its window ends (the bar that is found is cut off there), and the
tables lie in one piece, so that the extremes of all decisions are read at once, whatever their k.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CHUNK = 8192


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
    if not (end > first).any():
        return touch
    pieces, used = _pieces(first, end)
    tables = Tables.of(high[used], low[used], int((end - first).max()))
    for rows in pieces:
        start = touch.bar[rows] - used.start
        bar = np.minimum(_lift(tables, start, floor[rows], ceiling[rows]), end[rows] - used.start)
        touch.bar[rows] = bar + used.start
        touch.highest[rows], touch.lowest[rows] = _extremes(tables, start, bar)
    return touch


@dataclass(frozen=True)
class Tables:
    """Bars, and for k = 1, 2, ... one row of ``tops`` and ``bottoms`` each: extremes of 2^k bars from each bar on.

    The last 2^k - 1 entries of a row are never written.
    """

    longest: int
    high: np.ndarray
    low: np.ndarray
    tops: np.ndarray
    bottoms: np.ndarray

    @classmethod
    def of(cls, high: np.ndarray, low: np.ndarray, longest: int) -> Tables:
        """Up to the largest power of two in the longest window."""
        tables = cls(longest, high, low, *np.empty((2, max(longest.bit_length() - 1, 1), high.size)))
        for k in range(1, longest.bit_length()):
            half = 1 << (k - 1)
            (top, bottom), (tops, bottoms) = tables.level(k - 1), tables.level(k)
            np.maximum(top[:-half], top[half:], out=tops)
            np.minimum(bottom[:-half], bottom[half:], out=bottoms)
        return tables

    def level(self, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Highest high and lowest low of the 2^k bars from each bar on, as far as there are so many."""
        n = self.high.size - (1 << k) + 1
        return (self.tops[k - 1, :n], self.bottoms[k - 1, :n]) if k else (self.high, self.low)


def _pieces(first: np.ndarray, end: np.ndarray) -> tuple[list[slice | np.ndarray], slice]:
    """Rows with bars, in the order of their first bar (neighbours read the same memory), and the bars that they use."""
    asked = np.flatnonzero(end > first)
    used = slice(int(first[asked].min()), int(end[asked].max()))
    begins = range(0, asked.size, CHUNK)
    if asked.size == first.size and (first[1:] >= first[:-1]).all():
        return [slice(k, k + CHUNK) for k in begins], used
    asked = asked[np.argsort(first[asked], kind="stable")]
    return [asked[k : k + CHUNK] for k in begins], used


def _lift(tables: Tables, start: np.ndarray, floor: np.ndarray, ceiling: np.ndarray) -> np.ndarray:
    """The first bar that leaves the channel, or one beyond the window's end.

    Near the last bar an entry of more bars than are left is asked for; the last one (clipped) stands for it. Where that
    is inside, so are the bars that are left; where not, the smaller k still reach them all.
    """
    bar, price = start.copy(), np.empty(start.size)
    inside, above = np.empty((2, start.size), bool)
    for k in range(tables.longest.bit_length() - 1, -1, -1):
        top, bottom = tables.level(k)
        np.less(np.take(top, bar, out=price, mode="clip"), ceiling, out=inside)
        np.greater(np.take(bottom, bar, out=price, mode="clip"), floor, out=above)
        inside &= above
        bar += inside.astype(np.intp) << k
    return bar


def _extremes(tables: Tables, start: np.ndarray, bar: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Highest high and lowest low of the bars from ``start`` up to, not including, ``bar``."""
    n_bars = bar - start
    k = np.maximum(np.frexp(n_bars)[1] - 1, 1)
    row = (k - 1) * tables.high.size
    ends = row + start, row + bar - (1 << k)
    highest = np.maximum(*(tables.tops.ravel().take(at, mode="clip") for at in ends))
    lowest = np.minimum(*(tables.bottoms.ravel().take(at, mode="clip") for at in ends))
    few = np.flatnonzero(n_bars < 2)
    one, only = n_bars[few] == 1, start[few]
    highest[few] = np.where(one, tables.high[only], -np.inf)
    lowest[few] = np.where(one, tables.low[only], np.inf)
    return highest, lowest
