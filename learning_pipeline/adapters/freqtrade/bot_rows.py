"""Rows of a bot's database, typed; every generation in the words of the newest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct

from learning_pipeline.adapters.freqtrade.result import Name, Number, Positive, Rate

Flag = Literal[0, 1]
RENAMED = {"sell_reason": "exit_reason", "buy_tag": "enter_tag", "fee": "fee_open"}
"""Columns before 2022, and what they are called since."""

_EXITS = {"sell_signal": "exit_signal", "custom_sell": "custom_exit"}
_EXITS |= {"force_sell": "force_exit", "emergency_sell": "emergency_exit"}
_LEAST, _MOST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC), dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


class BotTrade(Struct, gc=False):
    """A row of ``trades``, as far as it is read; what a generation has not is null."""

    id: int
    pair: Name
    is_open: Flag
    open_rate: Positive
    amount: Number
    open_date: str
    fee_open: Rate = 0.0
    fee_close: Rate | None = None
    exchange: str | None = None
    stake_currency: str | None = None
    close_rate: Positive | None = None
    close_date: str | None = None
    close_profit_abs: Number | None = None
    open_trade_value: Number | None = None
    open_order_id: str | None = None
    initial_stop_loss: Number | None = None
    exit_reason: str | None = None
    enter_tag: str | None = None
    strategy: str | None = None
    timeframe: int | str | None = None
    leverage: Number | None = None
    is_short: Flag | None = None
    funding_fees: Number | None = None
    fee_open_currency: str | None = None
    fee_close_currency: str | None = None


class BotOrder(Struct, gc=False):
    """A row of ``orders``, as far as it is read."""

    id: int
    ft_trade_id: int
    ft_order_side: str
    """``buy``, ``sell``; ``stoploss`` where the stop lay on the exchange (until 2024)."""

    ft_is_open: Flag
    order_id: str | None = None
    status: str | None = None
    side: str | None = None
    price: Number | None = None
    average: Number | None = None
    amount: Number | None = None
    filled: Number | None = None
    stop_price: Number | None = None
    ft_amount: Number | None = None
    ft_price: Number | None = None
    ft_fee_base: Number | None = None
    order_date: str | None = None
    order_filled_date: str | None = None
    order_update_date: str | None = None
    ft_order_tag: str | None = None

    @property
    def done(self) -> float:
        """Base units filled, less a fee taken in base units; 0 where nothing was."""
        closed = self.amount if self.status == "closed" else None
        filled = closed if self.filled is None else self.filled
        return max((filled or 0.0) - (self.ft_fee_base or 0.0), 0.0)

    @property
    def rate(self) -> float | None:
        """Average of the fill, else the limit, else the stop: as freqtrade takes it."""
        rate = self.average or self.price or self.stop_price or self.ft_price
        return rate if rate and rate > 0 else None


class BotLock(Struct, gc=False):
    """A row of ``pairlocks``; no ``side`` before 2022."""

    pair: Name
    lock_time: str
    lock_end_time: str
    reason: str | None = None
    side: str | None = None


def as_trade(row: Mapping[str, Any]) -> BotTrade:
    """A row of any generation; ValueError says which column is not what it must be."""
    renamed = {
        RENAMED.get(name, name): value for name, value in row.items() if name not in RENAMED or value is not None
    }
    trade = msgspec.convert(renamed, BotTrade)
    trade.exit_reason = _EXITS.get(trade.exit_reason or "", trade.exit_reason)
    return trade


def instant(text: str) -> dt.datetime:
    """A time as freqtrade stores it: UTC without saying so; ValueError for anything else.

    >>> instant("2024-05-05 13:59:07.006000")
    datetime.datetime(2024, 5, 5, 13, 59, 7, 6000, tzinfo=datetime.timezone.utc)
    """
    at = dt.datetime.fromisoformat(text)
    at = at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)
    if not _LEAST <= at < _MOST:
        raise ValueError(f"expected a time between 1990 and 2100, was {text!r}")
    return at


def timeframe_word(stored: int | str | None) -> str | None:
    """A timeframe as stored (minutes, or a word in old databases); None where none is.

    >>> [timeframe_word(minutes) for minutes in (5, 60, 4320, 10080, "15m", None)]
    ['5m', '1h', '3d', '1w', '15m', None]
    """
    if not isinstance(stored, int):
        return stored or None
    if stored <= 0:
        return None
    length, unit = next((n, unit) for n, unit in ((10080, "w"), (1440, "d"), (60, "h"), (1, "m")) if stored % n == 0)
    return f"{stored // length}{unit}"
