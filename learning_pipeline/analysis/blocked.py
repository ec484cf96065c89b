"""Blocked decisions and their outcomes, each row with the days on which it was what one knew."""

from __future__ import annotations

import datetime as dt

import polars as pl

from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.contracts import day_of

FOREVER = 2**31 - 1
"""A day number after all days."""

DECIDED = ["signal_id", "day", "decided_at", "decision", "blocker_component", "blocked_by", "gates_complete", "book"]
RESULT = ["signal_id", "day", "known_at", "decided_at", "net_pnl_usd", "net_roi"]


def blocked_decisions(decisions: pl.DataFrame, as_ofs: list[dt.date], settings: AnalysisSettings) -> pl.DataFrame:
    """Blocked versions that may be in the cohort of one of the days.

    Parameters
    ----------
    decisions : DataFrame
        ``events.decisions``.
    as_ofs : list of date
        Days asked about, at least one.
    settings : AnalysisSettings
        Books and windows.

    Returns
    -------
    DataFrame
        One row per version of a blocked decision, by day of ``decided_at``, then signal_id: columns of the decision
        and, as days since 1970, ``decided_on``, ``since`` and ``until``: in force as of ``since <= day < until``.
    """
    earliest, latest = min(as_ofs) - dt.timedelta(days=max(settings.windows) - 1), max(as_ofs)
    versions = _in_force(decisions.select(DECIDED).filter(pl.col("day") <= latest), "day")
    cohort = versions.with_columns(decided_on=day_of(pl.col("decided_at"))).filter(
        pl.col("decision") == "blocked",
        pl.col("book").is_in(settings.books),
        pl.col("decided_on").is_between(earliest, latest),
    )
    # Stable: within a day the order of the versions, which is that of signal_id, stays.
    return cohort.sort("decided_on", maintain_order=True).with_columns(pl.col("decided_on").to_physical())


def with_outcomes(blocked: pl.DataFrame, outcomes: pl.DataFrame) -> pl.DataFrame:
    """Those of the blocked decisions that have an outcome, with the days on which it stood.

    Returns
    -------
    DataFrame
        One row per version and outcome of that version (same ``decided_at``), in the order of ``blocked``: its columns,
        ``net_pnl_usd`` (quote money) and ``net_roi`` (fraction), both null where unlabelled. As of a day in
        ``since <= day < until`` this is the version's outcome; at most one row of a signal holds on any day, and a
        version is pending on the days that none of its rows holds.
    """
    results = _in_force(outcomes.select(RESULT), "known_at").drop("day", "known_at")
    both = blocked.join(results, on=["signal_id", "decided_at"], maintain_order="left", suffix="_outcome")
    overlap = both.with_columns(
        since=pl.max_horizontal("since", "since_outcome"), until=pl.min_horizontal("until", "until_outcome")
    )
    return overlap.filter(pl.col("since") < pl.col("until")).drop("since_outcome", "until_outcome")


def _in_force(versions: pl.DataFrame, newer: str) -> pl.DataFrame:
    """Sorted by signal; from its own day on a version counts, until the day of the signal's next one."""
    ordered = versions.sort("signal_id", newer)
    day = pl.col("day").to_physical()
    has_next = pl.col("signal_id") == pl.col("signal_id").shift(-1)
    until = pl.when(has_next).then(day.shift(-1)).otherwise(FOREVER)
    return ordered.with_columns(since=day, until=until.cast(pl.Int32)).filter(pl.col("since") < pl.col("until"))
