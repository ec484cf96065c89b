"""Trades that were ordered for one book and closed in another."""

from __future__ import annotations

import polars as pl

from learning_pipeline.events.tables import Trades


def strayed(risk: pl.DataFrame, trades: pl.DataFrame) -> pl.Series:
    """Trades whose close still stands in another book than their orders, sorted.

    Parameters
    ----------
    risk : DataFrame
        ``books.risk`` of some days.
    trades : DataFrame
        ``events.trades`` of these days: a later report in the right book repairs an earlier one.
    """
    newest = Trades.newest(trades).select("trade_id", closed_in="book")
    mixed = risk.filter(pl.col("reason") == "closed_in_another_book").join(newest, on="trade_id")
    return mixed.filter(pl.col("closed_in") != pl.col("book"))["trade_id"].unique().sort()
