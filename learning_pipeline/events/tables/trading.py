"""What was traded, and what it did to positions and money."""

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import TIMEFRAME_PATTERN, Instant
from learning_pipeline.events.tables.event import SOME, Booked, Event, json_object, optional


class Orders(Booked, key=("order_id", "happened_at"), newest=("order_id", "happened_at")):
    """One row per order and revision."""

    order_id: pl.String = pa.Field(description="the bot's id of the order", str_length=SOME)
    signal_id: pl.String = pa.Field(description="signal it came from", str_length=SOME)
    trade_id: pl.String = optional("trade it belongs to")
    symbol: pl.String = pa.Field(description="market")
    side: pl.String = pa.Field(isin=["buy", "sell"], description="direction of the order")
    qty: pl.Float64 = pa.Field(gt=0, description="base units")
    price: pl.Float64 = optional("limit price, quote money", gt=0)


class Fills(Booked, key=("event_id",)):
    """One row per fill."""

    fill_id: pl.String = pa.Field(description="the bot's id of the fill", str_length=SOME)
    order_id: pl.String = pa.Field(description="order that was filled", str_length=SOME)
    trade_id: pl.String = pa.Field(description="trade it belongs to", str_length=SOME)
    signal_id: pl.String = optional("signal it came from")
    symbol: pl.String = pa.Field(description="market")
    side: pl.String = pa.Field(isin=["buy", "sell"], description="direction of the fill")
    qty: pl.Float64 = pa.Field(gt=0, description="base units")
    price: pl.Float64 = pa.Field(gt=0, description="quote money")
    fee_usd: pl.Float64 = pa.Field(description="fee, quote money; negative for a rebate")


class Blocks(Booked, key=("event_id",)):
    """One row per refusal of an order or signal by a book (`trade_blocked`)."""

    signal_id: pl.String = optional("signal that was refused")
    order_id: pl.String = optional("order that was refused")
    reason: pl.String = pa.Field(description="reason code")
    detail: pl.String = optional("the bot's words")


class Trades(Booked, key=("trade_id", "happened_at"), newest=("trade_id", "happened_at")):
    """One row per closed trade and revision; the newest counts."""

    trade_id: pl.String = pa.Field(description="the bot's id of the trade", str_length=SOME)
    signal_id: pl.String = optional("signal it came from")
    symbol: pl.String = pa.Field(description="market")
    timeframe: pl.String = pa.Field(str_matches=TIMEFRAME_PATTERN, description="bar length of the signal")
    strategy: pl.String = optional("strategy")
    side: pl.String = pa.Field(isin=["long", "short"], description="direction")
    qty: pl.Float64 = pa.Field(gt=0, description="base units, trims included")
    entry_price: pl.Float64 = pa.Field(gt=0, description="quantity-weighted over fills")
    exit_price: pl.Float64 = pa.Field(gt=0, description="quantity-weighted over fills, trims included")
    opened_at: Instant = pa.Field(description="first fill")
    closed_at: Instant = pa.Field(description="last fill")
    fees_usd: pl.Float64 = pa.Field(description="all fees and funding, quote money")
    pnl_usd: pl.Float64 = pa.Field(description="net of fees and funding, quote money")
    roi: pl.Float64 = pa.Field(description="pnl_usd / (qty x entry_price), a fraction, unlevered")
    did_trim: pl.Boolean = optional("part of it was closed early")
    reached_s3: pl.Boolean = optional("the trade reached S3")
    pattern_key: pl.String = optional("pattern")
    scope: pl.String = json_object("circumstances; {} where none", str, nullable=False)
    exit_reason: pl.String = optional("the bot's word")
    pnl_mismatch: pl.Boolean = pa.Field(
        description="pnl_usd differs from prices, side and fees by more than 1 cent or 1e-6 of notional",
        metadata={"derived": True},
    )


class Positions(Booked, key=("position_id", "happened_at"), newest=("position_id", "happened_at")):
    """One row per position and revision; the newest counts."""

    position_id: pl.String = pa.Field(description="the bot's id of the position", str_length=SOME)
    token: pl.String = pa.Field(description="asset")
    chain: pl.String = optional("chain of the asset")
    timeframe: pl.String = pa.Field(str_matches=TIMEFRAME_PATTERN, description="timeframe it is held for")
    status: pl.String = pa.Field(isin=["watchlist", "active", "dormant", "closed"], description="state")
    total_allocation_pct: pl.Float64 = pa.Field(ge=0, description="share of capital, percent points")
    qty: pl.Float64 = optional("base units", ge=0)


class Portfolio(Event, key=("event_id",)):
    """One row per portfolio snapshot."""

    equity_usd: pl.Float64 = pa.Field(description="equity, quote money")
    cash_usd: pl.Float64 = pa.Field(description="cash, quote money")
    exposure_usd: pl.Float64 = optional("open notional, quote money")
