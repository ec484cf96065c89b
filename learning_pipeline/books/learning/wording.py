"""Entries of the learning system's log: what was refused and why, and what was given to whom."""

from __future__ import annotations

import polars as pl

from learning_pipeline.contracts import Entry

MOST = 200
"""Refusals and reservations told of at once, each, the newest ones."""


def block_entries(blocks: pl.DataFrame) -> list[Entry]:
    """Refusals of a day, counted by book, reason, detail and experiment."""
    by = ["day", "book", "reason", "detail", "experiment_id"]
    counted = blocks.group_by(by).len("n").sort(by, nulls_last=True)
    return [Entry("BOOK BLOCK", row) for row in counted.tail(MOST).iter_rows(named=True)]


def risk_entries(risk: pl.DataFrame) -> list[Entry]:
    """What a day did to the risk of each book."""
    by = ["day", "source", "session_id", "book"]
    last = (
        risk.sort(*by, "n")
        .group_by(by, maintain_order=True)
        .agg(
            (pl.col("change") == "reserved").sum().alias("n_reserved"),
            pl.col("reserved_usd", "lost_usd", "budget_usd").last(),
        )
    )
    strays = risk.filter(pl.col("reason") == "closed_in_another_book")
    words = {"why": "a trade ordered for one book was closed in another"}
    told = [Entry("BOOK MIXED", {"trade": name} | words, "WARNING") for name in strays["trade_id"].tail(MOST)]
    return [*(Entry("BOOK RISK", row) for row in last.tail(MOST).iter_rows(named=True)), *told]
