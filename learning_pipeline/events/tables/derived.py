"""What is derived of the events: one answer per signal, its gates, and what waits for its signal."""

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import Instant, Table, Texts
from learning_pipeline.events.tables.event import BOOKS, DECISION_WORDS, optional

OPERATORS = [">=", "<=", ">", "<"]


class Decisions(Table, key=("signal_id", "day"), newest=("signal_id", "day")):
    """One row per signal and day on which its final answer changed (normally one): the answer as of that day's end."""

    signal_id: pl.String = pa.Field(description="signal that was decided on")
    decided_at: Instant = pa.Field(
        description="first blocking report, else the last report; the ttl's end where none came"
    )
    known_at: Instant = pa.Field(description="when the row could first be known; its UTC day is the partition")
    symbol: pl.String = pa.Field(description="market")
    timeframe: pl.String = pa.Field(description="bar length of the signal")
    strategy: pl.String = pa.Field(description="strategy")
    side: pl.String = pa.Field(isin=["long", "short"], description="direction")
    decision: pl.String = pa.Field(isin=DECISION_WORDS, description="blocked > cancelled > expired > approved")
    blocker_component: pl.String = optional("guard or gate that the bot acted on")
    reason: pl.String = optional("the bot's words; never_decided where no report came before the ttl's end")
    blocked_by: Texts = pa.Field(description="every gate that failed on that sample, sorted; empty unless blocked")
    gates_complete: pl.Boolean = pa.Field(description="true where every gate is known to have been evaluated")
    entry_price: pl.Float64 = optional("market price at the decision, else the signal's entry; quote money")
    stop_price: pl.Float64 = optional("the signal's stop")
    target_price: pl.Float64 = optional("the signal's target")
    ttl_minutes: pl.Float64 = optional("life of the signal, minutes")
    ttl_bars: pl.Int64 = optional("life of the signal, bars of its timeframe")
    notional_usd: pl.Float64 = optional("notional_usd, else qty x entry; null: the setting decides")
    spread: pl.Float64 = optional(
        "bid-ask spread at the decision, price units; from spread_bps where only that is known"
    )
    pattern_key: pl.String = optional("pattern")
    scope: pl.String = pa.Field(description="circumstances; canonical JSON text")
    episode_id: pl.String = optional("episode")
    book: pl.String = pa.Field(isin=BOOKS, description="whose money")
    experiment_id: pl.String = optional("experiment")
    experiment_variant: pl.String = optional("arm of the experiment")
    playbook_id: pl.String = optional("playbook")
    propensity: pl.Float64 = optional("probability with which the answer was drawn")


class Gates(Table, key=("signal_id", "gate", "day"), newest=("signal_id", "day")):
    """One row per decision and gate: what was compared at the decision's instant."""

    signal_id: pl.String = pa.Field(description="signal that was decided on")
    gate: pl.String = pa.Field(description="guard or entry threshold")
    value: pl.Float64 = optional("what was measured")
    threshold: pl.Float64 = optional("limit in force")
    base_threshold: pl.Float64 = optional("limit without overrides; the one in force where none was sent")
    op: pl.String = optional("passes where value op threshold", isin=OPERATORS)
    passed: pl.Boolean = optional("null where the gate was not evaluated")
    margin: pl.Float64 = optional("distance inside the limit, same unit as value: >= 0 passes")
    override_id: pl.String = optional("override in force")


class Unmatched(Table, key=("event_id",)):
    """One row per decision report, fill or trade whose signal was not known by the end of its day."""

    event_id: pl.String = pa.Field(description="the event that waits")
    type: pl.String = pa.Field(isin=["decision", "fill", "trade_closed"], description="type of that event")
    signal_id: pl.String = pa.Field(description="signal that it names")
    happened_at: Instant = pa.Field(description="time of the event")


class TradesFromFills(Table, key=("trade_id", "day"), newest=("trade_id", "day")):
    """One row per trade whose fills cancel out and day on which that changed: what it came to, by its fills alone."""

    trade_id: pl.String = pa.Field(description="the bot's id of the trade, as its fills name it")
    signal_id: pl.String = optional("signal of its first fill that names one, itself or through its order")
    symbol: pl.String = pa.Field(description="market")
    timeframe: pl.String = optional("bar length of the signal; null where the signal is not known")
    strategy: pl.String = optional("strategy of the signal")
    side: pl.String = pa.Field(isin=["long", "short"], description="direction of the first fill")
    qty: pl.Float64 = pa.Field(gt=0, description="base units opened, all entries together")
    entry_price: pl.Float64 = pa.Field(gt=0, description="quantity-weighted over the entries")
    exit_price: pl.Float64 = pa.Field(gt=0, description="quantity-weighted over the exits, trims included")
    opened_at: Instant = pa.Field(description="first fill")
    closed_at: Instant = pa.Field(description="last fill")
    fees_usd: pl.Float64 = pa.Field(description="fees of its fills, quote money; funding is in no fill")
    pnl_usd: pl.Float64 = pa.Field(description="net of these fees, quote money")
    roi: pl.Float64 = pa.Field(description="pnl_usd / (qty x entry_price), a fraction, unlevered")
    did_trim: pl.Boolean = pa.Field(description="more than one order closed it")
    n_fills: pl.Int64 = pa.Field(ge=2, description="fills")
    book: pl.String = pa.Field(isin=BOOKS, description="whose money, by its first fill")
    experiment_id: pl.String = optional("experiment")
    experiment_variant: pl.String = optional("arm of the experiment")
    playbook_id: pl.String = optional("playbook")
