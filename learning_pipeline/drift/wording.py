"""Entries of the learning system's log: what begins to drift, and what could not be told."""

from __future__ import annotations

import polars as pl

from learning_pipeline.contracts import Entry


def drift_entries(scores: pl.DataFrame, alerts: pl.DataFrame) -> list[Entry]:
    """One entry per alert, and one per day and model with comparisons: how many were made, breached, or not known."""
    said = [
        Entry(
            "ALERT",
            {"kind": row["kind"], "model": row["model"], "as_of": row["as_of"], "why": row["detail"]},
            "WARNING",
        )
        for row in alerts.sort("as_of", "kind", "model", "metric", "feature").iter_rows(named=True)
    ]
    counts = scores.group_by("as_of", "model", "target").agg(
        compared=pl.col("p_value").is_not_null().sum(),
        breached=pl.col("breached").fill_null(value=False).sum(),
        alarms=pl.col("is_alarm").sum(),
        too_few=pl.col("p_value").is_null().sum(),
    )
    told = counts.sort("as_of", "model", "target").iter_rows(named=True)
    return [*(Entry("DRIFT", row) for row in told), *said]
