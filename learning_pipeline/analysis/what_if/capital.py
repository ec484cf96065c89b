"""Which decisions a book of limited capital and slots could have taken: one replay in time order.

At the start the book is empty. At each decision, in the order given:

1. Every position whose exit is at or before this instant is closed: its slot and capital are free again, and its
   result is realised.
2. The decision is taken where a slot is free, its symbol is not held (if asked for), and its notional fits: what is
   committed stays within ``min(capital, capital + realised)``. Gains are not reinvested; losses shrink the book.

Else it is skipped, for good. A position without a known exit keeps its slot and capital to the end.

Money is counted in whole millionths, so that it adds up exactly and in any order.
"""

from __future__ import annotations

import heapq
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NEVER = np.iinfo(np.int64).max
"""The exit of a position that is still open."""
_MICRO, _MOST, _SCAN = 1e6, 9e18, 64


class Room(NamedTuple):
    """What the book can hold: quote money, positions at one time, and whether a symbol is held once at most."""

    capital_usd: float
    max_open_positions: int
    one_position_per_symbol: bool


class Orders(NamedTuple):
    """Decisions that would be taken if there were room: arrays of shape (n,), by time of the decision, then signal.

    Attributes
    ----------
    decided_us : int
        Instant of the decision, microseconds since 1970, ascending.
    exit_us : int
        When its exit was known, at or after ``decided_us``; `NEVER` while open.
    symbol : int
        Number of the symbol.
    notional, pnl : int
        Size and net result in millionths of quote money (`micro`); the result of an open one is not looked at.
    """

    decided_us: Ints
    exit_us: Ints
    symbol: Ints
    notional: Ints
    pnl: Ints


def micro(usd: Floats) -> Ints:
    """Quote money in whole millionths; amounts beyond 64 bits are cut there, NaN is 0.

    >>> micro(np.array([1.5, -1e300, np.nan])).tolist()
    [1500000, -9000000000000000000, 0]
    """
    with np.errstate(over="ignore"):
        return np.rint(np.clip(np.nan_to_num(usd) * _MICRO, -_MOST, _MOST)).astype(np.int64)


def replay(orders: Orders, room: Room) -> Bools:
    """Which of the decisions are taken; shape (n,).

    While no slot is free nothing is taken: the walk goes on at the next exit. Where a decision does not fit, those up
    to the next exit are looked at together. So the time follows what is taken, not what is asked.
    """
    decided_us, n = orders.decided_us.data, len(orders.decided_us)
    book, i = _Book(orders, room), 0
    taken: list[int] = []
    while i < n:
        book.close_until(decided_us[i])
        if book.fits(i):
            book.enter(i)
            taken.append(i)
            i += 1
        else:
            i = book.next_fitting(i + 1)
    marked = np.zeros(n, dtype=np.bool_)
    marked[taken] = True
    return marked


class _Book:
    """Open positions by exit, and what is free."""

    def __init__(self, orders: Orders, room: Room) -> None:
        self._orders = orders
        # A memoryview gives plain integers, and gives them faster than an array.
        self._exit, self._symbol, self._notional, self._pnl = (x.data for x in orders[1:])
        self._capital = int(micro(np.array(room.capital_usd)))
        self._slots, self._free, self._realised, self._committed = room.max_open_positions, self._capital, 0, 0
        self._once, self._held = (
            room.one_position_per_symbol,
            np.zeros(orders.symbol.max(initial=0) + 1, dtype=np.bool_),
        )
        self._open: list[tuple[int, int]] = []

    def close_until(self, now: int) -> None:
        """Close all positions with an exit up to now."""
        while self._open and self._open[0][0] <= now:
            i = heapq.heappop(self._open)[1]
            self._committed -= self._notional[i]
            self._realised += self._pnl[i]
            self._held[self._symbol[i]] = False
            self._free = min(self._capital, self._capital + self._realised) - self._committed

    def fits(self, i: int) -> bool:
        """Whether there is room for order i."""
        return len(self._open) < self._slots and self._notional[i] <= self._free and not self._held[self._symbol[i]]

    def enter(self, i: int) -> None:
        """Open the position of order i."""
        heapq.heappush(self._open, (self._exit[i], i))
        self._committed += self._notional[i]
        self._free -= self._notional[i]
        self._held[self._symbol[i]] = self._once

    def next_fitting(self, start: int) -> int:
        """The next order that there is room for, or the first that comes with or after the next exit."""
        next_exit = self._open[0][0] if self._open else NEVER
        end = len(self._exit) if next_exit == NEVER else int(self._orders.decided_us.searchsorted(next_exit))
        if len(self._open) >= self._slots:
            return end
        size = _SCAN
        while start < end:
            some = slice(start, min(start + size, end))
            fits = (self._orders.notional[some] <= self._free) & ~self._held[self._orders.symbol[some]]
            first = int(fits.argmax())
            if fits[first]:
                return start + first
            start, size = some.stop, 2 * size
        return end
