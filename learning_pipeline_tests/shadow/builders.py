"""Small frames of decisions and bars, and the folder of reference data."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from learning_pipeline.contracts import day_of, end_of, timeframe_us
from learning_pipeline.events.tables import Decisions
from learning_pipeline.market.tables import Bars
from learning_pipeline.shadow import Pending, ShadowSettings, settle

MONDAY = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
POLICY = ShadowSettings()
LEVELS = {"entry_price": 100.0, "stop_price": 98.0, "target_price": 104.0}
QUIET = (100, 101, 99, 100)

DEFAULTS: dict[str, Any] = {
    "signal_id": "s1",
    "decided_at": MONDAY,
    "symbol": "BTC/USDT",
    "timeframe": "1h",
    "strategy": "trend",
    "side": "long",
    "decision": "blocked",
    "blocked_by": [],
    "gates_complete": True,
    "scope": "{}",
    "book": "profit",
}


def decisions(*rows: dict[str, Any]) -> pl.DataFrame:
    """Decisions with defaults; ``known_at`` is ``decided_at`` unless given."""
    full = [{**DEFAULTS, **row} for row in rows]
    frame = Decisions.frame([{"known_at": row["decided_at"], **row} for row in full])
    return frame.with_columns(day=day_of(pl.col("known_at")))


def bars(frame: pl.DataFrame) -> pl.DataFrame:
    """Bars of symbol, timeframe, ts, open, high, low, close as the market room keeps them."""
    close_at = pl.col("ts") + timeframe_us(pl.col("timeframe")).cast(pl.Duration("us"))
    full = frame.with_columns(known_at=close_at, day=day_of(pl.col("ts")), revision=pl.lit(0, pl.Int64))
    return Bars.frame(full.to_dict(as_series=True))


def hourly(*prices: tuple[float, float, float, float], start: dt.datetime = MONDAY) -> pl.DataFrame:
    """Hourly bars of BTC/USDT from (open, high, low, close)."""
    rows = [
        {"symbol": "BTC/USDT", "timeframe": "1h", "ts": start + k * HOUR}
        | dict(zip(("open", "high", "low", "close"), map(float, price), strict=True))
        for k, price in enumerate(prices)
    ]
    return bars(pl.DataFrame(rows, schema_overrides={"ts": pl.Datetime("us", "UTC")}))


def no_pending() -> pl.DataFrame:
    """An empty ``shadow.pending``."""
    return Pending.frame()


def settled(market, policy=POLICY, days=5, **decision):
    """Outcomes and pending rows of one decision, Monday at midnight unless said otherwise."""
    last = (MONDAY + dt.timedelta(days=days)).date()
    asked = decisions(LEVELS | decision)
    return settle(no_pending(), asked, market, policy, MONDAY.date(), last, end_of(last))


def outcome(market, **rest):
    """The outcome of one decision."""
    return settled(market, **rest)[0].row(0, named=True)


def reference(*parts: str) -> Path:
    """A file of the reference data; the test is skipped where the folder is not there."""
    folder = os.environ.get("LEARNING_PIPELINE_REFERENCE_DATA")
    if folder is None:
        pytest.skip("LEARNING_PIPELINE_REFERENCE_DATA is not set: no reference data to compare with")
    path = Path(folder, *parts)
    if not path.exists():
        pytest.skip(f"the reference data has no {path.name}")
    return path
