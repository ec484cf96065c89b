"""Events that name a signal which was not known by the end of their day."""

from __future__ import annotations

import polars as pl

from learning_pipeline.events.decisions import REACH_DAYS
from learning_pipeline.events.tables import Unmatched


def find_unmatched(
    signals: pl.DataFrame, decision_reports: pl.DataFrame, fills: pl.DataFrame, trades: pl.DataFrame
) -> pl.DataFrame:
    """Decision reports, fills and trades whose signal was not there by the end of their day.

    They are kept in their own tables and joined when the signal arrives.

    Parameters
    ----------
    signals : DataFrame
        ``events.signals`` from ``REACH_DAYS`` before the first day of the others.
    """
    by_type = {"decision": decision_reports, "fill": fills, "trade_closed": trades}
    columns = ["day", "event_id", "signal_id", "happened_at"]
    waiting = pl.concat([rows.select(*columns, type=pl.lit(t)) for t, rows in by_type.items()])
    known = signals.select("signal_id", signal_day="day")
    age = (pl.col("day") - pl.col("signal_day")).dt.total_days()
    met = waiting.join(known, on="signal_id").filter(age.is_between(0, REACH_DAYS))
    missing = waiting.filter(pl.col("signal_id").is_not_null()).join(met, on="event_id", how="anti")
    return Unmatched.checked(missing.select(*Unmatched.dtypes()))
