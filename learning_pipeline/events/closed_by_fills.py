"""Closed trades from fills alone, for bots that report no closes."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from learning_pipeline.events.decisions import REACH_DAYS
from learning_pipeline.events.tables import TradesFromFills

VERSION = ["trade_id", "day"]
FLAT = 1e-9
"""A trade is closed where less than this part of what it opened is left: rounding of the bot's own sums."""
REACH = pl.duration(days=REACH_DAYS)
AGREES_USD, AGREES = 0.01, 1e-6
"""Two accounts of a trade agree within a cent, or within a millionth (of the notional, of the quantity)."""


def trades_from_fills(
    fills: pl.DataFrame, orders: pl.DataFrame, signals: pl.DataFrame, first: dt.date, last: dt.date
) -> pl.DataFrame:
    """Trades with a fill on the days first to last, after which their fills cancel out.

    Scale-ins and partial fills are entries, trims are exits; fills of one ``order_id`` and ``fill_id`` count once. A
    fill after the close belongs to the same trade: the row stands until they cancel out again.

    Parameters
    ----------
    fills : DataFrame
        ``events.fills``: of each trade with a fill on the days, all up to ``last``.
    orders, signals : DataFrame
        ``events.orders`` and ``events.signals`` from ``REACH_DAYS`` before ``first`` to ``last``; an older signal is
        not joined, and the trade's timeframe is null then.

    Returns
    -------
    DataFrame
        `TradesFromFills` of those days, each as of the end of its day. A trade whose sums no float holds is left out.
    """
    due = fills.filter(pl.col("day").is_between(first, last)).select(VERSION).unique()
    seen = due.join(fills, on="trade_id", suffix="_fill").filter(pl.col("day_fill") <= pl.col("day"))
    ordered = seen.sort(*VERSION, "happened_at", "event_id").unique(
        [*VERSION, "order_id", "fill_id"], keep="first", maintain_order=True
    )
    linked = _with_signal(ordered, orders)
    closed = _summed(linked).join(_described(linked), on=VERSION)
    known = signals.select("signal_id", "timeframe", "strategy", made_on="day")
    near = closed.select(*VERSION, "signal_id").join(known, on="signal_id").filter(_is_near("made_on"))
    told = closed.join(near.drop("signal_id", "made_on"), on=VERSION, how="left")
    return TradesFromFills.checked(told.select(*TradesFromFills.dtypes()))


def disagreements(reported: pl.DataFrame, from_fills: pl.DataFrame) -> pl.DataFrame:
    """Trades that are told otherwise by their report than by their fills.

    Parameters
    ----------
    reported, from_fills : DataFrame
        ``events.trades`` and ``events.trades_from_fills``, one row per trade.

    Returns
    -------
    DataFrame
        ``trade_id`` and ``differs``: the columns that differ, sorted by trade.
    """
    both = reported.join(from_fills, on="trade_id", suffix="_fills").sort("trade_id")
    money = pl.max_horizontal(pl.lit(AGREES_USD), pl.col("qty") * pl.col("entry_price") * AGREES)
    slack = {name: pl.col(name).abs() * AGREES for name in ("qty", "entry_price", "exit_price")}
    apart = {name: (pl.col(name) - pl.col(f"{name}_fills")).abs() > most for name, most in slack.items()}
    apart["pnl_usd"] = (pl.col("pnl_usd") - pl.col("pnl_usd_fills")).abs() > money
    apart["side"] = pl.col("side") != pl.col("side_fills")
    words = pl.concat_list(pl.when(is_apart).then(pl.lit(name)) for name, is_apart in apart.items())
    told = both.select("trade_id", differs=words.list.drop_nulls().list.join(", "))
    return told.filter(pl.col("differs") != "")


def _is_near(made_on: str) -> pl.Expr:
    return pl.col(made_on).is_between(pl.col("day") - REACH, pl.col("day"))


def _with_signal(fills: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """Fills with their signal, their own or that of their order in its newest revision by the day asked about."""
    asked = fills.select("day", "order_id").unique()
    said = orders.select("order_id", "happened_at", "signal_id", made_on="day")
    known = asked.join(said, on="order_id").filter(_is_near("made_on")).sort("order_id", "day", "happened_at")
    newest = known.unique(["order_id", "day"], keep="last").select("order_id", "day", of_order="signal_id")
    linked = fills.join(newest, on=["order_id", "day"], how="left", maintain_order="left")
    return linked.with_columns(pl.coalesce("signal_id", "of_order"))


def _described(fills: pl.DataFrame) -> pl.DataFrame:
    """What a trade's fills say without adding anything up."""
    is_exit = pl.col("side") != pl.col("side").first()
    return fills.group_by(VERSION, maintain_order=True).agg(
        pl.col("signal_id").drop_nulls().first(),
        pl.col("symbol", "book", "experiment_id", "experiment_variant", "playbook_id").first(),
        side=pl.when(pl.col("side").first() == "buy").then(pl.lit("long")).otherwise(pl.lit("short")),
        opened_at=pl.col("happened_at").first(),
        closed_at=pl.col("happened_at").last(),
        did_trim=pl.col("order_id").filter(is_exit).n_unique() > 1,
        n_fills=pl.len().cast(pl.Int64),
    )


def _summed(fills: pl.DataFrame) -> pl.DataFrame:
    """Quantities, prices and money of the trades that are flat, added fill by fill in NumPy: always in one order."""
    groups = fills.select(VERSION).unique(maintain_order=True)
    group = fills.select(pl.struct(VERSION).rle_id()).to_series().to_numpy()
    is_long = fills.select(pl.col("side").first().over(VERSION) == "buy").to_series().to_numpy()
    buys = (fills["side"] == "buy").to_numpy()
    qty, price, fee = (fills[name].to_numpy() for name in ("qty", "price", "fee_usd"))

    def total(x: np.ndarray, where: np.ndarray) -> np.ndarray:
        counted = np.bincount(group, weights=np.where(where, x, 0.0), minlength=groups.height)
        return counted.astype(np.float64)  # of nothing it counts in integers

    opens, every = buys == is_long, np.ones(len(group), bool)
    sums = groups.with_columns(
        qty=total(qty, opens), closed_qty=total(qty, ~opens), spent=total(qty * price, opens),
        got=total(qty * price, ~opens), fees_usd=total(fee, every),
        direction=np.sign(total(np.where(is_long, 1.0, -1.0), every)),
    )  # fmt: skip
    flat = sums.filter((pl.col("qty") - pl.col("closed_qty")).abs() <= FLAT * pl.col("qty"))
    pnl = pl.col("direction") * (pl.col("got") - pl.col("spent")) - pl.col("fees_usd")
    priced = flat.with_columns(
        entry_price=pl.col("spent") / pl.col("qty"), exit_price=pl.col("got") / pl.col("closed_qty"), pnl_usd=pnl
    ).with_columns(roi=pl.col("pnl_usd") / pl.col("spent"))
    told = priced.drop("closed_qty", "spent", "got", "direction")
    return told.filter(pl.all_horizontal(pl.col(pl.Float64).is_finite()))
