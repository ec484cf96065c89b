"""Tables of what bots sent: one per event type, and what became of each delivered line.

The wire format of an event (CONTRACTS 1) is read off these classes by ``events.wire``: a nullable column is an optional
field, ``isin`` an enumeration, a ``json`` column an object kept as canonical JSON text (sorted keys, no spaces).
"""

from typing import Annotated, Any

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import TIMEFRAME_PATTERN, Instant, Table, Texts

BOOKS = ["profit", "learning", "research"]
DECISION_WORDS = ["approved", "blocked", "expired", "cancelled"]
OPERATORS = [">=", "<=", ">", "<"]
SOME = {"min_value": 1}
Embedding = Annotated[pl.List, pl.Float64]


def optional(description: str = "", **checks: Any) -> Any:
    """A column that may be null: unknown, never 0."""
    return pa.Field(nullable=True, description=description, **checks)


def json_object(description: str, values: type, nullable: bool = True) -> Any:
    """A JSON object as canonical text, with values of one type on the wire."""
    return pa.Field(nullable=nullable, description=f"{description}; canonical JSON text", metadata={"json": values})


MARKET = {"inside": "market"}


class Event(Table):
    """One row per event: the envelope."""

    event_id: pl.String = pa.Field(description="unique; the deduplication key", str_length=SOME)
    happened_at: Instant = pa.Field(description="the event's own time (`at` on the wire)")
    source: pl.String = pa.Field(description="the bot", str_length=SOME)
    session_id: pl.String = pa.Field(description="the bot's session; the source where none was sent")


class Booked(Event):
    """One row per event that belongs to a book."""

    book: pl.String = pa.Field(isin=BOOKS, description="whose money: profit, learning or research")
    experiment_id: pl.String = optional("experiment the row belongs to; never null outside the profit book")
    experiment_variant: pl.String = optional("arm of the experiment")
    playbook_id: pl.String = optional("playbook that was followed")


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


class EpisodeOutcomes(Event, key=("event_id",)):
    """One row per outcome that the bot reports itself."""

    signal_id: pl.String = pa.Field(description="signal of the episode", str_length=SOME)
    outcome: pl.String = pa.Field(isin=["success", "failure"], description="the bot's verdict")


class Setups(Event, key=("event_id",)):
    """One row per setup report."""

    setup_id: pl.String = pa.Field(description="the bot's id of the setup", str_length=SOME)
    signal_id: pl.String = optional("signal it came from")
    strategy_template_version: pl.String = optional("version of the strategy template")
    playbook_id: pl.String = optional("playbook that was followed")
    outcome: pl.String = optional("how it ended, the bot's word")
    r_achieved: pl.Float64 = optional("result, multiples of R")
    bars_to_outcome: pl.Int64 = optional("bars until it ended", ge=0)


class Experiments(Event, key=("experiment_id", "happened_at"), newest=("experiment_id", "happened_at")):
    """One row per experiment request and revision; the ledger, not this table, says what was granted."""

    experiment_id: pl.String = pa.Field(description="id of the experiment", str_length=SOME)
    hypothesis: pl.String = pa.Field(description="what is claimed")
    status: pl.String = pa.Field(isin=["draft", "running", "paused", "completed", "cancelled"], description="asked for")
    playbook_id: pl.String = optional("playbook under test")
    target_symbols: Texts = pa.Field(description="markets it may trade", metadata={"inside": "exposure"})
    trigger_categories: Texts = pa.Field(description="triggers it may take", metadata={"inside": "exposure"})
    min_sample_size: pl.Int64 = pa.Field(ge=1, description="trades before a verdict", metadata={"inside": "metrics"})
    max_loss_usd: pl.Float64 = pa.Field(ge=0, description="loss that pauses it", metadata={"inside": "metrics"})


class JudgeActions(Event, key=("event_id",)):
    """One row per action of a judge; a request, applied or refused elsewhere."""

    action: pl.String = pa.Field(
        isin=["hold", "replan", "policy_adjust", "stand_down", "suggest_experiment", "update_playbook"],
        description="what the judge asks for",
    )
    payload: pl.String = json_object("all other fields of the event; untrusted", object)


class AiResponses(Event, key=("event_id",)):
    """One row per answer of a language model."""

    prompt_pack: pl.String = pa.Field(description="prompt pack")
    version: pl.String = pa.Field(description="version of the pack")
    model: pl.String = pa.Field(description="model that answered")
    latency_ms: pl.Float64 = pa.Field(ge=0, description="time to the answer, milliseconds")
    schema_valid: pl.Boolean = pa.Field(description="the answer fits its schema")
    refused: pl.Boolean = pa.Field(description="the model refused")
    n_claims: pl.Int64 = optional("claims made", ge=0)
    n_cited: pl.Int64 = optional("claims with a citation", ge=0)
    embedding: Embedding = optional("embedding of the answer")


class AnalyticsReports(Event, key=("event_id",)):
    """One row per figure that the bot reports."""

    name: pl.String = pa.Field(description="name of the figure")
    value: pl.Float64 = pa.Field(description="the figure, in the bot's unit")
    labels: pl.String = json_object("labels of the figure", str)


class Unmatched(Table, key=("event_id",)):
    """One row per decision report, fill or trade whose signal was not known by the end of its day."""

    event_id: pl.String = pa.Field(description="the event that waits")
    type: pl.String = pa.Field(isin=["decision", "fill", "trade_closed"], description="type of that event")
    signal_id: pl.String = pa.Field(description="signal that it names")
    happened_at: Instant = pa.Field(description="time of the event")


class Deliveries(Table, key=("sha256",)):
    """One row per distinct file content; n_lines = accepted + duplicate + quarantined + incomplete."""

    file: pl.String = pa.Field(description="name it was first delivered under")
    sha256: pl.String = pa.Field(
        description="SHA-256 of the file's bytes", str_length={"min_value": 64, "max_value": 64}
    )
    arrived_at: Instant = pa.Field(description="when it was ingested; bookkeeping, in no analysis")
    n_lines: pl.Int64 = pa.Field(ge=0, description="lines or rows, blank lines left out")
    n_accepted: pl.Int64 = pa.Field(ge=0, description="rows that went into a table when this file was landed")
    n_duplicate: pl.Int64 = pa.Field(ge=0, description="rows that were there already then")
    n_quarantined: pl.Int64 = pa.Field(ge=0, description="rows refused with a reason")
    n_incomplete: pl.Int64 = pa.Field(ge=0, description="last lines without a newline, left for later")


class Quarantine(Table, key=("sha256", "line_no", "reason_code")):
    """One row per refused line or row, with the reason and the line itself."""

    file: pl.String = pa.Field(description="name of the delivered file")
    sha256: pl.String = pa.Field(description="SHA-256 of the file")
    arrived_at: Instant = pa.Field(description="when the file was ingested")
    line_no: pl.Int64 = pa.Field(ge=0, description="line or row, from 1; 0 for the whole file")
    reason_code: pl.String = pa.Field(description="why, as a code")
    detail: pl.String = pa.Field(description="why, in words: what was expected and what was found")
    raw_sha256: pl.String = pa.Field(description="SHA-256 of the raw line")
    raw: pl.String = pa.Field(description="the raw line (bytes outside UTF-8 replaced)")


EVENT_TABLES: dict[str, type[Event]] = {
    "signal": Signals,
    "decision": DecisionReports,
    "order_submitted": Orders,
    "fill": Fills,
    "trade_blocked": Blocks,
    "trade_closed": Trades,
    "position": Positions,
    "portfolio_snapshot": Portfolio,
    "episode_outcome": EpisodeOutcomes,
    "setup": Setups,
    "experiment": Experiments,
    "judge_action": JudgeActions,
    "ai_response": AiResponses,
    "analytics_report": AnalyticsReports,
}
"""Table of each event type of CONTRACTS 1."""
