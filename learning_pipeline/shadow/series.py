"""Bars of one symbol and timeframe as arrays, and where decisions stand in them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from learning_pipeline.contracts import timeframe_us

NEVER = np.iinfo(np.int64).max
"""An instant that has not come, as far as is known."""


@dataclass(frozen=True)
class Series:
    """Bars of one symbol and timeframe in order; ``opened_at`` and ``closed_at`` in microseconds."""

    timeframe: str
    opened_at: np.ndarray
    closed_at: np.ndarray
    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray

    def opened_before(self, instants: np.ndarray) -> np.ndarray:
        """How many bars opened before each instant: the number of the first bar that opens at or after it."""
        return np.searchsorted(self.opened_at, instants, "left")

    def closed_by(self, instants: np.ndarray) -> np.ndarray:
        """How many bars closed at or before each instant."""
        return np.searchsorted(self.closed_at, instants, "right")

    def next_close(self, instants: np.ndarray) -> np.ndarray:
        """Close of the first bar that closes at or after each instant; `NEVER` where there is none yet."""
        return self.close_of(np.searchsorted(self.closed_at, instants, "left"))

    def close_of(self, bars: np.ndarray) -> np.ndarray:
        """Closing instant of bars by number; `NEVER` for a bar that does not exist yet."""
        return np.append(self.closed_at, NEVER)[np.minimum(bars, self.closed_at.size)]

    def count(self, since: np.ndarray, until: np.ndarray) -> np.ndarray:
        """Bars that opened at or after ``since`` and closed at or before ``until``."""
        return np.maximum(self.closed_by(until) - self.opened_before(since), 0)


def series_of(bars: pl.DataFrame, symbols: pl.Series, now: dt.datetime) -> dict[str, list[Series]]:
    """Series of each symbol asked for, shortest timeframe first, of bars known at ``now``."""
    wanted = bars.filter(pl.col("symbol").is_in(symbols.unique().implode()) & (pl.col("known_at") <= now))
    parts = wanted.sort("symbol", timeframe_us(pl.col("timeframe")), "timeframe", "ts").partition_by(
        "symbol", "timeframe", as_dict=True, maintain_order=True
    )
    found: dict[str, list[Series]] = {}
    for (symbol, timeframe), part in parts.items():
        found.setdefault(str(symbol), []).append(_series(str(timeframe), part))
    return found


def _series(timeframe: str, part: pl.DataFrame) -> Series:
    instants = [part[name].to_physical().to_numpy() for name in ("ts", "known_at")]
    return Series(timeframe, *instants, *(part[name].to_numpy() for name in ("open", "high", "low", "close")))
