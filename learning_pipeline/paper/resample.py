"""Longer bars from shorter ones."""

from __future__ import annotations

import datetime as dt

import polars as pl

from learning_pipeline.contracts import timeframe_length
from learning_pipeline.errors import BadInput

BAR_COLUMNS = ["symbol", "timeframe", "ts", "open", "high", "low", "close", "volume"]


def resample(bars: pl.DataFrame, timeframe: str, until: dt.datetime | None = None) -> pl.DataFrame:
    """Bars of a longer timeframe, aligned to UTC, labelled by their open time.

    Parameters
    ----------
    bars : pl.DataFrame
        Bars of one shorter timeframe whose length divides the longer one's; any number of symbols, any order.
    timeframe : str
        Timeframe word of the bars to make, such as ``4h``.
    until : datetime, optional
        The time: only bars that end by then are made. By default the latest close among all ``bars``, whatever the
        symbol.

    Returns
    -------
    pl.DataFrame
        One row per symbol and longer bar in which at least one shorter bar opened, sorted by symbol and time. A bar
        with missing hours (a weekend, a holiday) is made of those there are. Volume is null only where all are null.

    Raises
    ------
    BadInput
        Where ``bars`` hold several timeframes or one that does not divide ``timeframe``.

    Notes
    -----
    No look-ahead: a bar under way at ``until`` is left out, for its high, low and close are not known yet.
    """
    if bars.is_empty():
        return bars.select(BAR_COLUMNS)
    short, long = _source_length(bars, timeframe), timeframe_length(timeframe)
    now = bars.select(pl.col("ts").max() + short).item() if until is None else until
    volume = pl.when(pl.col("volume").is_not_null().any()).then(pl.col("volume").sum())
    made = (
        bars.sort("symbol", "ts")
        .group_by("symbol", pl.col("ts").dt.truncate(timeframe), maintain_order=True)
        .agg(
            pl.lit(timeframe).alias("timeframe"),
            pl.col("open").first(),
            pl.col("high").max(),
            pl.col("low").min(),
            pl.col("close").last(),
            volume.alias("volume"),
        )
    )
    return made.filter(pl.col("ts") + long <= now).select(BAR_COLUMNS)


def _source_length(bars: pl.DataFrame, timeframe: str) -> dt.timedelta:
    found = sorted(bars["timeframe"].unique())
    if len(found) == 1 and timeframe_length(timeframe) % timeframe_length(found[0]) == dt.timedelta(0):
        return timeframe_length(found[0])
    raise BadInput(f"resample: expected bars of one timeframe that divides {timeframe}, were {', '.join(found)}")
