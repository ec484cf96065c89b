"""What the bot wanted to do, and its answers."""

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import TIMEFRAME_PATTERN
from learning_pipeline.events.tables.event import DECISION_WORDS, SOME, Booked, Event, json_object, optional

MARKET = {"inside": "market"}


class Signals(Booked, key=("signal_id",)):
    """One row per signal: what the bot wanted to do, with everything it knew at that instant."""

    signal_id: pl.String = pa.Field(description="the bot's id of the signal", str_length=SOME)
    symbol: pl.String = pa.Field(description="market, as in market.bars")
    timeframe: pl.String = pa.Field(str_matches=TIMEFRAME_PATTERN, description="bar length the signal was made on")
    strategy: pl.String = pa.Field(description="strategy that made it")
    side: pl.String = pa.Field(isin=["long", "short"], description="direction of the trade")
    pattern_key: pl.String = optional("pattern, such as pm.uptrend.S1.entry")
    scope: pl.String = json_object("circumstances, at most 6 keys; {} where none", str, nullable=False)
    episode_id: pl.String = optional("signals of one episode count once in lessons")
    category: pl.String = optional("trigger category of the bot")
    features: pl.String = json_object("numbers known at the signal", float)
    flags: pl.String = json_object("flags that were set", bool)
    entry_price: pl.Float64 = optional("intended entry, quote money", gt=0)
    stop_price: pl.Float64 = optional("stop, quote money", gt=0)
    target_price: pl.Float64 = optional("target, quote money", gt=0)
    ttl_minutes: pl.Float64 = optional("life of the signal, minutes", gt=0)
    ttl_bars: pl.Int64 = optional("life of the signal, bars of its timeframe; wins over ttl_minutes", gt=0)
    qty: pl.Float64 = optional("size, base units", gt=0)
    notional_usd: pl.Float64 = optional("size, quote money", gt=0)
    expected_roi: pl.Float64 = optional("the bot's own expectation, a fraction")
    score_components: pl.String = json_object("parts of the signal's score", float)
    emergency_exit: pl.Boolean = optional("an exit that must always be executed on the main path")
    force_main_budget: pl.Boolean = optional("the bot asks for the main budget")


class DecisionReports(Event, key=("event_id",)):
    """One row per decision event as the bot sent it; `events.decisions` makes one row per signal of these."""

    signal_id: pl.String = pa.Field(description="signal that was decided on", str_length=SOME)
    decision: pl.String = pa.Field(isin=DECISION_WORDS, description="the answer")
    blocker_component: pl.String = optional("guard or gate that the bot acted on")
    blocker_reason: pl.String = optional("the bot's words")
    approved_by: pl.String = optional("component that approved")
    price: pl.Float64 = optional("market price at the decision", metadata=MARKET, gt=0)
    spread: pl.Float64 = optional("bid-ask spread, price units", metadata=MARKET, ge=0)
    spread_bps: pl.Float64 = optional("bid-ask spread, basis points of the price", metadata=MARKET, ge=0)
    volatility: pl.Float64 = optional("volatility as the bot measures it", metadata=MARKET, ge=0)
    regime: pl.String = optional("market regime as the bot names it", metadata=MARKET)
    funding_rate: pl.Float64 = optional("funding rate, a fraction", metadata=MARKET)
    open_interest: pl.Float64 = optional("open interest", metadata=MARKET, ge=0)
    gates: pl.String = optional("every gate evaluated at that instant; JSON text, a list", metadata={"gates": True})
    propensity: pl.Float64 = optional("probability with which this answer was drawn", gt=0, le=1)
    metadata: pl.String = json_object("anything else the bot wants kept", object)
