"""The wallet of a backtest, day by day."""

from __future__ import annotations

import polars as pl

from learning_pipeline.adapters.freqtrade.frames import arrow_frame, require_columns
from learning_pipeline.contracts.imported import Event

_COLUMNS = {"date": pl.Datetime, "currency": pl.String, "total_quote": pl.Float64}


def wallet_snapshots(content: bytes, stake_currency: str, where: str) -> list[Event]:
    """The last snapshot of each UTC day of a spot backtest: freqtrade writes one per candle.

    Of futures the wallet does not hold what open positions have gained, so that its sum is no equity.

    Raises
    ------
    BadInput
        No feather file, or not the columns that freqtrade writes.
    """
    wallet = require_columns(arrow_frame(content, where), _COLUMNS, where)
    at = pl.col("date").dt.convert_time_zone("UTC").dt.cast_time_unit("us")
    worth = pl.col("total_quote")
    sums = wallet.group_by(at=at).agg(
        equity=worth.sum(), cash=worth.filter(pl.col("currency") == stake_currency).sum(), known=worth.is_finite().all()
    )
    daily = sums.filter("known").sort("at").group_by(pl.col("at").dt.date().alias("day"), maintain_order=True).last()
    return [
        Event(
            "portfolio_snapshot", row["at"], {"equity_usd": row["equity"], "cash_usd": row["cash"],
                                              "exposure_usd": row["equity"] - row["cash"]}
        )
        for row in daily.iter_rows(named=True)
    ]  # fmt: skip
