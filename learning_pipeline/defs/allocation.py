"""Assets of the allocation room: trades from fills, shares of capital by timeframe, positions shared out anew."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from learning_pipeline.allocation import (
    Positions,
    TimeframeAllocation,
    TimeframeRoi,
    allocate,
    allocation_entries,
    learning_configs,
    positions,
)
from learning_pipeline.allocation.trades import earliest_close
from learning_pipeline.contracts.days import ONE_DAY
from learning_pipeline.defs.lookup import note_trades, rows_of_trades
from learning_pipeline.defs.resources import NO_DAYS, Chain
from learning_pipeline.defs.tables import asset_key, materialised, out, reads, writes
from learning_pipeline.events.closed_by_fills import disagreements, trades_from_fills
from learning_pipeline.events.decisions import REACH_DAYS
from learning_pipeline.events.tables import Fills, Orders, Signals, Trades, TradesFromFills
from learning_pipeline.events.tables import Positions as PositionEvents
from learning_pipeline.reports import allocation_drawing
from learning_pipeline.stores.allocation_file import write_allocation

SUM_TOLERANCE = 1e-12
MOST_NAMES = 20
"""Trades named by a check, at most."""


@dg.asset(
    **writes(TradesFromFills),
    ins={"fills": reads(Fills), "orders": reads(Orders, REACH_DAYS), "signals": reads(Signals, REACH_DAYS)},
)
def trades_of_fills(chain: Chain, fills: pl.DataFrame, orders: pl.DataFrame, signals: pl.DataFrame) -> dg.Output[Any]:
    """Closed trades as their fills tell them, whether the bot reports closes or not."""
    first, last = chain.days or NO_DAYS
    note_trades(chain, fills)
    earlier = rows_of_trades(chain, Fills, fills["trade_id"], first)
    rows = trades_from_fills(pl.concat([earlier, fills]), orders, signals, first, last)
    unknown = rows["timeframe"].null_count()
    return materialised(TradesFromFills, rows, alone=True, n_of_unknown_timeframe=unknown)


@dg.multi_asset(
    name="capital_allocation",
    outs={table.table(): out(table) for table in (TimeframeRoi, TimeframeAllocation)},
    deps=[asset_key(Trades), asset_key(TradesFromFills)],
)
def capital_allocation(chain: Chain) -> Iterator[Any]:
    """Shares of capital by timeframe, moved trade by trade; the bot's file is brought up to date beside."""
    days = chain.days or NO_DAYS
    trades, from_fills, before = _known(chain, *days)
    found = allocate(trades, from_fills, before, days, chain.allocation, chain.analysis.books)
    shown = chain.lake.read(TimeframeAllocation, *days)
    configs = learning_configs(found.roi if chain.days else TimeframeRoi.frame(), chain.allocation)
    chain.log(allocation_entries(found.allocation, shown, chain.allocation))
    write_allocation(chain.paths.allocation, configs)
    yield materialised(TimeframeRoi, found.roi, n_ignored=configs["global_roi"]["n_ignored"])
    drawing = allocation_drawing(found.allocation)
    yield materialised(TimeframeAllocation, found.allocation, drawing=drawing, **_by_reason(found.allocation))


@dg.asset(**writes(Positions), ins={"reported": reads(PositionEvents), "roi": reads(TimeframeRoi)})
def redistributed_positions(chain: Chain, reported: pl.DataFrame, roi: pl.DataFrame) -> dg.Output[Any]:
    """Open positions with the share of capital that the allocation asks for; a token's total stays."""
    if chain.days is None:
        return materialised(Positions, Positions.frame(), alone=True)
    day_before = chain.days[0] - ONE_DAY
    before = chain.lake.read(Positions, day_before, day_before)
    return materialised(Positions, positions(reported, before, roi, chain.days, chain.analysis.books), alone=True)


def _known(chain: Chain, first: dt.date, last: dt.date) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Every trade that is new or corrected in the run, what was known since the first of their closes, the state then.

    A trade that closed before the run's days moves that day back, and whatever is known since then may again.
    """
    note_trades(chain, chain.lake.read(Trades, first, last))
    since = first
    while True:
        trades, from_fills = _whole(chain, since, last)
        close = earliest_close(trades, from_fills)
        if close is None or close >= since:
            day_before = since - ONE_DAY
            return trades, from_fills, chain.lake.read(TimeframeRoi, day_before, day_before)
        since = close


def _whole(chain: Chain, first: dt.date, last: dt.date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Trades, and those from fills, of which anything is told on the days: all that was told of them up to the last."""
    tables = (Trades, TradesFromFills)
    told = [chain.lake.read(table, first, last) for table in tables]
    ids = pl.concat([rows["trade_id"] for rows in told])
    earlier = [rows_of_trades(chain, table, ids, first) for table in tables]
    trades, from_fills = (pl.concat(pair) for pair in zip(earlier, told, strict=True))
    return trades, from_fills


def _by_reason(allocation: pl.DataFrame) -> dict[str, Any]:
    """Trades, and for how many timeframes which reason held."""
    n_trades = allocation.select("trade_id", "day").n_unique()
    words = allocation["reason"].value_counts(sort=True)
    return {"n_trades": n_trades, **{f"n_{word}": n for word, n in words.iter_rows()}}


@dg.asset_check(asset=asset_key(TimeframeRoi), blocking=True)
def allocations_sum_to_one(timeframe_roi: pl.DataFrame) -> dg.AssetCheckResult:
    """The shares of every day add up to 1, but for 1e-12."""
    totals = timeframe_roi.drop_nulls("allocation").sort("day", "timeframe").group_by("day").agg("allocation")
    wrong = [day for day, shares in totals.iter_rows() if abs(sum(shares) - 1.0) > SUM_TOLERANCE]
    return dg.AssetCheckResult(passed=not wrong, metadata={"n_wrong": len(wrong)})


@dg.asset_check(asset=asset_key(TimeframeAllocation), blocking=True)
def no_move_is_above_the_cap(chain: Chain, timeframe_allocation: pl.DataFrame) -> dg.AssetCheckResult:
    """No trade moves a share by more than the cap, and what a trade moves sums to 0."""
    moves = timeframe_allocation.group_by("trade_id", "day").agg("change")["change"]
    wrong = [each for each in moves if max(map(abs, each)) > chain.allocation.cap or abs(sum(each)) > SUM_TOLERANCE]
    return dg.AssetCheckResult(passed=not wrong, metadata={"n_wrong": len(wrong)})


@dg.asset_check(asset=asset_key(Positions), blocking=True)
def tokens_keep_their_totals(positions: pl.DataFrame) -> dg.AssetCheckResult:
    """What the positions of a token hold together is what they held before, but for 1e-12 of it."""
    of = ["day", "book", "token", "chain"]
    held = positions.sort(*of, "position_id").group_by(of).agg("total_allocation_pct", "new_allocation_pct")
    pairs = zip(held["total_allocation_pct"], held["new_allocation_pct"], strict=True)
    n_wrong = sum(abs(sum(new) - sum(old)) > SUM_TOLERANCE * max(1.0, sum(old)) for old, new in pairs)
    return dg.AssetCheckResult(passed=not n_wrong, metadata={"n_tokens": held.height, "n_wrong": n_wrong})


@dg.asset_check(asset=asset_key(TradesFromFills), additional_deps=[asset_key(Trades)])
def fills_agree_with_reported_closes(chain: Chain) -> dg.AssetCheckResult:
    """Trades that are both reported and known by their fills are told alike; names those that are not."""
    if chain.days is None:
        return dg.AssetCheckResult(passed=True)
    reported, from_fills = _whole(chain, *chain.days)
    apart = disagreements(Trades.newest(reported), TradesFromFills.newest(from_fills))
    names = [f"{trade_id} ({differs})" for trade_id, differs in apart.head(MOST_NAMES).iter_rows()]
    said: dict[str, Any] = {"n_differing": apart.height, "first": ", ".join(names)}
    return dg.AssetCheckResult(passed=apart.is_empty(), severity=dg.AssetCheckSeverity.WARN, metadata=said)
