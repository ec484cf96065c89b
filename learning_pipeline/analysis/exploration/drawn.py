"""Decisions that a gate stood against, blocked or admitted by a draw, with the chance that they had."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from learning_pipeline.analysis.cohort import decided_in_windows
from learning_pipeline.analysis.guards.effectiveness import alone_blocked_by
from learning_pipeline.analysis.settings import AnalysisSettings

ALL = "*"
DECIDED = ["signal_id", "day", "decided_at", "decision", "blocker_component", "blocked_by", "gates_complete", "book"]
DECIDED += ["propensity"]


def stood_against(
    decisions: pl.DataFrame, gates: pl.DataFrame, as_ofs: list[dt.date], settings: AnalysisSettings
) -> tuple[pl.DataFrame, list[str]]:
    """Versions of decisions that were blocked, or not blocked although a gate had failed.

    Returns
    -------
    drawn : DataFrame
        One row per version, as `decided_in_windows` gives them, with ``admitted`` (the answer was another than
        blocked), ``traded`` (it was approved: a trade can come of it), ``chance`` of admission (null where no
        propensity was recorded; 0 where it was blocked for sure) and ``guard``: the one gate that stood against it,
        null where there were several or where that is not known. What was admitted and expired later is dated, and
        simulated, from its expiry on, as ``events.decisions`` has it.
    guards : list of str
        `*` and, in order, those that stood against a decision with a propensity.
    """
    decided = decided_in_windows(decisions, DECIDED, as_ofs, settings)
    failed = gates.filter(~pl.col("passed")).group_by("signal_id", "day").agg(failed=pl.col("gate").sort())
    both = decided.join(failed, on=["signal_id", "day"], how="left", maintain_order="left")
    was_blocked = pl.col("decision") == "blocked"
    against = both.filter(was_blocked | pl.col("failed").is_not_null()).with_columns(
        admitted=~was_blocked,
        traded=pl.col("decision") == "approved",
        chance=pl.when(was_blocked).then(1.0 - pl.col("propensity")).otherwise("propensity"),
        blocked_by=pl.when(was_blocked).then("blocked_by").otherwise("failed"),
        # The matrix overrules what failed on an approved decision; here it is asked who stood against it.
        decision=pl.lit("blocked"),
    )
    return _with_guard(against.drop("failed"), gates)


def _with_guard(against: pl.DataFrame, gates: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    logged = against.filter(pl.col("chance").is_not_null())["blocked_by"]
    named = logged.explode(keep_nulls=False, empty_as_null=False).drop_nulls()
    guards = sorted(set(named) - {ALL})  # a guard that bears the name of all is not told apart
    if not guards:
        return against.with_columns(guard=pl.lit(None, pl.String)), [ALL]
    alone = alone_blocked_by(against, gates, guards)
    return against.with_columns(guard=pl.Series(guards).gather(alone.cast(pl.UInt32))), [ALL, *guards]


def by_guard(frame: pl.DataFrame, guards: list[str]) -> pl.DataFrame:
    """Each row once for all guards and once for the one that stood alone: ``group`` in guards; by ``decided_on``."""
    own = frame.filter(pl.col("guard").is_not_null())
    number = pl.col("guard").replace_strict(guards, np.arange(len(guards)), return_dtype=pl.Int64)
    both = [frame.with_columns(group=pl.lit(0, pl.Int64)), own.with_columns(group=number)]
    return pl.concat(both).sort("decided_on", maintain_order=True)
