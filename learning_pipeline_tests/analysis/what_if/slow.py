"""The book once more, slowly: no heap, no sums carried along; each instant is worked out from all that was taken."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from learning_pipeline.analysis.what_if.capital import NEVER, Orders, Room


class Order(NamedTuple):
    """One decision; times in whole numbers, money in millionths, ``ends`` None while open."""

    at: int
    ends: int | None
    symbol: int
    notional: int
    pnl: int


def take(orders: list[Order], room: Room) -> list[bool]:
    taken: list[Order] = []
    answers = []
    for order in orders:
        held = [o for o in taken if o.ends is None or o.ends > order.at]
        fits = len(held) < room.max_open_positions
        fits &= not (room.one_position_per_symbol and order.symbol in {o.symbol for o in held})
        fits &= sum(o.notional for o in held) + order.notional <= limit(taken, order.at, room)
        answers.append(fits)
        taken += [order] if fits else []
    return answers


def limit(taken: list[Order], now: int, room: Room) -> int:
    """What may be committed: capital, less what was lost on balance."""
    capital = round(room.capital_usd * 1e6)
    return min(capital, capital + sum(o.pnl for o in taken if o.ends is not None and o.ends <= now))


def excesses(taken: list[Order], room: Room) -> Iterator[int]:
    """At every instant: how far what is committed lies above what may be; positions run from entry to before exit."""
    for now in sorted({o.at for o in taken} | {o.ends for o in taken if o.ends is not None}):
        open_now = [o for o in taken if o.at <= now and (o.ends is None or o.ends > now)]
        yield sum(o.notional for o in open_now) - limit(taken, now, room)


def arrays(orders: list[Order]) -> Orders:
    ends = [NEVER if o.ends is None else o.ends for o in orders]
    columns = [[o.at for o in orders], ends, *([o[k] for o in orders] for k in (2, 3, 4))]
    return Orders(*(np.array(column, dtype=np.int64) for column in columns))


def random_book(rng: random.Random) -> tuple[list[Order], Room]:
    """Up to 25 decisions that often share instants; a loss never exceeds its notional."""
    orders, at = [], 0
    for _ in range(rng.randrange(26)):
        at += rng.choice([0, 0, 1, 2, 5])
        notional = rng.randrange(1, 60) * 1_000_000
        pnl = rng.randrange(-notional, notional)
        ends = None if rng.random() < 0.1 else at + rng.randrange(0, 8)
        orders.append(Order(at, ends, rng.randrange(4), notional, pnl))
    return orders, Room(rng.choice([30.0, 60.0, 100.0, 1e9]), rng.choice([1, 2, 3, 100]), rng.random() < 0.5)
