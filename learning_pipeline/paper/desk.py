"""A market with its signals and spreads, and an entry on its way to the venue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from learning_pipeline.paper.book import Book
from learning_pipeline.paper.market import Market
from learning_pipeline.paper.readings import read
from learning_pipeline.paper.settings import PaperSettings
from learning_pipeline.paper.signals import Signal, signals
from learning_pipeline.paper.spread import spreads_at_close, spreads_at_open


@dataclass(frozen=True)
class Desk:
    """A market with all that the walk needs of it."""

    market: Market
    signals: list[Signal]
    spread_close_bps: np.ndarray
    spread_open_bps: np.ndarray


@dataclass(frozen=True)
class Entry:
    """An approved signal whose order waits for the next open, and the book that it will be in."""

    signal: Signal
    book: Book
    gates: list[dict[str, Any]]
    limit: float
    latency_us: int


def desk_of(each: Market, settings: PaperSettings) -> Desk:
    """The desk of a market."""
    readings = read(each, settings)
    at_close = spreads_at_close(each, readings.volatility, settings)
    at_open = spreads_at_open(each, readings.volatility, settings)
    return Desk(each, signals(each, readings, at_close, settings), at_close, at_open)


def unreachable(entry: Entry, open_price: float, price: float) -> str | None:
    """Why an entry cannot be had at an open; None where it can."""
    side, signal = entry.signal.side, entry.signal
    if side * (price - entry.limit) > 0:
        return f"Price ran away: {price:.8g} is beyond the limit {entry.limit:.8g}"
    if side * (open_price - signal.stop) <= 0:
        return f"Opened at {open_price:.8g}, beyond the stop {signal.stop:.8g}"
    return None
