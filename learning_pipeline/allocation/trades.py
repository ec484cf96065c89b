"""Which trades are known since when: as reported, or put together from fills where no report came."""

from __future__ import annotations

import datetime as dt

import polars as pl

from learning_pipeline.allocation.settings import AllocationSettings
from learning_pipeline.allocation.tables import IGNORED, OTHER_BOOK

VERSION = ["trade_id", "day"]
TOLD = [*VERSION, "happened_at", "at", "timeframe", "roi", "book", "is_reported"]


def trade_versions(trades: pl.DataFrame, from_fills: pl.DataFrame) -> pl.DataFrame:
    """What was known of each trade at the end of each day on which that changed.

    Parameters
    ----------
    trades, from_fills : DataFrame
        ``events.trades`` and ``events.trades_from_fills``; of a trade all rows up to the last day asked about.

    Returns
    -------
    DataFrame
        One row per ``trade_id`` and ``day``: the newest report by then, else the newest from fills; ``at`` is the
        close, no later than the report of it (a clock that runs ahead knows no future).
    """
    reported = trades.with_columns(at=pl.min_horizontal("closed_at", "happened_at"), is_reported=pl.lit(value=True))
    derived = from_fills.with_columns(happened_at="closed_at", at="closed_at", is_reported=pl.lit(value=False))
    first_report = trades.group_by("trade_id").agg(reported_on=pl.col("day").min())
    unreported = derived.join(first_report, on="trade_id", how="left").filter(
        pl.col("reported_on").is_null() | (pl.col("day") < pl.col("reported_on"))
    )
    both = pl.concat([reported.select(TOLD), unreported.select(TOLD)]).sort(*VERSION, "happened_at")
    return both.unique(VERSION, keep="last", maintain_order=True)


def with_reason(versions: pl.DataFrame, settings: AllocationSettings, books: tuple[str, ...]) -> pl.DataFrame:
    """Versions with ``ignored``: why a trade moves nothing, empty where it counts."""
    has_share = pl.col("timeframe").is_in(list(settings.start)).fill_null(value=False)
    in_books = pl.col("book").is_in(books)
    why = pl.when(~in_books).then(pl.lit(OTHER_BOOK)).when(~has_share).then(pl.lit(IGNORED)).otherwise(pl.lit(""))
    return versions.with_columns(ignored=why)


def earliest_close(trades: pl.DataFrame, from_fills: pl.DataFrame) -> dt.date | None:
    """UTC day of the first close among trades; None where there are none."""
    first = trade_versions(trades, from_fills)["at"].dt.date().min()
    return first if isinstance(first, dt.date) else None
