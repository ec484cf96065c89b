"""The days and windows of a run, as assets of verdicts ask for them."""

import datetime as dt

import polars as pl

from learning_pipeline.contracts import Table, days_between
from learning_pipeline.contracts.days import ONE_DAY
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.tables import PREVIEW_ROWS

WINDOW = "analysis.windows"


def as_ofs(chain: Chain) -> list[dt.date]:
    """Every day of the run."""
    return days_between(*chain.days) if chain.days else []


def day_before(chain: Chain, table: type[Table]) -> pl.DataFrame:
    """Rows of a table of the day before the run: what a fold starts from."""
    if chain.days is None:
        return table.frame()
    day = chain.days[0] - ONE_DAY
    return chain.lake.read(table, day, day)


def latest(rows: pl.DataFrame, chain: Chain) -> pl.DataFrame:
    """Rows of the newest day and the longest window."""
    longest = pl.col("window_days") == max(chain.analysis.windows)
    return rows.filter(pl.col("as_of") == pl.col("as_of").max(), longest)


def latest_states(rows: pl.DataFrame) -> pl.DataFrame:
    """Newest rows of overrides, those in force first."""
    return rows.sort("day", "state", descending=[True, False], maintain_order=True).head(PREVIEW_ROWS)
