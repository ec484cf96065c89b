"""Tables of capital allocation."""

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import Instant, Table

NEEDS_TWO, NO_TRADES, IGNORED, OTHER_BOOK = "needs_two_timeframes", "no_trades", "ignored_timeframe", "other_book"
DESIRED, CAPPED, AT_FLOOR, BALANCED = "desired_reached", "capped", "at_floor", "balanced"
REASONS = [NEEDS_TWO, NO_TRADES, IGNORED, OTHER_BOOK, DESIRED, CAPPED, AT_FLOOR, BALANCED]

MOST = 1 + 1e-12
"""The whole: shares add up to 1 but for their last digits."""


class TimeframeRoi(Table, key=("day", "timeframe")):
    """One row per day and timeframe (`*`: all): ROI averages and share as of the end of the day.

    The columns from `s_short` on are the state from which the next day goes on: ROI is S / W, and both fall by
    e^(-dt / tau) from one trade to the next.
    """

    timeframe: pl.String = pa.Field(description="timeframe; `*` all of them together")
    roi_short: pl.Float64 = pa.Field(
        nullable=True, description="ROI with the short memory, a fraction; null before the first trade"
    )
    roi_long: pl.Float64 = pa.Field(nullable=True, description="ROI with the long memory, a fraction; null likewise")
    n: pl.Int64 = pa.Field(ge=0, description="closed trades so far")
    allocation: pl.Float64 = pa.Field(
        nullable=True, ge=0, le=MOST, description="share of the capital, a fraction; null for `*`"
    )
    last_closed_at: Instant = pa.Field(nullable=True, description="close of the last trade; null before the first")
    n_ignored: pl.Int64 = pa.Field(
        nullable=True, ge=0, description="trades of timeframes without a share, which move nothing; null but for `*`"
    )
    s_short: pl.Float64 = pa.Field(description="sum S of the short memory")
    w_short: pl.Float64 = pa.Field(ge=0, description="weight W of the short memory")
    s_long: pl.Float64 = pa.Field(description="sum S of the long memory")
    w_long: pl.Float64 = pa.Field(ge=0, description="weight W of the long memory")


class TimeframeAllocation(Table, key=("trade_id", "timeframe", "day"), newest=("trade_id", "day")):
    """One row per closed trade and timeframe: what the trade moved, and why or why not.

    Again on a later day where something that came to be known then (a late or corrected trade) changes what the trade
    meets; the newest rows of all trades are the path of a fold over what is known now.
    """

    trade_id: pl.String = pa.Field(description="trade whose close is looked at")
    closed_at: Instant = pa.Field(description="its place in the order of trades: its close, no later than its report")
    timeframe: pl.String = pa.Field(description="timeframe whose share is looked at")
    allocation: pl.Float64 = pa.Field(ge=0, le=MOST, description="share after the trade, a fraction of the capital")
    change: pl.Float64 = pa.Field(description="change of the share by the trade; 0 where it did not move")
    desired: pl.Float64 = pa.Field(
        nullable=True, ge=0, le=MOST, description="share that the ROI averages ask for; null where none was computed"
    )
    reason: pl.String = pa.Field(
        isin=REASONS,
        description="desired_reached, capped, at_floor, balanced (what the others can give or take); no move: "
        "needs_two_timeframes, no_trades (of this timeframe yet), ignored_timeframe, other_book (revised away)",
    )
    traded_timeframe: pl.String = pa.Field(nullable=True, description="timeframe of the trade; null where unknown")
    trade_roi: pl.Float64 = pa.Field(description="ROI of the trade, a fraction")
    roi_short: pl.Float64 = pa.Field(
        nullable=True, description="this timeframe's ROI average after the trade, short memory; null before its first"
    )
    n: pl.Int64 = pa.Field(ge=0, description="this timeframe's trades so far, this one included")


class Positions(Table, key=("day", "position_id")):
    """One row per day and position that is not closed: its share of its token by the day's allocation."""

    position_id: pl.String = pa.Field(description="the bot's id of the position")
    token: pl.String = pa.Field(description="asset")
    chain: pl.String = pa.Field(nullable=True, description="chain of the asset")
    timeframe: pl.String = pa.Field(description="timeframe it is held for")
    status: pl.String = pa.Field(isin=["watchlist", "active", "dormant"], description="state")
    book: pl.String = pa.Field(description="whose money")
    total_allocation_pct: pl.Float64 = pa.Field(ge=0, description="as the bot reports it, percent points of capital")
    new_allocation_pct: pl.Float64 = pa.Field(
        ge=0,
        description="as the allocation asks for, the token's total kept; as reported where the timeframe has no share",
    )
