"""Bars as delivered: text as from CSV, typed as from Parquet."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

MONDAY = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
NUMBERS = {"open": 100.0, "high": 110.0, "low": 95.0, "close": 105.0, "volume": 3.0}


def stamp(hour: int) -> str:
    """Open time of a bar so many hours after Monday's midnight."""
    return (MONDAY + dt.timedelta(hours=hour)).isoformat()


def text(**changes: Any) -> dict[str, Any]:
    """One row of a CSV file."""
    numbers = {name: str(value) for name, value in NUMBERS.items()}
    return {"symbol": "BTC/USDT", "timeframe": "1h", "ts": stamp(0), **numbers, **changes}


def csv(*rows: dict[str, Any]) -> pl.DataFrame:
    """A CSV file as it is read: every column is text."""
    return pl.DataFrame(list(rows), schema=dict.fromkeys(rows[0] if rows else text(), pl.String))


def typed(**changes: Any) -> pl.DataFrame:
    """A Parquet file of one row."""
    return pl.DataFrame([{"symbol": "BTC/USDT", "timeframe": "1h", "ts": MONDAY, **NUMBERS, **changes}])
