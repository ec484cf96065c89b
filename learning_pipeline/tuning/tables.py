"""Tables of tuning."""

from typing import Any

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import Table
from learning_pipeline.tuning.choice import REASONS


def share(description: str) -> Any:
    """A fraction: null where nothing stands below the line."""
    return pa.Field(nullable=True, ge=0, le=1, description=description)


def chosen(description: str, **checks: Any) -> Any:
    """A column of the chosen policy: null where none was chosen."""
    return pa.Field(nullable=True, description=description, **checks)


class Lessons(Table, key=("as_of", "pattern_key", "scope")):
    """One row per as_of, pattern and scope slice with enough labelled episodes: how its gates did, and what to move."""

    as_of: pl.Date = pa.Field(description="the day, as of its end")
    pattern_key: pl.String = pa.Field(description="pattern")
    scope: pl.String = pa.Field(
        description="scope dimensions of the slice; canonical JSON text, {} for the whole pattern"
    )
    n: pl.Int64 = pa.Field(ge=1, description="labelled episodes: n_approved + n_skipped")
    n_approved: pl.Int64 = pa.Field(ge=0, description="of n, approved")
    n_skipped: pl.Int64 = pa.Field(ge=0, description="of n, blocked or expired")
    n_unknown: pl.Int64 = pa.Field(
        ge=0, description="of n, in no count of a policy: what its gates would have said cannot be told"
    )
    n_unlabelled: pl.Int64 = pa.Field(ge=0, description="besides n: outcome open, or none can be simulated")
    label_source: pl.String = pa.Field(
        isin=["reported", "simulated"], description="reported: the bot told how every labelled episode ended"
    )
    wr: pl.Float64 = share("win rate: successes per approved; null where none was approved")
    fpr: pl.Float64 = share("1 - wr")
    mr: pl.Float64 = share("miss rate: successes per skipped; null where none was skipped")
    dr: pl.Float64 = share("dodge rate: 1 - mr")
    policy: pl.String = chosen("loosening that the lesson speaks for, such as halo+0.1,ts_min-0.05; null where none")
    deltas: pl.String = chosen("added to each lever's base limit, 0 included; JSON text")
    misses_caught: pl.Int64 = chosen("successes that it newly admits", ge=0)
    failures_added: pl.Int64 = chosen("failures that it newly admits", ge=0)
    ratio: pl.Float64 = chosen("misses_caught / failures_added; null also where no failure is added", ge=0)
    t_statistic: pl.Float64 = chosen(
        "misses_caught - their expectation with labels exchanged within days, in standard deviations; null also where "
        "no exchange changes anything"
    )
    reason: pl.String = pa.Field(nullable=True, isin=REASONS, description="why no policy is chosen")
    n_candidates: pl.Int64 = pa.Field(ge=0, description="loosening policies that satisfy the rule")
    n_pruned: pl.Int64 = pa.Field(ge=0, description="of all policies, those that change no episode")
    tightening: pl.String = pa.Field(
        nullable=True, description="tightening with the most failures avoided per success lost; only ever reported"
    )
    failures_avoided: pl.Int64 = pa.Field(nullable=True, ge=0, description="failures that it no longer admits")
    successes_lost: pl.Int64 = pa.Field(nullable=True, ge=0, description="successes that it no longer admits")
