"""One common order of everything that happens in all markets."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

import numpy as np

from learning_pipeline.paper.market import Market
from learning_pipeline.paper.watchlist import DAY_US


class Moment(IntEnum):
    """Order within one instant: what the last bars did, what the bot wants, a new day's review, what opens."""

    CLOSE = 0
    SIGNALS = 1
    DAY = 2
    OPEN = 3


def timeline(markets: list[Market], signals_at: list[list[int]]) -> Iterator[tuple[int, Moment, int, int]]:
    """Steps ``(instant, moment, market, index)`` in the order of time, moment, market.

    Parameters
    ----------
    markets : list of Market
    signals_at : list of list of int
        For each market the instants of its signals, microseconds since 1970.

    Yields
    ------
    tuple
        ``index`` is the bar of an OPEN or CLOSE, the position in the market's signals of a SIGNALS; a DAY comes at the
        first close of any market in each UTC day, with market and index 0.
    """
    parts = [_steps(_days(markets), Moment.DAY, 0)]
    for number, (market, instants) in enumerate(zip(markets, signals_at, strict=True)):
        parts.append(_steps(market.closed, Moment.CLOSE, number))
        parts.append(_steps(np.array(instants, dtype=np.int64), Moment.SIGNALS, number))
        parts.append(_steps(market.opened, Moment.OPEN, number))
    steps = np.concatenate(parts)
    for at, moment, number, index in steps[np.lexsort(steps.T[::-1])].tolist():
        yield at, Moment(moment), number, index


def _steps(instants: np.ndarray, moment: Moment, number: int) -> np.ndarray:
    n = len(instants)
    return np.column_stack([instants, np.full(n, int(moment)), np.full(n, number), np.arange(n)])


def _days(markets: list[Market]) -> np.ndarray:
    closes = np.unique(np.concatenate([market.closed for market in markets]))
    return closes[np.unique(closes // DAY_US, return_index=True)[1]]
