"""The days and windows of a run, as assets of verdicts ask for them."""

import datetime as dt

import polars as pl

from learning_pipeline.contracts import days_between
from learning_pipeline.defs.resources import Chain

WINDOW = "analysis.windows"


def as_ofs(chain: Chain) -> list[dt.date]:
    """Every day of the run."""
    return days_between(*chain.days) if chain.days else []


def latest(rows: pl.DataFrame, chain: Chain) -> pl.DataFrame:
    """Rows of the newest day and the longest window."""
    longest = pl.col("window_days") == max(chain.analysis.windows)
    return rows.filter(pl.col("as_of") == pl.col("as_of").max(), longest)
