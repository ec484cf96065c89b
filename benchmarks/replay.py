"""Replaying decisions through a book of limited room: ours against the event loop that one writes first."""

from __future__ import annotations

import heapq

import numpy as np

from benchmarks.line import Line, interleaved
from learning_pipeline.analysis.what_if.capital import NEVER, Orders, Room, micro, replay

N, DAYS, SYMBOLS = 1_000_000, 90, 50
TARGET = 10.0
ROOM = Room(10_000.0, 5, one_position_per_symbol=True)


def lines(rounds: int) -> list[Line]:
    """One line: a million decisions of 90 days, five slots."""
    orders = random_orders(N)
    equal = np.array_equal(replay(orders, ROOM), event_loop(orders, ROOM))
    pairs = interleaved(rounds, lambda: replay(orders, ROOM), lambda: event_loop(orders, ROOM))
    size = f"N={N:,} slots={ROOM.max_open_positions}"
    return [Line.of("replay of a book", size, "heap of exits, one decision at a time", pairs, TARGET, equal=equal)]


def random_orders(n: int) -> Orders:
    """Decisions at random seconds, each held for one to 24 hours; what would end after the last day is open."""
    rng = np.random.default_rng(0)
    decided = np.sort(rng.integers(0, DAYS * 86_400, n)) * 1_000_000
    ends = decided + rng.integers(3_600, 86_400, n) * 1_000_000
    ends = np.where(ends < DAYS * 86_400_000_000, ends, NEVER)
    notional, pnl = micro(rng.uniform(100, 3_000, n)), micro(rng.normal(0, 20, n))
    return Orders(decided, ends, rng.integers(0, SYMBOLS, n), notional, pnl)


def event_loop(orders: Orders, room: Room) -> np.ndarray:
    """Every decision in turn: close what has ended, then see whether it fits."""
    capital = round(room.capital_usd * 1e6)
    committed = realised = 0
    held: set[int] = set()
    still_open: list[tuple[int, int, int, int]] = []
    taken = []
    for at, ends, symbol, notional, pnl in zip(*(column.tolist() for column in orders), strict=True):
        while still_open and still_open[0][0] <= at:
            _, out, freed, result = heapq.heappop(still_open)
            committed, realised = committed - freed, realised + result
            held.discard(out)
        room_left = min(capital, capital + realised) - committed
        fits = len(still_open) < room.max_open_positions and symbol not in held and notional <= room_left
        if fits:
            heapq.heappush(still_open, (ends, symbol, notional, pnl))
            committed += notional
            held.add(symbol)
        taken.append(fits)
    return np.array(taken)
