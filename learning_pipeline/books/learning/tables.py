"""Tables of the learning book, and of every book's money."""

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import Instant, Table

BOOKS = ["profit", "learning", "research"]
AT_RISK = ["learning", "research"]
CHANGES = ["reserved", "trued_up", "released"]
_KNOWN_LATER = "a correction counts on the day on which it came to be known, with the difference"


class Pnl(Table, key=("day", "book")):
    """One row per day and book: what its closed trades came to, as they came to be known that day."""

    book: pl.String = pa.Field(isin=BOOKS, description="profit, learning or research")
    n_trades: pl.Int64 = pa.Field(description="closes told for the first time; less those moved to another book")
    n_corrected: pl.Int64 = pa.Field(ge=0, description="trades of the book that were told before, and anew that day")
    pnl_usd: pl.Float64 = pa.Field(description=f"net of fees, quote money; {_KNOWN_LATER}")
    fees_usd: pl.Float64 = pa.Field(description="fees and funding of these trades, quote money")
    win_rate: pl.Float64 = pa.Field(
        nullable=True, ge=0, le=1, description="share with a gain among closes told first that day; null: none was"
    )
    total_pnl_usd: pl.Float64 = pa.Field(description="sum of pnl_usd up to and including the day")


class ExperimentPnl(Table, key=("day", "source", "book", "experiment_id")):
    """One row per day and experiment that ever closed a trade: what it came to by the end of the day."""

    source: pl.String = pa.Field(description="the bot")
    book: pl.String = pa.Field(isin=AT_RISK, description="learning or research")
    experiment_id: pl.String = pa.Field(description="experiment")
    n_trades: pl.Int64 = pa.Field(description="closed trades so far")
    pnl_usd: pl.Float64 = pa.Field(description="net of fees so far, all sessions, quote money")


class Blocks(Table, key=("event_id",)):
    """One row per refusal of an order or signal by a book."""

    event_id: pl.String = pa.Field(description="the event")
    blocked_at: Instant = pa.Field(description="when it was refused")
    source: pl.String = pa.Field(description="the bot")
    session_id: pl.String = pa.Field(description="the bot's session")
    book: pl.String = pa.Field(isin=BOOKS, description="book that refused it")
    reason: pl.String = pa.Field(description="reason code")
    detail: pl.String = pa.Field(nullable=True, description="which no-learn zone, or the bot's words")
    signal_id: pl.String = pa.Field(nullable=True, description="signal that was refused")
    order_id: pl.String = pa.Field(nullable=True, description="order that was refused")
    experiment_id: pl.String = pa.Field(nullable=True, description="experiment; never null outside the profit book")
    experiment_variant: pl.String = pa.Field(nullable=True, description="arm of the experiment")
    playbook_id: pl.String = pa.Field(nullable=True, description="playbook that was followed")


class Reserved(Table):
    """Whose risk a row is about."""

    source: pl.String = pa.Field(description="the bot")
    session_id: pl.String = pa.Field(description="the bot's session")
    book: pl.String = pa.Field(isin=AT_RISK, description="learning or research: the profit book has no budget here")


class Risk(Reserved, key=("day", "source", "session_id", "book", "n")):
    """One row per reservation, true-up or release of an order's risk, with the state of the book after it."""

    n: pl.Int64 = pa.Field(ge=0, description="place among the changes of that day, session and book, from 0")
    at: Instant = pa.Field(description="when it changed")
    change: pl.String = pa.Field(isin=CHANGES, description="reserved at submit, trued up at fill, released at the end")
    reason: pl.String = pa.Field(
        nullable=True,
        description="filled, order_changed, trimmed, flat, closed, died, never_filled, closed_in_another_book",
    )
    order_id: pl.String = pa.Field(nullable=True, description="order; null for a close of what was flat already")
    trade_id: pl.String = pa.Field(nullable=True, description="trade; null until it is named")
    signal_id: pl.String = pa.Field(nullable=True, description="signal it came from")
    experiment_id: pl.String = pa.Field(nullable=True, description="experiment; null where only another book's close")
    experiment_variant: pl.String = pa.Field(nullable=True, description="arm of the experiment")
    playbook_id: pl.String = pa.Field(nullable=True, description="playbook that was followed")
    symbol: pl.String = pa.Field(nullable=True, description="market")
    qty: pl.Float64 = pa.Field(nullable=True, description="ordered, base units")
    price: pl.Float64 = pa.Field(nullable=True, description="of the order, else its signal's entry, quote money")
    stop: pl.Float64 = pa.Field(nullable=True, description="the signal's stop; null: the whole notional is at risk")
    risk_usd: pl.Float64 = pa.Field(nullable=True, description="at risk in the order after it; null: no price yet")
    change_usd: pl.Float64 = pa.Field(nullable=True, description="how much that moved; null: not known")
    exposure_usd: pl.Float64 = pa.Field(nullable=True, description="notional of the order after it")
    pnl_usd: pl.Float64 = pa.Field(nullable=True, description="net result of the trade that closed with it")
    reserved_usd: pl.Float64 = pa.Field(ge=0, description="at risk in all open orders and trades of the book")
    lost_usd: pl.Float64 = pa.Field(ge=0, description="losses of the UTC day so far; gains give nothing back")
    budget_usd: pl.Float64 = pa.Field(
        nullable=True, description="daily risk budget; null: equity unknown, or a book without one"
    )
    n_trades: pl.Int64 = pa.Field(ge=0, description="orders of the UTC day so far")


class OpenRisk(Reserved, key=("day", "source", "session_id", "book", "order_id")):
    """One row per day and order whose risk is still reserved at its end: what the next day begins with."""

    order_id: pl.String = pa.Field(description="the bot's id of the order")
    signal_id: pl.String = pa.Field(nullable=True, description="signal it came from")
    trade_id: pl.String = pa.Field(nullable=True, description="trade; null until it is named")
    experiment_id: pl.String = pa.Field(description="experiment")
    experiment_variant: pl.String = pa.Field(nullable=True, description="arm of the experiment")
    playbook_id: pl.String = pa.Field(nullable=True, description="playbook that was followed")
    symbol: pl.String = pa.Field(description="market")
    side: pl.Int64 = pa.Field(isin=[1, -1], description="1 long, -1 short")
    qty: pl.Float64 = pa.Field(gt=0, description="ordered, base units")
    price: pl.Float64 = pa.Field(nullable=True, gt=0, description="of the order, else its signal's entry; quote money")
    stop: pl.Float64 = pa.Field(nullable=True, gt=0, description="the signal's stop; null: none")
    reserved_us: pl.Int64 = pa.Field(description="when it was submitted, microseconds since 1970")
    filled_qty: pl.Float64 = pa.Field(ge=0, description="entered, base units")
    filled_usd: pl.Float64 = pa.Field(ge=0, description="entered, notional")
    filled_risk_usd: pl.Float64 = pa.Field(ge=0, description="what that loses at the stop")
    closed_qty: pl.Float64 = pa.Field(ge=0, description="left, base units")
    exit_usd: pl.Float64 = pa.Field(ge=0, description="left, notional")
    fees_usd: pl.Float64 = pa.Field(description="fees of its fills so far")
    risk_usd: pl.Float64 = pa.Field(nullable=True, ge=0, description="at risk at the day's end; null: no price yet")
    exposure_usd: pl.Float64 = pa.Field(nullable=True, ge=0, description="notional at entry prices")
