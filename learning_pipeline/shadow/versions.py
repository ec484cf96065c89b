"""Versions of decisions: from which day each is in force, and on which days it is still open."""

from __future__ import annotations

import datetime as dt

import polars as pl

from learning_pipeline.contracts import day_of
from learning_pipeline.events.tables import Decisions
from learning_pipeline.shadow.tables import Pending


def versions(
    open_before: pl.DataFrame, decisions: pl.DataFrame, first: dt.date, last: dt.date, now: dt.datetime
) -> pl.DataFrame:
    """One row per version of a decision to follow, sorted by signal and day.

    Parameters
    ----------
    open_before : DataFrame
        Rows of ``shadow.pending`` as of the day before ``first``.
    decisions : DataFrame
        Rows of ``events.decisions``; only those of the range that are known by ``now`` count.
    first, last : date
        The range.
    now : datetime
        Newest instant known.

    Returns
    -------
    DataFrame
        Columns of ``events.decisions`` and ``until`` (day of the next version, null for the newest) and ``open_from``
        (earliest instant at which the outcome can become known). What was open before ``first`` cannot become known
        before it, whatever bars came late.
    """
    carried = open_before.select(*Decisions.dtypes()).with_columns(
        day=day_of(pl.col("known_at")), open_from=pl.max_horizontal("known_at", _midnight(first))
    )
    fresh = decisions.select(*Decisions.dtypes()).filter(
        pl.col("day").is_between(first, last) & (pl.col("known_at") <= now)
    )
    both = pl.concat([carried, fresh.with_columns(open_from=pl.col("known_at"))])
    following = pl.col("day").shift(-1).over("signal_id")
    return both.sort("signal_id", "day").with_columns(until=following)


def still_open(followed: pl.DataFrame, first: dt.date, last: dt.date) -> pl.DataFrame:
    """Rows of ``shadow.pending``: one per day of the range and version that is in force and open at the day's end.

    ``followed`` holds the columns of `versions` and ``settled_at`` (null while open).
    """
    end = pl.min_horizontal("until", day_of(pl.col("settled_at"))).fill_null(last + dt.timedelta(days=1))
    days = pl.date_ranges(pl.max_horizontal("day", pl.lit(first)), "_end", closed="left")
    spread = followed.with_columns(_end=pl.min_horizontal(end, pl.lit(last + dt.timedelta(days=1))))
    rows = spread.with_columns(as_of=days).explode("as_of", empty_as_null=False)
    return rows.with_columns(day=pl.col("as_of")).select(*Pending.dtypes())


def _midnight(day: dt.date) -> pl.Expr:
    return pl.lit(dt.datetime.combine(day, dt.time(), dt.UTC)).dt.cast_time_unit("us")
