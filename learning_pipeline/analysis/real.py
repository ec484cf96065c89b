"""What a signal really earned: the result of its closed trades, whatever their size and book."""

from __future__ import annotations

import numpy as np
import polars as pl

from learning_pipeline.analysis.cohort import FOREVER, in_force

TRADED = ["trade_id", "signal_id", "day", "happened_at", "qty", "entry_price", "pnl_usd"]


def real_results(trades: pl.DataFrame) -> pl.DataFrame:
    """ROI of each signal's closed trades, with the days on which it was what one knew.

    Parameters
    ----------
    trades : DataFrame
        ``events.trades``; those that name no signal are left out.

    Returns
    -------
    DataFrame
        ``signal_id``, ``since``, ``until``, ``real_roi``: net PnL of all its trades known to be closed over what they
        cost to open, a fraction; as of a day in ``since <= day < until``, at most one row of a signal.
    """
    versions = in_force(trades.select(TRADED), "trade_id", "happened_at").drop_nulls("signal_id")
    ends = versions.select("signal_id", since="until").filter(pl.col("since") < FOREVER)
    changes = pl.concat([versions.select("signal_id", "since"), ends]).unique().sort("signal_id", "since")
    until = pl.col("since").shift(-1).over("signal_id").fill_null(FOREVER)
    spans = changes.with_columns(until=until).with_row_index("span")
    held = spans.join(versions, on="signal_id", suffix="_trade").sort("span", "trade_id")
    held = held.filter(pl.col("since_trade") <= pl.col("since"), pl.col("since") < pl.col("until_trade"))
    return _with_roi(spans, held).drop("span")


def _with_roi(spans: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Spans in which a trade is known, with its result, or that of all of them."""
    # Sums trade by trade in NumPy: Polars adds groups in an order of its own.
    span, pnl = held["span"].to_numpy(), held["pnl_usd"].to_numpy()
    opened = held["qty"].to_numpy() * held["entry_price"].to_numpy()
    total, cost = (np.bincount(span, weights=x, minlength=spans.height) for x in (pnl, opened))
    roi = np.divide(total, cost, out=np.full(spans.height, np.nan), where=cost > 0)
    return spans.with_columns(pl.Series("real_roi", roi, pl.Float64)).filter(pl.col("real_roi").is_not_nan())
