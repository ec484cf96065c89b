"""Which fill executed which signal: the first one known of it."""

from __future__ import annotations

import polars as pl

from learning_pipeline.analysis.cohort import FOREVER, in_force, while_both_hold
from learning_pipeline.events.decisions import REACH_DAYS

FILL = ["event_id", "day", "happened_at", "price", "order_id", "trade_id"]


def executions(
    decided: pl.DataFrame, orders: pl.DataFrame, fills: pl.DataFrame, trades: pl.DataFrame, books: tuple[str, ...]
) -> pl.DataFrame:
    """Fills of the decisions, with the days on which each fill was known to be of that decision.

    Parameters
    ----------
    decided : DataFrame
        Versions of decisions, as `decided_in_windows` gives them.
    orders, fills, trades : DataFrame
        ``events.orders``, ``events.fills``, ``events.trades``. A fill without a signal is its order's or its trade's.
        Nothing more than ``REACH_DAYS`` before the decision's day is joined.
    books : tuple of str
        Only fills of these.

    Returns
    -------
    DataFrame
        One row per version and fill (again, where its order was revised or its trade says the same), by ``decided_on``,
        signal_id and the fill's time: columns of ``decided`` and ``filled_at``, ``fill_price``, ``trade_id``. As of a
        day, of the rows of a signal with ``since <= day < until`` the first is its execution.
    """
    ours = fills.filter(pl.col("book").is_in(books))
    unnamed = ours.filter(pl.col("signal_id").is_null()).select(FILL)
    linked = [_own(ours), _through(unnamed, orders, "order_id"), _through(unnamed, trades, "trade_id")]
    both = decided.join(pl.concat(linked), on="signal_id", suffix="_other")
    near = both.filter(pl.col("decided_on") - pl.col("reaches_back_to") <= REACH_DAYS).drop("reaches_back_to")
    return while_both_hold(near).sort("decided_on", "signal_id", "filled_at", "event_id", "since")


def still_open(executed: pl.DataFrame, trades: pl.DataFrame) -> pl.DataFrame:
    """Executed decisions on the days on which one of their trades was not known to be closed.

    Returns
    -------
    DataFrame
        Rows of `executions` with ``since`` and ``until`` narrowed so that at most one row of a signal holds on any day.
    """
    closed = trades.group_by("trade_id").agg(closed_on=pl.col("day").min().to_physical())
    rows = executed.join(closed, on="trade_id", how="left").with_columns(pl.min_horizontal("until", "closed_on"))
    rows = rows.filter(pl.col("since") < pl.col("until")).sort("decided_on", "signal_id", "since", "until", "event_id")
    covered = pl.col("until").cum_max().shift(1).over("signal_id", "decided_on")
    return rows.with_columns(since=pl.max_horizontal("since", covered)).filter(pl.col("since") < pl.col("until"))


def _own(fills: pl.DataFrame) -> pl.DataFrame:
    """Fills that name their signal."""
    day = pl.col("day").to_physical()
    named = fills.filter(pl.col("signal_id").is_not_null())
    return _as_links(named.with_columns(since=day, until=pl.lit(FOREVER, pl.Int32), reaches_back_to=day))


def _through(fills: pl.DataFrame, documents: pl.DataFrame, identity: str) -> pl.DataFrame:
    """Fills by what the order or trade of the same id says, in the version in force."""
    versions = in_force(documents.select(identity, "day", "happened_at", "signal_id"), identity, "happened_at")
    says = versions.select(identity, "signal_id", "since", "until", said_on="since").drop_nulls("signal_id")
    both, day = fills.join(says, on=identity), pl.col("day").to_physical()
    known = both.with_columns(since=pl.max_horizontal("since", day), reaches_back_to=pl.min_horizontal("said_on", day))
    return _as_links(known.filter(pl.col("since") < pl.col("until")))


def _as_links(rows: pl.DataFrame) -> pl.DataFrame:
    names = {"filled_at": "happened_at", "fill_price": "price"}
    same = ["signal_id", "event_id", "trade_id", "since", "until", "reaches_back_to"]
    return rows.select(*same, **{new: pl.col(old) for new, old in names.items()})
