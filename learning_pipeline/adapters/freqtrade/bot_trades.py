"""A bot's trades, from the rows of its database."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from learning_pipeline.adapters.freqtrade.bot_rows import BotOrder, BotTrade, as_trade, instant, timeframe_word
from learning_pipeline.adapters.freqtrade.levels import sound_stop
from learning_pipeline.adapters.freqtrade.tables import Row, Tables
from learning_pipeline.adapters.freqtrade.trade import Order, Trade
from learning_pipeline.contracts import TIMEFRAME_PATTERN


class BotTrades(NamedTuple):
    """Trades in the order of their ids, and what could not be used."""

    trades: list[Trade]
    rows: list[BotTrade]
    """The row of each trade."""

    faults: list[str]
    """One sentence a row that no trade could be made of."""

    n_derived: int
    """Trades with an entry or exit of which no order tells: made of the trade's own columns."""


def bot_trades(tables: Tables, name: str) -> BotTrades:
    """Every trade that can be used.

    Parameters
    ----------
    name : str
        What the ids begin with; with the row's id and its opening they stay the same in a database that grows.
    """
    orders = _by_trade(tables.orders)
    found = BotTrades([], [], [], 0)
    n_derived = 0
    for raw in tables.trades:
        try:
            row = as_trade(raw)
            trade, is_derived = _trade(name, row, [_order(order) for order in orders[row.id]])
        except ValueError as e:  # msgspec's faults are ValueErrors too
            found.faults.append(f"trade {raw['id']}: {e}")
            continue
        found.trades.append(trade)
        found.rows.append(row)
        n_derived += is_derived
    return found._replace(n_derived=n_derived)


def _by_trade(orders: Sequence[Row]) -> dict[object, list[Row]]:
    by_trade: dict[object, list[Row]] = defaultdict(list)
    for order in orders:
        by_trade[order.get("ft_trade_id")].append(order)
    return by_trade


def _order(raw: Row) -> BotOrder:
    try:
        return msgspec.convert(raw, BotOrder)
    except msgspec.ValidationError as e:
        raise ValueError(f"order {raw['id']}: {e}") from e


def _trade(name: str, row: BotTrade, rows: Sequence[BotOrder]) -> tuple[Trade, bool]:
    """A trade, and whether an order of it had to be made up from the trade's columns."""
    opened_at, is_short = instant(row.open_date), bool(row.is_short)
    timeframe = timeframe_word(row.timeframe)
    if timeframe is None or not re.match(TIMEFRAME_PATTERN, timeframe):
        raise ValueError(f"expected a timeframe, was {row.timeframe!r}")
    trade_id = f"{name}:{row.id}:{row.pair}:{_stamp(opened_at)}"
    told = [order for each in rows if (order := _done(trade_id, row, each))]
    orders = sorted([*told, *_untold(trade_id, row, told, bool(rows))], key=lambda order: order.submitted_at)
    entries = [order for order in orders if order.is_entry and order.filled_at]
    fee_close = row.fee_open if row.fee_close is None else row.fee_close
    trade = Trade(
        trade_id=trade_id,
        signal_id=trade_id,
        pair=row.pair,
        timeframe=timeframe,
        strategy=row.strategy or None,
        is_short=is_short,
        enter_tag=row.enter_tag or None,
        opened_at=opened_at,
        closed_at=None if row.is_open else _closed_at(row, orders),
        fee_open=row.fee_open,
        fee_close=fee_close,
        funding_fees=row.funding_fees or 0.0,
        pnl=None if row.is_open else _pnl(row, fee_close),
        exit_reason=row.exit_reason or None,
        leverage=row.leverage or 1.0,
        stop_price=sound_stop(
            row.initial_stop_loss, (entries[0].price if entries else None) or row.open_rate, is_short
        ),
        target_price=None,
        orders=tuple(orders),
    )
    return trade, len(orders) > len(told)


def _done(trade_id: str, trade: BotTrade, row: BotOrder) -> Order | None:
    """An order that will not change any more; None for one that is still open, or never came to be."""
    asked = row.ft_amount or row.amount
    if row.ft_is_open or not (row.done or asked):
        return None
    when = row.order_filled_date or row.order_update_date or row.order_date or trade.open_date
    is_entry = row.ft_order_side == ("sell" if trade.is_short else "buy")
    return Order(
        order_id=f"{trade_id}/{row.order_id or row.id}",
        submitted_at=instant(row.order_date or when),
        filled_at=instant(when) if row.done and row.rate else None,
        is_entry=is_entry,
        side=_side(trade, is_entry),
        amount=row.done or asked or 0.0,
        price=row.rate,
        tag=row.ft_order_tag or None,
    )


def _untold(trade_id: str, row: BotTrade, told: Sequence[Order], has_orders: bool) -> Iterator[Order]:
    """Entry and exit that must have been, as the trade itself says, where no order tells of them."""
    filled = [order for order in told if order.filled_at]
    entered = sum(order.amount for order in filled if order.is_entry)
    if not entered and row.amount > 0 and not (row.is_open and (has_orders or row.open_order_id)):
        entered = row.amount
        yield _made_up(trade_id, row, "entry", row.amount, row.open_rate, row.open_date)
    if not row.is_open and row.close_rate and row.close_date and not any(not order.is_entry for order in filled):
        yield _made_up(trade_id, row, "exit", entered or row.amount, row.close_rate, row.close_date)


def _made_up(trade_id: str, row: BotTrade, what: str, amount: float, price: float, at: str) -> Order:
    is_entry = what == "entry"
    return Order(f"{trade_id}/{what}", instant(at), instant(at), is_entry, _side(row, is_entry), amount, price)


def _side(trade: BotTrade, is_entry: bool) -> str:
    return "sell" if bool(trade.is_short) == is_entry else "buy"


def _closed_at(row: BotTrade, orders: Sequence[Order]) -> dt.datetime:
    if row.close_date:
        return instant(row.close_date)
    if last := [order.filled_at for order in orders if order.filled_at and not order.is_entry]:
        return max(last)
    raise ValueError("it is closed and nothing says when")


def _pnl(row: BotTrade, fee_close: float) -> float:
    """Profit as freqtrade says; in databases that have none, as its own migration makes it up."""
    if row.close_profit_abs is not None:
        return row.close_profit_abs
    if row.close_rate is None:
        raise ValueError("it is closed, with neither a profit nor a closing rate")
    opened = row.amount * row.open_rate * (1 + row.fee_open) if row.open_trade_value is None else row.open_trade_value
    return row.amount * row.close_rate * (1 - fee_close) - opened


def _stamp(at: dt.datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
