"""What each book and each experiment earned, day by day, as it came to be known."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any, NamedTuple

import polars as pl

from learning_pipeline.books.learning.tables import AT_RISK, BOOKS, ExperimentPnl, Pnl
from learning_pipeline.contracts import days_between

OF_BOOK = ["source", "book", "experiment_id"]
VERSION = ["trade_id", "day"]


class Figures(NamedTuple):
    """Of a day's reports: as `Pnl`."""

    n_trades: int = 0
    n_corrected: int = 0
    pnl_usd: float = 0.0
    fees_usd: float = 0.0
    win_rate: float | None = None


def book_pnl(trades: pl.DataFrame, before: pl.DataFrame, days: tuple[dt.date, dt.date]) -> pl.DataFrame:
    """`Pnl` of some days.

    Parameters
    ----------
    trades : DataFrame
        ``events.trades``: of each trade told on the days every row up to their end.
    before : DataFrame
        ``books.pnl`` of the day before; empty: nothing was told before.
    days : tuple of date
        First and last.
    """
    totals = dict.fromkeys(BOOKS, 0.0) | dict(before.select("book", "total_pnl_usd").iter_rows())
    by_day = _grouped(trade_changes(trades, *days), ["day", "book"])
    rows = []
    for day in days_between(*days):
        for book in BOOKS:
            told = by_day.get((day, book), Figures())
            totals[book] += told.pnl_usd
            rows.append({"day": day, "book": book, **told._asdict(), "total_pnl_usd": totals[book]})
    return Pnl.checked(Pnl.frame(rows))


def experiment_pnl(trades: pl.DataFrame, before: pl.DataFrame, days: tuple[dt.date, dt.date]) -> pl.DataFrame:
    """`ExperimentPnl` of some days; as `book_pnl`."""
    known: dict[tuple[Any, ...], tuple[int, float]] = {
        (source, book, name): (n, pnl)
        for source, book, name, n, pnl in before.select(*OF_BOOK, "n_trades", "pnl_usd").iter_rows()
    }
    changes = trade_changes(trades, *days).filter(pl.col("book").is_in(AT_RISK))
    told_on: dict[dt.date, dict[tuple[Any, ...], Figures]] = {}
    for (day, *experiment), figures in _grouped(changes, ["day", *OF_BOOK]).items():
        told_on.setdefault(day, {})[tuple(experiment)] = figures
    rows: list[tuple[Any, ...]] = []
    for day in days_between(*days):
        for key, told in told_on.get(day, {}).items():
            n, pnl = known.get(key, (0, 0.0))
            known[key] = n + told.n_trades, pnl + told.pnl_usd
        rows += [(day, *key, *figures) for key, figures in known.items()]
    return ExperimentPnl.checked(pl.DataFrame(rows, schema=ExperimentPnl.dtypes(), orient="row"))


def trade_changes(trades: pl.DataFrame, first: dt.date, last: dt.date) -> pl.DataFrame:
    """What each day's reports changed: a row with what now counts, and one that takes back what counted before.

    Returns
    -------
    DataFrame
        ``day``, ``trade_id``, ``source``, ``book``, ``experiment_id``, ``n`` (1, or -1 for what is taken back),
        ``is_first`` and ``is_again`` (told for the first time; told anew), ``won``, ``pnl_usd``, ``fees_usd``.
    """
    versions = trades.filter(pl.col("day") <= last).sort("trade_id", "happened_at").unique(VERSION, keep="last")
    ordered = versions.sort(VERSION)
    facts = [*OF_BOOK, "pnl_usd", "fees_usd"]
    earlier = [pl.col(name).shift(1).over("trade_id").alias(f"{name}_before") for name in facts]
    told = ordered.select(*VERSION, *facts, *earlier).filter(pl.col("day") >= first)
    is_first = pl.col("book_before").is_null()
    now = told.select(*VERSION, *facts, n=1, is_first=is_first, is_again=~is_first, won=pl.col("pnl_usd") > 0)
    back = told.filter(~is_first).select(
        *VERSION, *[pl.col(f"{name}_before").alias(name) for name in OF_BOOK],
        pnl_usd=-pl.col("pnl_usd_before"), fees_usd=-pl.col("fees_usd_before"), n=-1,
        is_first=False, is_again=False, won=False,
    )  # fmt: skip
    return pl.concat([now, back.select(now.columns)]).sort(*VERSION, "n")


def _grouped(changes: pl.DataFrame, by: list[str]) -> dict[tuple[Any, ...], Figures]:
    """Figures by key; sums are exact, so no order of the trades matters."""
    lists = changes.group_by(by).agg("n", "is_first", "is_again", "won", "pnl_usd", "fees_usd")
    return {row[: len(by)]: _figures(*row[len(by) :]) for row in lists.iter_rows()}


def _figures(
    n: list[int], first: list[bool], again: list[bool], won: list[bool], pnl: list[float], fees: list[float]
) -> Figures:
    wins = sum(gain for gain, is_first in zip(won, first, strict=True) if is_first)
    return Figures(sum(n), sum(again), math.fsum(pnl), math.fsum(fees), wins / sum(first) if any(first) else None)
