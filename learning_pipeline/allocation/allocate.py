"""Shares and averages, day by day, from the versions of trades."""

from __future__ import annotations

import datetime as dt
from array import array
from typing import NamedTuple

import numpy as np
import polars as pl

from learning_pipeline.allocation.fold import Fold
from learning_pipeline.allocation.settings import AllocationSettings
from learning_pipeline.allocation.state import State
from learning_pipeline.allocation.step import Step, Trade
from learning_pipeline.allocation.tables import TimeframeAllocation, TimeframeRoi
from learning_pipeline.allocation.trades import trade_versions, with_reason
from learning_pipeline.contracts import days_between

NONE = float("nan")


class Allocated(NamedTuple):
    """`TimeframeRoi` and `TimeframeAllocation` of some days."""

    roi: pl.DataFrame
    allocation: pl.DataFrame


def allocate(
    trades: pl.DataFrame,
    from_fills: pl.DataFrame,
    before: pl.DataFrame,
    days: tuple[dt.date, dt.date],
    settings: AllocationSettings,
    books: tuple[str, ...],
) -> Allocated:
    """Averages and shares as of each day, and what each trade moved.

    Parameters
    ----------
    trades, from_fills : DataFrame
        ``events.trades`` and ``events.trades_from_fills``: every trade that was known or corrected on the days, with
        whatever was known since the day of the first of their closes.
    before : DataFrame
        ``allocation.timeframe_roi`` of the day before that first close; empty: nothing closed before.
    days : tuple of date
        First and last day asked about.
    settings : AllocationSettings
        Memories, cap, floor, start.
    books : tuple of str
        Books whose trades count.

    Returns
    -------
    Allocated
        The same, to the bit, as from all trades ever, with ``before`` empty.
    """
    first, last = days
    versions = with_reason(trade_versions(trades, from_fills), settings, books)
    fold, made, states = Fold(State.of_rows(before, settings), settings), _Columns(), []
    for day, known in _day_by_day(versions, first, last):
        steps = fold.learn(known)
        if day < first:
            for _ in steps:
                pass
            continue
        for trade, done in steps:
            made.add(day, trade, done)
        states += [row | {"day": day} for row in fold.state.rows()]
    return Allocated(_roi_frame(states), made.frame(list(settings.start)))


def _day_by_day(versions: pl.DataFrame, first: dt.date, last: dt.date) -> list[tuple[dt.date, list[Trade]]]:
    """Versions by the day on which they came to be known, every day to the last."""
    known: dict[dt.date, list[Trade]] = {}
    at_us = pl.col("at").to_physical()
    for day, *told in versions.select("day", at_us, "trade_id", "timeframe", "roi", "ignored").iter_rows():
        known.setdefault(day, []).append(Trade(*told))
    return [(day, known.get(day, [])) for day in days_between(min([first, *known]), last)]


def _roi_frame(states: list[dict[str, object]]) -> pl.DataFrame:
    types = {name: dtype for name, dtype in TimeframeRoi.dtypes().items() if name != "last_closed_at"}
    rows = pl.DataFrame(states, schema={**types, "last_us": pl.Int64()})
    return TimeframeRoi.checked(rows.with_columns(last_closed_at=_instant("last_us")).select(*TimeframeRoi.dtypes()))


def _instant(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


class _Columns:
    """Columns of `TimeframeAllocation` while they are made: of steps, and flat ones of steps and timeframes."""

    def __init__(self) -> None:
        self.of_steps: dict[str, list[object]] = {n: [] for n in ("day", "at_us", "trade_id", "traded", "roi")}
        self.floats = {name: array("d") for name in ("allocation", "change", "desired", "roi_short")}
        self.n, self.reasons = array("q"), list[str]()

    def add(self, day: dt.date, trade: Trade, done: Step) -> None:
        told = (day, trade.at_us, trade.trade_id, trade.timeframe, trade.roi)
        for column, value in zip(self.of_steps.values(), told, strict=True):
            column.append(value)
        allocation, averages = done.state.allocation, done.state.averages
        self.floats["allocation"].extend(allocation.values())
        self.floats["change"].extend(done.changes)
        self.floats["desired"].extend(NONE if share is None else share for share in done.desired)
        rois = (averages[name].roi_short for name in allocation)
        self.floats["roi_short"].extend(NONE if roi is None else roi for roi in rois)
        self.n.extend(averages[name].n for name in allocation)
        self.reasons += done.reasons

    def frame(self, names: list[str]) -> pl.DataFrame:
        """One row per step and timeframe."""
        types = {"day": pl.Date, "at_us": pl.Int64, "trade_id": pl.String, "traded": pl.String, "roi": pl.Float64}
        steps = pl.DataFrame(self.of_steps, schema=types)
        flat = {name: pl.Series(np.asarray(values)).fill_nan(None) for name, values in self.floats.items()}
        n = pl.Series(np.asarray(self.n), dtype=pl.Int64)
        rows = steps[np.repeat(np.arange(steps.height), len(names))].with_columns(
            **flat, n=n, reason=pl.Series(self.reasons, dtype=pl.String), closed_at=_instant("at_us"),
            timeframe=pl.Series(names * steps.height, dtype=pl.String),
        )  # fmt: skip
        named = rows.rename({"traded": "traded_timeframe", "roi": "trade_roi"})
        return TimeframeAllocation.checked(named.select(*TimeframeAllocation.dtypes()))
