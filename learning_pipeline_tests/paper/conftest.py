"""Bars, a recorder that keeps events in memory, and one walk that many tests look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partialmethod
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from learning_pipeline.books.learning.settings import LearningBookSettings
from learning_pipeline.paper import PaperSettings, resample, run_session

Events = list[dict[str, Any]]
ROOT = Path(__file__).parents[2]


class MemoryRecorder:
    """Keeps every event as a dictionary, in the order of arrival."""

    def __init__(self) -> None:
        self.events: Events = []

    def _keep(self, kind: str, *, at: dt.datetime, **payload: Any) -> None:
        self.events.append({"type": kind, "at": at, **{name: v for name, v in payload.items() if v is not None}})

    signal = partialmethod(_keep, "signal")
    decision = partialmethod(_keep, "decision")
    order_submitted = partialmethod(_keep, "order_submitted")
    fill = partialmethod(_keep, "fill")
    trade_blocked = partialmethod(_keep, "trade_blocked")
    trade_closed = partialmethod(_keep, "trade_closed")
    position = partialmethod(_keep, "position")
    experiment = partialmethod(_keep, "experiment")
    portfolio_snapshot = partialmethod(_keep, "portfolio_snapshot")


def walked(
    hours: pl.DataFrame,
    until: dt.datetime | None = None,
    learning: LearningBookSettings | None = None,
    **settings: Any,
) -> Events:
    """Events of a session over hourly bars and the 4h bars made of them."""
    recorder = MemoryRecorder()
    bars = pl.concat([hours, resample(hours, "4h", until)])
    run_session(bars, recorder, PaperSettings(**settings), learning=learning)
    return recorder.events


@pytest.fixture(scope="session")
def walk() -> Callable[..., Events]:
    """The function that walks a session."""
    return walked


@pytest.fixture(scope="session")
def sample() -> pl.DataFrame:
    """All bundled hourly bars."""
    return pl.concat([pl.read_parquet(path) for path in sorted((ROOT / "data" / "sample").glob("*.parquet"))])


@pytest.fixture(scope="session")
def hours(sample: pl.DataFrame) -> pl.DataFrame:
    """Hourly bars of both symbols over seven weeks, weekends of EURUSD missing."""
    return sample.filter(
        pl.col("ts").is_between(dt.datetime(2017, 7, 1, tzinfo=dt.UTC), dt.datetime(2017, 8, 21, tzinfo=dt.UTC))
    )


@pytest.fixture(scope="session")
def events(hours: pl.DataFrame) -> Events:
    """Events of one walk over `hours` with the default settings."""
    return walked(hours)


@pytest.fixture(scope="session")
def of_type(events: Events) -> Callable[[str], Events]:
    """Events of one type of that walk."""
    return lambda kind: [event for event in events if event["type"] == kind]
