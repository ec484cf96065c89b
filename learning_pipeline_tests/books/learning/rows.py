"""Books, orders and events in few words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from learning_pipeline.books.learning import Conditions, LearningOrder, RiskBook
from learning_pipeline.books.learning.moves import Closed, Filled, Snapshot, Submitted

NOON = dt.datetime(2024, 3, 4, 12, tzinfo=dt.UTC)
NOON_US = int(NOON.timestamp()) * 1_000_000
MINUTE_US, DAY_US = 60_000_000, 86_400_000_000
CALM = Conditions(volatility=0.02, spread_bps=2.0, feed_latency_seconds=0.0)


def an_order(**changed: Any) -> LearningOrder:
    """Long one unit at 100 with its stop at 98: risk 2, exposure 100."""
    usual = {
        "experiment_id": "e1",
        "side": "long",
        "price": 100.0,
        "stop_price": 98.0,
        "qty": 1.0,
        "hold_minutes": 30.0,
    }
    return LearningOrder(**usual | changed)


def a_book(equity_usd: float | None = 10_000.0) -> RiskBook:
    """A book at noon on which nothing has happened."""
    book = RiskBook()
    if equity_usd is not None:
        book.apply(Snapshot(NOON_US, equity_usd))
    book.begin(NOON_US // DAY_US)
    return book


def submitted(name: str, minute: int = 0, **changed: Any) -> Submitted:
    usual = {
        "at_us": NOON_US + minute * MINUTE_US, "order_id": f"o-{name}", "signal_id": f"s-{name}", "trade_id": name,
        "experiment_id": "e1", "experiment_variant": None, "playbook_id": None, "symbol": "AAA", "side": 1, "qty": 1.0,
        "price": 100.0, "stop": 98.0,
    }  # fmt: skip
    return Submitted(**usual | changed)


def filled(name: str, minute: int, side: int = 1, price: float = 100.0, qty: float = 1.0, order: str = "o") -> Filled:
    return Filled(NOON_US + minute * MINUTE_US, f"{order}-{name}", name, side, qty, price, 0.1)


def closed(name: str, minute: int, pnl_usd: float, **changed: Any) -> Closed:
    usual = {"at_us": NOON_US + minute * MINUTE_US, "trade_id": name, "signal_id": f"s-{name}", "experiment_id": "e1"}
    return Closed(**usual | {"pnl_usd": pnl_usd} | changed)
