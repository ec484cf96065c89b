"""What tables of verdicts share.

Cohorts are by decision time; rows state what is pending or unknown, never hide it.
"""

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import Table

VERDICTS = ["saves", "costs", "inconclusive"]


class Windowed(Table):
    """One row per as_of and window."""

    as_of: pl.Date = pa.Field(description="the day, as of its end")
    window_days: pl.Int64 = pa.Field(ge=1, description="decisions of that many days up to the end of as_of")
