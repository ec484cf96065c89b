"""What each deployed model would have earned: the one in shadow against the active one, on the same decisions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl

from learning_pipeline.contracts import end_of
from learning_pipeline.shadow.tables import Outcomes
from learning_pipeline.stats import TotalInterval, total_interval

OF = ["target", "role", "artifact_id"]


def records(scores: pl.DataFrame, outcomes: pl.DataFrame, as_of: dt.date) -> list[dict[str, Any]]:
    """The record of each artifact in each role, as known at the end of a day.

    Parameters
    ----------
    scores : DataFrame
        ``models.scores``.
    outcomes : DataFrame
        ``shadow.outcomes`` of the same signals, every revision.
    as_of : date
        Scores and outcomes known later do not count.

    Returns
    -------
    list of dict
        By target, role and artifact: ``n_scored``, ``n_settled``, ``n_pending`` (no outcome yet), ``n_taken`` (settled
        and above break-even), ``net_pnl_usd`` of these with ``ci_low_usd`` and ``ci_high_usd`` (t on day totals, the
        days since its first score). Of one in shadow also ``n_common``, decisions settled that the active ones scored
        too, and on these ``ahead_usd``: what it would have earned more than they, with ``ahead_low_usd`` and
        ``ahead_high_usd``; None where there are none. An interval of fewer than two days is None.
    """
    end = end_of(as_of)
    known = Outcomes.newest(outcomes.filter(pl.col("known_at") <= end)).select("signal_id", "net_pnl_usd", "reason")
    both = scores.filter(pl.col("known_at") <= end).join(known, on="signal_id", how="left").sort("signal_id")
    told = both.with_columns(earned=pl.when("takes").then("net_pnl_usd").otherwise(0.0 * pl.col("net_pnl_usd")))
    parts = sorted(told.group_by(OF, maintain_order=True), key=lambda part: part[0])
    return [dict(zip(OF, of, strict=True)) | _record(its, told, as_of) for of, its in parts]


def _record(its: pl.DataFrame, told: pl.DataFrame, as_of: dt.date) -> dict[str, Any]:
    settled = its.filter(pl.col("net_pnl_usd").is_not_null())
    earned = _by_day(settled.filter("takes"), "earned", its, as_of)
    counts = {
        "n_scored": its.height,
        "n_settled": settled.height,
        "n_pending": its.filter(pl.col("net_pnl_usd").is_null() & pl.col("reason").is_null()).height,
        "n_taken": settled.filter("takes").height,
    }
    money = {"net_pnl_usd": earned.total, "ci_low_usd": earned.low, "ci_high_usd": earned.high}
    return counts | money | _ahead(settled, told, as_of)


def _ahead(settled: pl.DataFrame, told: pl.DataFrame, as_of: dt.date) -> dict[str, Any]:
    """Of one in shadow against the active one of each decision."""
    nothing = {"n_common": 0, "ahead_usd": None, "ahead_low_usd": None, "ahead_high_usd": None}
    if settled.is_empty() or settled["role"][0] != "shadow":
        return nothing
    active = told.filter(role="active", target=settled["target"][0]).select("signal_id", active="earned")
    common = settled.join(active, on="signal_id").with_columns(more=pl.col("earned") - pl.col("active"))
    if common.is_empty():
        return nothing
    found = _by_day(common.sort("signal_id"), "more", common, as_of)
    ahead = {"ahead_usd": found.total, "ahead_low_usd": found.low, "ahead_high_usd": found.high}
    return {"n_common": common.height, **ahead}


def _by_day(rows: pl.DataFrame, column: str, since: pl.DataFrame, as_of: dt.date) -> TotalInterval:
    """Total of a column with its interval over the days since the first row of ``since``; rows in key order."""
    first = since["known_at"].dt.date().min()
    assert isinstance(first, dt.date)  # noqa: S101  # there are rows
    day = (rows["known_at"].dt.date() - first).dt.total_days().to_numpy()
    n_days = (as_of - first).days + 1
    return total_interval(np.bincount(day, rows[column].to_numpy(), minlength=n_days), n_days)
