"""Tables of the research budget."""

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import Instant, Table

OUTCOMES = ["hit_1r", "hit_stop", "ttl_expired", "open"]


class ResearchTrades(Table, key=("trade_id", "day"), newest=("trade_id", "day")):
    """One row per research trade and day on which it changed: opened, closed or corrected; the newest counts."""

    source: pl.String = pa.Field(description="the bot")
    session_id: pl.String = pa.Field(description="the bot's session; with source, the session")
    trade_id: pl.String = pa.Field(description="the bot's id of the trade")
    signal_id: pl.String = pa.Field(nullable=True, description="signal it came from")
    experiment_id: pl.String = pa.Field(description="experiment it was made for")
    experiment_variant: pl.String = pa.Field(nullable=True, description="arm of the experiment")
    playbook_id: pl.String = pa.Field(
        nullable=True, description="playbook under test: the trade's own tag, else the experiment's"
    )
    symbol: pl.String = pa.Field(description="market")
    direction: pl.String = pa.Field(isin=["long", "short"], description="direction of the trade")
    entry_price: pl.Float64 = pa.Field(gt=0, description="quantity-weighted over the entries so far, quote money")
    exit_price: pl.Float64 = pa.Field(nullable=True, gt=0, description="quantity-weighted; null while open")
    qty: pl.Float64 = pa.Field(gt=0, description="base units")
    entry_ts: Instant = pa.Field(description="first fill")
    exit_ts: Instant = pa.Field(nullable=True, description="last fill; null while open")
    pnl: pl.Float64 = pa.Field(nullable=True, description="net of fees, quote money; null while open")
    outcome: pl.String = pa.Field(isin=OUTCOMES, description="how it ended")
    r_achieved: pl.Float64 = pa.Field(
        nullable=True, description="pnl over what the stop put at risk; null while open or without a stop"
    )
    bars_to_outcome: pl.Int64 = pa.Field(nullable=True, ge=0, description="bars of its timeframe from entry to exit")
    entry_indicators: pl.String = pa.Field(description="features of the signal; canonical JSON text, {} where none")
