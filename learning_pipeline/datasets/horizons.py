"""Horizon labels: what a signal had made after some days, held so long whatever happened between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import polars as pl

DAY_US = 86_400_000_000
LATEST = 7 * DAY_US
"""A horizon ends at the first close at or after it; one that comes later than this is another horizon."""

_encode = msgspec.json.Encoder(order="sorted").encode


def horizon_labels(
    settled: pl.DataFrame, bars: pl.DataFrame, horizons_days: Sequence[int], now: dt.datetime
) -> pl.Series:
    """Gross result of each signal held for each of some days, in its direction, as JSON text.

    Parameters
    ----------
    settled : DataFrame
        ``symbol``, ``resolution`` (timeframe of the bars looked at), ``side``, ``decided_at``, ``entry_price`` (quote
        money) and ``risk_fraction`` (R over the entry; null where unknown).
    bars : DataFrame
        ``market.bars``; those known after ``now`` are not looked at.
    horizons_days : sequence of int
        Days.

    Returns
    -------
    Series of shape (n,)
        ``{"1": {"end_at", "r", "roi"}, ...}``: the close of the first bar that closes at or after the horizon, against
        the entry; ``end_at`` is that close, ``r`` in multiples of R. Null where no such bar is known, or none within
        `LATEST`; ``r`` null where R is.
    """
    found: list[dict[str, Any]] = [{} for _ in range(settled.height)]
    known = bars.filter(pl.col("known_at") <= now).sort("symbol", "timeframe", "ts")
    series = known.partition_by("symbol", "timeframe", as_dict=True)
    asked = settled.with_row_index("row")
    for name, rows in asked.partition_by("symbol", "resolution", as_dict=True).items():
        if name in series:
            for days in horizons_days:
                for row, label in zip(rows["row"], _labels(rows, series[name], days), strict=True):
                    found[row][str(days)] = label
    return pl.Series("horizons", [_text(each, horizons_days) for each in found], pl.String)


def _labels(rows: pl.DataFrame, bars: pl.DataFrame, days: int) -> list[dict[str, Any] | None]:
    due = rows["decided_at"].to_physical().to_numpy() + days * DAY_US
    closed_at = bars["known_at"].to_physical().to_numpy()
    first = np.searchsorted(closed_at, due, "left")
    reached = np.minimum(first, closed_at.size - 1)
    there = (first < closed_at.size) & (closed_at[reached] <= due + LATEST)
    direction = np.where((rows["side"] == "long").to_numpy(), 1.0, -1.0)
    roi = direction * (bars["close"].to_numpy()[reached] / rows["entry_price"].to_numpy() - 1)
    ends = bars["known_at"].gather(reached)
    return [
        {"end_at": end, "roi": result, "r": None if risk is None else result / risk} if ok else None
        for ok, end, result, risk in zip(there, ends, roi.tolist(), rows["risk_fraction"], strict=True)
    ]


def _text(labels: dict[str, Any], horizons_days: Sequence[int]) -> str:
    return _encode({str(days): labels.get(str(days)) for days in horizons_days}).decode()
