"""Decisions of the windows with their outcomes, each row with the days on which it was what one knew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.contracts import day_of

FOREVER = 2**31 - 1
"""A day number after all days."""

VERSION = ("signal_id", "decided_at")
RESULT = ["signal_id", "day", "known_at", "decided_at"]
MONEY = ("net_pnl_usd", "net_roi", "notional_usd")


def decided_in_windows(
    decisions: pl.DataFrame, columns: list[str], as_ofs: list[dt.date], settings: AnalysisSettings
) -> pl.DataFrame:
    """Versions of decisions that may be in the cohort of one of the days, whatever the answer.

    Parameters
    ----------
    decisions : DataFrame
        ``events.decisions``.
    columns : list of str
        Columns wanted; ``signal_id``, ``day``, ``decided_at`` and ``book`` among them.
    as_ofs : list of date
        Days asked about, at least one.
    settings : AnalysisSettings
        Books and windows.

    Returns
    -------
    DataFrame
        One row per version of a decision, by day of ``decided_at``, then signal_id: the columns and, as days since
        1970, ``decided_on``, ``since`` and ``until``: in force as of ``since <= day < until``.
    """
    versions = in_force(decisions.select(columns).filter(pl.col("day") <= max(as_ofs)), "signal_id", "day")
    return in_windows(versions, "decided_at", as_ofs, settings)


def in_windows(versions: pl.DataFrame, instant: str, as_ofs: list[dt.date], settings: AnalysisSettings) -> pl.DataFrame:
    """Rows of the books whose instant lies in a window of one of the days, by its day: ``decided_on``, since 1970."""
    earliest, latest = min(as_ofs) - dt.timedelta(days=max(settings.windows) - 1), max(as_ofs)
    decided_on = day_of(pl.col(instant))
    cohort = versions.filter(pl.col("book").is_in(settings.books), decided_on.is_between(earliest, latest))
    # Stable: within a day the order of the versions, which is that of their key, stays.
    return cohort.with_columns(decided_on=decided_on.to_physical()).sort("decided_on", maintain_order=True)


def with_outcomes(
    decided: pl.DataFrame,
    outcomes: pl.DataFrame,
    measures: Sequence[str] = MONEY,
    *,
    of: Sequence[str] = VERSION,
) -> pl.DataFrame:
    """Those of the decisions that have an outcome, with the days on which it stood.

    Parameters
    ----------
    decided : DataFrame
        `decided_in_windows`.
    outcomes : DataFrame
        ``shadow.outcomes``.
    measures : sequence of str
        Columns of the outcomes that are wanted.
    of : sequence of str
        What a decision and its outcome have in common.

    Returns
    -------
    DataFrame
        One row per version and outcome of that version (same ``decided_at``), in the order of ``decided``: its columns
        and the outcome's measures, by default ``net_pnl_usd``, ``notional_usd`` (quote money) and ``net_roi``
        (fraction), null where unlabelled. As of a day in ``since <= day < until`` this is the version's outcome; at
        most one row of a signal holds on any day, and a version is pending on the days that none of its rows holds.
    """
    results = in_force(outcomes.select(*RESULT, *measures), "signal_id", "known_at").drop("day", "known_at")
    both = decided.join(results, on=of, maintain_order="left", suffix="_other")
    return while_both_hold(both)


def while_both_hold(joined: pl.DataFrame) -> pl.DataFrame:
    """Joined rows on the days on which both sides held; those of the right side end in ``_other``."""
    overlap = joined.with_columns(
        since=pl.max_horizontal("since", "since_other"), until=pl.min_horizontal("until", "until_other")
    )
    return overlap.filter(pl.col("since") < pl.col("until")).drop("since_other", "until_other")


def in_force(versions: pl.DataFrame, identity: str, newer: str) -> pl.DataFrame:
    """Sorted by identity; from its own day on a version counts, until the day of the next one of that identity."""
    ordered = versions.sort(identity, newer)
    day = pl.col("day").to_physical()
    has_next = pl.col(identity) == pl.col(identity).shift(-1)
    until = pl.when(has_next).then(day.shift(-1)).otherwise(FOREVER)
    return ordered.with_columns(since=day, until=until.cast(pl.Int32)).filter(pl.col("since") < pl.col("until"))
