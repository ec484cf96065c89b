"""Expired and cancelled decisions as their signals were made: taken at once, at the signal's own price."""

from __future__ import annotations

import polars as pl

from learning_pipeline.events.tables import Decisions
from learning_pipeline.events.verdicts import finite

MISSED = ["expired", "cancelled"]


def as_made(decisions: pl.DataFrame, signals: pl.DataFrame) -> pl.DataFrame:
    """What `settle` is to follow of decisions that came too late: the signal, as if taken when it was made.

    An expired decision stands at the instant of its expiry, where nobody could have traded the signal any more.

    Parameters
    ----------
    decisions : DataFrame
        ``events.decisions``.
    signals : DataFrame
        ``events.signals``, those of the decisions among them.

    Returns
    -------
    DataFrame
        Columns of ``events.decisions``, one row per expired or cancelled row of it: ``decided_at`` is the signal's
        instant, ``entry_price`` (quote money) the signal's own, ``notional_usd`` is taken at that price; the spread
        is still that of the decision. ``known_at`` and ``day`` stay: that it was missed was known no earlier.
    """
    late = decisions.filter(pl.col("decision").is_in(MISSED)).drop("decided_at", "entry_price", "notional_usd")
    notional = pl.coalesce("notional_usd", finite(pl.col("qty") * pl.col("entry_price")))
    made = signals.select("signal_id", "entry_price", decided_at="happened_at", notional_usd=notional)
    return late.join(made, on="signal_id", maintain_order="left").select(*Decisions.dtypes())
