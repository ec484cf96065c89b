"""Tables of strength lessons."""

from typing import Any

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import Table
from learning_pipeline.tuning.tables import share

STATES = ["shadow", "active", "retired"]


def direction(description: str) -> Any:
    """A weighted mean of directions."""
    return pa.Field(ge=-1, le=1, description=description)


def toward(description: str) -> Any:
    """The sign of a direction."""
    return pa.Field(isin=[-1, 0, 1], description=description)


class Strength(Table, key=("as_of", "pattern_key", "scope")):
    """One row per as_of, pattern and scope slice with enough closed trades: which way its trades say to lean."""

    as_of: pl.Date = pa.Field(description="the day, as of its end")
    pattern_key: pl.String = pa.Field(description="pattern")
    scope: pl.String = pa.Field(
        description="scope dimensions of the slice; canonical JSON text, {} for the whole pattern"
    )
    n: pl.Int64 = pa.Field(ge=1, description="closed trades of known direction")
    n_unclear: pl.Int64 = pa.Field(
        ge=0,
        description="besides n: the flag that decides the direction is not known (did_trim of a loss, else reached_s3)",
    )
    edge_raw_roi: pl.Float64 = pa.Field(description="mean ROI of n, a fraction")
    dir_a: pl.Float64 = direction("towards more (+) or less (-) aggression; 0 where every ROI is 0")
    dir_e: pl.Float64 = direction("towards earlier (+) or later (-) exits; never above -dir_a")
    support: pl.Float64 = pa.Field(ge=0, le=1, description="1 - exp(-n / 50)")
    reliability: pl.Float64 = pa.Field(ge=0, le=1, description="1 / (1 + population variance of ROI / 0.10^2)")
    confidence: pl.Float64 = pa.Field(ge=0, le=1, description="support x reliability")
    p_trim: pl.Float64 = share("of n, trimmed, where that is known; null where it is of none")
    p_s3: pl.Float64 = share("of n, reached S3, where that is known; null where it is of none")


class StrengthSelections(Table, key=("day", "override_id")):
    """One row per day and selection in the shadow or in force, for the last time on the day of its retirement."""

    override_id: pl.String = pa.Field(description="of lesson, signs and day of selection")
    pattern_key: pl.String = pa.Field(description="pattern of the lesson")
    scope: pl.String = pa.Field(description="scope of the lesson; canonical JSON text")
    state: pl.String = pa.Field(isin=STATES, description="at the end of the day; only active steers")
    state_since: pl.Date = pa.Field(description="in this state from the end of that day on")
    reason: pl.String = pa.Field(description="why it is in this state")
    selected_on: pl.Date = pa.Field(description="the day whose lesson was frozen, as of its end")
    toward_a: pl.Int64 = toward("sign of dir_a when selected: frozen")
    toward_e: pl.Int64 = toward("sign of dir_e when selected: frozen")
    n: pl.Int64 = pa.Field(ge=1, description="trades of the lesson when selected")
    dir_a: pl.Float64 = direction("of the lesson when selected")
    dir_e: pl.Float64 = direction("of the lesson when selected")
    confidence: pl.Float64 = pa.Field(ge=0, le=1, description="of the lesson when selected")
    edge_raw_roi: pl.Float64 = pa.Field(description="of the lesson when selected")
    p_value: pl.Float64 = share("of the last test, by exchange within days; null before the first")
    q_value: pl.Float64 = share("Benjamini-Hochberg over the lessons of that test")
    n_tests: pl.Int64 = pa.Field(ge=0, description="lessons tested together with it then; 0 before the first test")
    n_looked: pl.Int64 = pa.Field(ge=0, description="forward_n at the last look; 0 before the first")
    forward_n: pl.Int64 = pa.Field(ge=0, description="trades of known direction closed after selected_on")
    forward_agreement: pl.Int64 = pa.Field(
        description="sum over them of toward_a x direction of A + toward_e x that of E"
    )
    forward_squares: pl.Int64 = pa.Field(ge=0, description="sum of the squares of the day totals of forward_agreement")
    forward_mean: pl.Float64 = pa.Field(
        nullable=True, description="forward_agreement / forward_n; null where there is none"
    )
    forward_p: pl.Float64 = share("one-sided t on day totals against 0; null below two days or without any spread")
