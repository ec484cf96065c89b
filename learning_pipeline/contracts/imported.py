"""What a foreign file held, in our words: what every adapter gives and every entrance delivers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl


class Event(NamedTuple):
    """An event before its envelope: type and payload of CONTRACTS 1, and when it happened (with a time zone)."""

    type: str
    at: dt.datetime
    payload: dict[str, Any]


class Imported(NamedTuple):
    """One thing that was found: a backtest of one strategy, a database of trades, the candles of a folder.

    Same bytes in, same value out: what is delivered twice is a duplicate and nothing else.
    """

    stem: str
    """Name of the delivered file without its ending: ``[A-Za-z0-9._-]+``."""

    told: str
    """What it is, in a few words for a person: ``backtest of TrendRider, 1h, 2024-02-01 to 2024-05-01``."""

    source: str = ""
    """``source`` of the events: the bot, or the run of it."""

    events: tuple[Event, ...] = ()
    bars: pl.DataFrame | None = None
    """Columns of CONTRACTS 2, ``ts`` as Datetime(us, UTC); None: no bars are in it."""

    files: tuple[Path, ...] = ()
    """Files that are in our own formats already, delivered as they stand."""

    counts: tuple[tuple[str, int], ...] = ()
    """What the file itself says it holds, and what was taken of it: trades 399, rejected 172."""

    gaps: tuple[str, ...] = ()
    """What the source does not record, so that nothing can be said about it; one sentence each."""

    grows: bool = False
    """The source grows where it lies: events are delivered by day, so that finished days are never sent again."""
