"""Positions of a token, shared out anew over their timeframes; the token's total stays."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import polars as pl

from learning_pipeline.allocation.tables import Positions
from learning_pipeline.contracts import days_between

Row = dict[str, Any]
KEPT = ["position_id", "token", "chain", "timeframe", "status", "book", "total_allocation_pct"]


def positions(
    reported: pl.DataFrame,
    before: pl.DataFrame,
    roi: pl.DataFrame,
    days: tuple[dt.date, dt.date],
    books: tuple[str, ...],
) -> pl.DataFrame:
    """Positions as of each day, with the share of capital that the day's allocation asks for.

    Parameters
    ----------
    reported : DataFrame
        ``events.positions`` of the days.
    before : DataFrame
        ``allocation.positions`` of the day before the first.
    roi : DataFrame
        ``allocation.timeframe_roi`` of the days.
    days : tuple of date
        First and last day asked about.
    books : tuple of str
        Books whose positions are looked at, each by itself.

    Returns
    -------
    DataFrame
        `Positions`.
    """
    shares = {(row["day"], row["timeframe"]): row["allocation"] for row in roi.to_dicts()}
    names = [name for name in roi["timeframe"].unique().sort() if name != "*"]
    told = reported.sort("happened_at", "position_id").partition_by("day", as_dict=True)
    live: dict[str, Row] = {row["position_id"]: row for row in before.select(KEPT).to_dicts()}
    rows: list[Row] = []
    for day in days_between(*days):
        live |= {row["position_id"]: row for row in told.get((day,), reported.clear()).select(KEPT).to_dicts()}
        live = {name: row for name, row in live.items() if row["status"] != "closed" and row["book"] in books}
        allocation = {name: shares[day, name] for name in names}
        rows += [row | {"day": day} for row in redistributed(list(live.values()), allocation)]
    return Positions.checked(Positions.frame(rows))


def redistributed(live: list[Row], allocation: dict[str, float]) -> list[Row]:
    """Positions with ``new_allocation_pct``: token by token and book by book, whatever their status.

    Examples
    --------
    >>> two = {"token": "T", "chain": None, "book": "profit"}
    >>> held = [two | {"position_id": tf, "timeframe": tf, "total_allocation_pct": 2.0} for tf in ("15m", "1h", "1m")]
    >>> [row["new_allocation_pct"] for row in redistributed(held, {"15m": 0.15, "1h": 0.45, "4h": 0.4})]
    [1.0, 3.0, 2.0]
    """
    tokens: dict[tuple[Any, ...], list[Row]] = {}
    for row in sorted(live, key=lambda row: row["position_id"]):
        if row["timeframe"] in allocation:
            tokens.setdefault((row["book"], row["token"], row["chain"]), []).append(row)
    new = {name: pct for rows in tokens.values() for name, pct in _of_token(rows, allocation).items()}
    return [row | {"new_allocation_pct": new.get(row["position_id"], row["total_allocation_pct"])} for row in live]


def _of_token(rows: list[Row], allocation: dict[str, float]) -> dict[str, float]:
    """New percentages of one token; what rounding leaves over goes to the largest, so that the total stays."""
    total = math.fsum(row["total_allocation_pct"] for row in rows)
    present = math.fsum(allocation[name] for name in {row["timeframe"] for row in rows})
    if not present:
        return {}
    new = {row["position_id"]: total * allocation[row["timeframe"]] / present * _part(row, rows) for row in rows}
    largest = max(new, key=lambda name: new[name])
    new[largest] = max(0.0, new[largest] + total - math.fsum(new.values()))
    return new


def _part(row: Row, rows: list[Row]) -> float:
    """Its part of what its timeframe gets: as it is, or equal where all are 0."""
    same = [other["total_allocation_pct"] for other in rows if other["timeframe"] == row["timeframe"]]
    held = math.fsum(same)
    return row["total_allocation_pct"] / held if held else 1.0 / len(same)
