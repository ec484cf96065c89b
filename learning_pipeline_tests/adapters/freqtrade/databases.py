"""Databases as bots of five generations left them: the real column lists, numbers made by the test."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

NOON = dt.datetime(2024, 2, 1, 12)  # noqa: DTZ001  # as freqtrade stores it
HOUR = dt.timedelta(hours=1)

_FEES = [f"fee_{side}{what}" for side in ("open", "close") for what in ("", "_cost", "_currency")]
_HEAD = ["id", "exchange", "pair"]
_RATES = ["open_rate", "open_rate_requested", "open_trade_value", "close_rate", "close_rate_requested"]
_PROFIT = ["close_profit", "close_profit_abs", "stake_amount", "amount", "amount_requested", "open_date", "close_date"]
_STOPS = ["stop_loss", "stop_loss_pct", "initial_stop_loss", "initial_stop_loss_pct"]
_ON_EXCHANGE = ["stoploss_order_id", "stoploss_last_update"]
_LATER = ["trading_mode", "leverage", "is_short", "liquidation_price", "interest_rate", "funding_fees"]
_PRECISION = ["amount_precision", "price_precision", "precision_mode", "contract_size"]

_2021 = [*_HEAD, "is_open", *_FEES, *_RATES, *_PROFIT, "open_order_id", *_STOPS, *_ON_EXCHANGE, "max_rate", "min_rate"]
_2021 += ["sell_reason", "sell_order_status", "strategy", "timeframe"]
_2022 = [{"sell_reason": "exit_reason", "sell_order_status": "exit_order_status"}.get(name, name) for name in _2021]
_2022 += ["enter_tag", "base_currency", "stake_currency", *_LATER]
_2024 = [name for name in _2022 if name not in {"open_order_id", *_ON_EXCHANGE}]
_2024 += ["realized_profit", "max_stake_amount", "is_stop_loss_trailing", "funding_fee_running", *_PRECISION]
GENERATIONS = {
    35: _2021,
    36: [*_2021, "buy_tag"],
    44: _2022,
    49: _2024,
    51: [*_2024, "precision_mode_price", "record_version"],
}
"""Columns of ``trades``, by how many there are."""

_ORDERS_2020 = ["id", "ft_trade_id", "ft_order_side", "ft_pair", "ft_is_open", "order_id", "status", "symbol"]
_ORDERS_2020 += ["order_type", "side", "price", "amount", "filled", "remaining", "cost"]
_ORDERS_2020 += ["order_date", "order_filled_date", "order_update_date"]
_ORDERS_2024 = [*_ORDERS_2020, "average", "ft_fee_base", "stop_price", "funding_fee", "ft_amount", "ft_price"]
_ORDERS_2024 += ["ft_cancel_reason", "ft_order_tag"]
ORDERS = {35: _ORDERS_2020, 36: [*_ORDERS_2020, "average"], 44: _ORDERS_2024[:22], 49: _ORDERS_2024, 51: _ORDERS_2024}
LOCKS = ["id", "pair", "reason", "lock_time", "lock_end_time", "active"]

_WORDS = {"exit_reason": "sell_reason", "exit_order_status": "sell_order_status", "enter_tag": "buy_tag"}


def stored(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S.%f}"


def trade(n: int = 1, at: dt.datetime = NOON, **over: Any) -> dict[str, Any]:
    """A closed long of 2 AAA from 100 to 110 over three hours, 0.1 % a side: 20 less 0.42."""
    made = {
        "id": n, "exchange": "binance", "pair": "AAA/USDT", "base_currency": "AAA", "stake_currency": "USDT",
        "is_open": 0, "fee_open": 0.001, "fee_close": 0.001, "open_rate": 100.0, "close_rate": 110.0,
        "close_profit_abs": 19.58, "realized_profit": 19.58, "stake_amount": 200.0, "amount": 2.0,
        "open_date": stored(at), "close_date": stored(at + 3 * HOUR), "initial_stop_loss": 90.0, "stop_loss": 97.0,
        "exit_reason": "roi", "strategy": "Dips", "enter_tag": "dip", "timeframe": 60, "trading_mode": "SPOT",
        "leverage": 1.0, "is_short": 0, "interest_rate": 0.0, "funding_fees": 0.0, "is_stop_loss_trailing": 0,
        "record_version": 2,
    }  # fmt: skip
    return made | over


def order(
    n: int, of: int = 1, side: str = "buy", amount: float = 2.0, price: float = 100.0, hours: float = 0.0, **over: Any
) -> dict[str, Any]:
    """A filled order, so many hours after noon."""
    at = stored(NOON + hours * HOUR)
    made = {
        "id": n, "ft_trade_id": of, "ft_order_side": side, "ft_pair": "AAA/USDT", "ft_is_open": 0,
        "order_id": f"dry_run_{n}", "status": "closed", "symbol": "AAA/USDT", "order_type": "limit", "side": side,
        "price": price, "average": price, "amount": amount, "filled": amount, "remaining": 0.0,
        "cost": amount * price, "order_date": at, "order_filled_date": at, "order_update_date": at,
        "ft_amount": amount, "ft_price": price,
    }  # fmt: skip
    return made | over


def round_trip() -> list[dict[str, Any]]:
    """Orders of ``trade()``."""
    return [order(1), order(2, side="sell", price=110.0, hours=3.0)]


def lock(n: int = 1, **over: Any) -> dict[str, Any]:
    until = stored(NOON + 4 * HOUR)
    made = {"id": n, "pair": "AAA/USDT", "reason": "Auto lock", "lock_time": stored(NOON), "lock_end_time": until}
    return made | {"active": 1, "side": "*"} | over


def write(
    path: Path,
    trades: Sequence[dict[str, Any]],
    orders: Sequence[dict[str, Any]] = (),
    locks: Sequence[dict[str, Any]] = (),
    generation: int = 51,
    without: Sequence[str] = (),
) -> Path:
    """A database of a generation; columns that it has not are left out, renamed ones bear its name."""
    path.unlink(missing_ok=True)
    columns = {"trades": GENERATIONS[generation], "orders": ORDERS[generation]}
    columns["pairlocks"] = [*LOCKS, "side"] if generation >= 44 else LOCKS
    with closing(sqlite3.connect(path)) as database, database:
        for table, rows in (("trades", trades), ("orders", orders), ("pairlocks", locks)):
            if table in without:
                continue
            names = columns[table]
            database.execute(f"CREATE TABLE {table} ({', '.join(f'{name} {_type(name)}' for name in names)})")
            for row in rows:
                told = {name if name in names else _WORDS.get(name, name): value for name, value in row.items()}
                values = [told.get(name) for name in names]
                database.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", values)
    return path


def _type(name: str) -> str:
    if name.endswith(("date", "time")):
        return "DATETIME"
    if name in {"id", "ft_trade_id", "timeframe"}:
        return "INTEGER"
    return "BOOLEAN" if name.startswith(("is_", "ft_is")) else "" if name in _TEXTS else "FLOAT"


_TEXTS = {"exchange", "pair", "strategy", "side", "status", "symbol", "order_id", "reason"}
