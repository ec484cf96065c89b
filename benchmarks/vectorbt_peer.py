"""vectorbt, one column per decision: an exit there is one flag per bar, so decisions that overlap cannot share one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import vectorbt as vbt
from vectorbt.signals.dispatch import generate_ohlc_stop_ex

from benchmarks.paths import Paths

TAKE_PROFIT = 2


class Windows(NamedTuple):
    """Bars of each decision's window below a first row that holds its entry."""

    entries: np.ndarray
    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray


def by_engine(world: list[Paths]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Exits by the compiled engine, windows included."""
    return [_by_engine(p) for p in world]


def by_class(world: list[Paths]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Exits by ``OHLCSTX.run``, the way its documentation shows."""
    return [_by_class(p) for p in world]


def _windows(p: Paths) -> Windows:
    rows = p.first - 1 + np.arange(p.ttl + 1)[:, None]
    entries = np.zeros(rows.shape, bool)
    entries[0] = True
    start = p.open[rows]
    start[0] = p.entry
    return Windows(entries, start, p.high[rows], p.low[rows], p.close[rows])


def _by_engine(p: Paths) -> tuple[np.ndarray, np.ndarray]:
    windows = _windows(p)
    price, kind = np.full(windows.open.shape, np.nan), np.full(windows.open.shape, -1, np.int64)
    width, never, short = np.full((1, 1), p.width), np.zeros((1, 1), bool), ~p.long[None, :]
    modes = {"is_open_safe": True, "wait": 1, "until_next": True, "skip_until_exit": False, "pick_first": True}
    exits = generate_ohlc_stop_ex(
        *windows, price, kind, width, never, width, short, **modes, flex_2d=True, engine="rust"
    )
    return _read(p, exits, kind)


def _by_class(p: Paths) -> tuple[np.ndarray, np.ndarray]:
    short = np.ascontiguousarray(np.broadcast_to(~p.long, (p.ttl + 1, p.long.size)))
    found = vbt.OHLCSTX.run(*_windows(p), sl_stop=p.width, tp_stop=p.width, reverse=short)
    return _read(p, found.exits.to_numpy(), found.stop_type.to_numpy())


def _read(p: Paths, exits: np.ndarray, kind: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    row = exits.argmax(axis=0)
    columns = np.arange(row.size)
    hit = exits[row, columns]
    label = np.where(kind[row, columns] == TAKE_PROFIT, 1, -1)
    return p.first + np.where(hit, row, p.ttl) - 1, np.where(hit, label, 0)
