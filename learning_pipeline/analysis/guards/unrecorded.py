"""Guards that were in force, and whose blocks nobody wrote down."""

from __future__ import annotations

import datetime as dt

import polars as pl

from learning_pipeline.analysis.guards.tables import UnrecordedGuards
from learning_pipeline.analysis.settings import AnalysisSettings

REPORT = "guard_locks"
"""Name of the figure of a bot that tells how often a guard came into force; label ``guard`` says which."""

MOST_A_DAY = 1_000_000

REASON = "the bot's records tell when it was in force, not which signals it blocked: that needs a decision log"


def unrecorded_guards(
    reports: pl.DataFrame, judged: pl.DataFrame, as_ofs: list[dt.date], settings: AnalysisSettings
) -> pl.DataFrame:
    """Guards of which is known that they were in force, and not what they blocked, as of each day and for each window.

    Parameters
    ----------
    reports : DataFrame
        ``events.analytics_reports``; those of another name than `REPORT` or without the label count for nothing.
    judged : DataFrame
        ``analysis.guard_effectiveness``: what is judged is left out here.
    as_ofs : list of date
        Days, as of their end.
    settings : AnalysisSettings
        Windows.

    Returns
    -------
    DataFrame
        `UnrecordedGuards`.
    """
    # Any bot may send a figure under this name: what is no count says nothing.
    is_count = pl.col("value").is_between(0, MOST_A_DAY) & (pl.col("value") == pl.col("value").floor())
    told = reports.filter((pl.col("name") == REPORT) & is_count).select(
        "value", on="day", guard=pl.col("labels").str.json_path_match("$.guard")
    )
    asked = pl.DataFrame({"as_of": as_ofs}, schema={"as_of": pl.Date}).unique()
    windows = pl.DataFrame({"window_days": settings.windows}, schema={"window_days": pl.Int64})
    age = (pl.col("as_of") - pl.col("on")).dt.total_days()
    rows = (
        asked.join(windows, how="cross")
        .join(told.drop_nulls("guard"), how="cross")
        .filter(age.is_between(0, pl.col("window_days") - 1))
        .group_by(UnrecordedGuards.key())
        .agg(n_activations=pl.col("value").cast(pl.Int64).sum())
        .join(judged, on=UnrecordedGuards.key(), how="anti")
    )
    return UnrecordedGuards.checked(
        rows.with_columns(day=pl.col("as_of"), status=pl.lit("not_evaluable"), reason=pl.lit(REASON))
    )
