"""Tables of the research budget."""

import pandera.polars as pa
import polars as pl

from learning_pipeline.books.research.experiment import ACTORS, STATES
from learning_pipeline.contracts import Instant, Table, Texts

SESSION = "the bot's session; with source, the session"
OUTCOMES = ["hit_1r", "hit_stop", "ttl_expired", "open"]


class ResearchTrades(Table, key=("trade_id", "day"), newest=("trade_id", "day")):
    """One row per research trade and day on which it changed: opened, closed or corrected; the newest counts."""

    source: pl.String = pa.Field(description="the bot")
    session_id: pl.String = pa.Field(description=SESSION)
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


class ResearchBudget(Table, key=("as_of", "source", "session_id")):
    """One row per day and session: its research money as of the end of the day.

    ``initial_capital + total_pnl = cash + open notional``. A session is left out once it has been silent for 90 days
    with nothing open and no pause.
    """

    as_of: pl.Date = pa.Field(description="UTC day; everything is as of its end")
    source: pl.String = pa.Field(description="the bot")
    session_id: pl.String = pa.Field(description=SESSION)
    initial_capital: pl.Float64 = pa.Field(
        nullable=True, ge=0, description="taken out of main capital, quote money; null until a snapshot told the equity"
    )
    cash: pl.Float64 = pa.Field(nullable=True, description="free for research trades, quote money; null likewise")
    flow_usd: pl.Float64 = pa.Field(description="what came into cash since the start less what left it, quote money")
    positions: pl.String = pa.Field(
        description="open trades by trade_id: symbol, direction, qty, entry_price, mark, realised_usd (net of fees so "
        "far), experiment_id, playbook_id; canonical JSON text"
    )
    active_experiment_id: pl.String = pa.Field(
        nullable=True, description="the running experiment that traded last, else the one that started last"
    )
    active_playbook_id: pl.String = pa.Field(nullable=True, description="playbook of that experiment")
    trades: Texts = pa.Field(description="trades that are open or that the day touched, sorted")
    total_pnl: pl.Float64 = pa.Field(description="realised since the start, net of every fee paid, quote money")
    open_pnl: pl.Float64 = pa.Field(description="of what is held, at the last closes of its markets, quote money")
    max_loss_usd: pl.Float64 = pa.Field(
        nullable=True, description="the tighter of the session's limit and that of the active experiment, quote money"
    )
    loss_from_usd: pl.Float64 = pa.Field(
        description="profit, realised and open, from which on loss counts: that when a person lifted the last pause"
    )
    paused: pl.Boolean = pa.Field(description="until a named person lifts it")
    pause_reason: pl.String = pa.Field(nullable=True, description="which limit was met; null unless paused")
    paused_at: Instant = pa.Field(nullable=True, description="since when; null unless paused")
    pause_experiment_id: pl.String = pa.Field(
        nullable=True, description="experiment whose own limit was met; null for the session's"
    )
    last_experiment_id: pl.String = pa.Field(nullable=True, description="experiment that traded last")
    heard_at: Instant = pa.Field(nullable=True, description="last event about its research money")


class Experiments(Table, key=("as_of", "experiment_id")):
    """One row per day and experiment: what it is, and how it stood at the end of the day."""

    as_of: pl.Date = pa.Field(description="UTC day; everything is as of its end")
    experiment_id: pl.String = pa.Field(description="the experiment")
    hypothesis: pl.String = pa.Field(description="what is claimed, in the words of whoever asked")
    playbook_id: pl.String = pa.Field(nullable=True, description="playbook under test; null: none was named")
    target_symbols: Texts = pa.Field(description="markets it may trade; empty: all")
    trigger_categories: Texts = pa.Field(description="triggers it may take; empty: all")
    min_sample_size: pl.Int64 = pa.Field(ge=1, description="closed trades before a verdict")
    max_loss_usd: pl.Float64 = pa.Field(ge=0, description="loss, realised and open, that pauses it; quote money")
    origin: pl.String = pa.Field(description="who asked for it: a bot, a judge, a person")
    source: pl.String = pa.Field(nullable=True, description="bot whose session asked; null where no session did")
    session_id: pl.String = pa.Field(nullable=True, description="that session")
    created_at: Instant = pa.Field(description="when it was asked for")
    state: pl.String = pa.Field(isin=STATES, description="state at the end of the day")
    state_at: Instant = pa.Field(description="since when")
    moved_by: pl.String = pa.Field(description="who moved it there: a bot, a judge, a person, a limit")
    reason: pl.String = pa.Field(description="why")
    realised_usd: pl.Float64 = pa.Field(description="net profit of its trades so far, fees of open ones included")
    loss_from_usd: pl.Float64 = pa.Field(
        description="profit, realised and open, from which on loss counts: that when a person started it again"
    )


class ExperimentRequests(Table, key=("request_id",)):
    """One row per request about an experiment or a pause: applied once, or refused with a reason."""

    request_id: pl.String = pa.Field(description="event_id of an event; else made for the act of a person or judge")
    requested_at: Instant = pa.Field(description="when; UTC day of the partition")
    asked_by: pl.String = pa.Field(isin=ACTORS, description="a person, a bot's event, or a judge")
    actor: pl.String = pa.Field(description="name of the person, bot or judge")
    source: pl.String = pa.Field(nullable=True, description="bot whose session it is about; null where none is")
    session_id: pl.String = pa.Field(nullable=True, description="that session")
    experiment_id: pl.String = pa.Field(
        nullable=True, description="experiment asked about; null: a pause, or unreadable"
    )
    asked_state: pl.String = pa.Field(nullable=True, isin=STATES, description="state asked for; null likewise")
    verdict: pl.String = pa.Field(isin=["applied", "refused"], description="what became of it")
    state: pl.String = pa.Field(
        nullable=True, isin=STATES, description="state that it led to: a draft where it could not run; null if refused"
    )
    reason: pl.String = pa.Field(description="why it led there, or why it was refused")


class Attributions(Table, key=("signal_event_id", "setup_event_id")):
    """One row per research signal, and per setup of one: which experiment, playbook and hypothesis it speaks to."""

    signal_event_id: pl.String = pa.Field(description="event of the signal")
    setup_event_id: pl.String = pa.Field(nullable=True, description="event of the setup; null in the signal's own row")
    signal_id: pl.String = pa.Field(description="the signal")
    experiment_id: pl.String = pa.Field(description="experiment it was made for")
    experiment_variant: pl.String = pa.Field(nullable=True, description="arm of the experiment")
    playbook_id: pl.String = pa.Field(
        nullable=True, description="playbook under test: the signal's own tag, else the experiment's"
    )
    hypothesis: pl.String = pa.Field(
        nullable=True, description="the experiment's; null where nobody had asked for it by the end of the day"
    )
