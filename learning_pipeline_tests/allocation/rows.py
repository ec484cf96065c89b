"""Rows of trades, fills and positions for tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from learning_pipeline.allocation import Allocated, AllocationSettings, TimeframeRoi, allocate
from learning_pipeline.events.tables import Trades, TradesFromFills

START = dt.datetime(2024, 3, 4, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
BOOKS = ("profit",)


def closed(
    trade_id: str, timeframe: str, roi: float, at: dt.datetime, known: dt.datetime | None = None, **more: Any
) -> dict[str, Any]:
    """A row of ``events.trades``: closed at, told at ``known`` (at its close by default)."""
    told = known or at
    row = {"day": told.date(), "happened_at": told, "event_id": f"{trade_id}@{told}", "source": "bot"}
    money = {"qty": 1.0, "entry_price": 100.0, "exit_price": 100.0 * (1 + roi), "fees_usd": 0.0, "pnl_usd": 100.0 * roi}
    times = {"session_id": "bot", "opened_at": at, "closed_at": at}
    what = {"trade_id": trade_id, "symbol": "X", "timeframe": timeframe, "side": "long", "roi": roi, "book": "profit"}
    return {**row, **money, **times, **what, "scope": "{}", "pnl_mismatch": False, **more}


def run(
    rows: list[dict[str, Any]],
    first: dt.date | None = None,
    last: dt.date | None = None,
    *,
    before: pl.DataFrame | None = None,
    from_fills: list[dict[str, Any]] | None = None,
    settings: AllocationSettings | None = None,
) -> Allocated:
    """Allocation of some trades; by default from the first day of any to the last."""
    trades, derived = Trades.frame(rows), TradesFromFills.frame(from_fills or [])
    days = [*trades["day"], *derived["day"]] or [START.date()]
    asked = (first or min(days), last or max(days))
    state = TimeframeRoi.frame() if before is None else before
    return allocate(trades, derived, state, asked, settings or AllocationSettings(), BOOKS)


def path(allocation: pl.DataFrame) -> list[dict[str, float]]:
    """Shares after each trade in its order, newest rows of each."""
    newest = allocation.filter(pl.col("day") == pl.col("day").max().over("trade_id")).sort(
        "closed_at", "trade_id", "timeframe"
    )
    grouped = newest.group_by("trade_id", maintain_order=True).agg("timeframe", "allocation")
    return [dict(zip(names, shares, strict=True)) for _, names, shares in grouped.iter_rows()]
