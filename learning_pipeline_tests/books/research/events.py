"""A bot that researches: its equity, an experiment, signals, fills and closes of research trades."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from learning_pipeline_tests.worlds import MONDAY, stamp

HOUR = dt.timedelta(hours=1)
TAGS = {"book": "research", "experiment_id": "e1", "playbook_id": "rsi_extremes"}


def event(kind: str, name: str, at: dt.datetime, **payload: Any) -> dict[str, Any]:
    return {"event_id": name, "type": kind, "at": stamp(at), "source": "bot", **payload}


def snapshot(at: dt.datetime, equity: float = 9_000.0) -> dict[str, Any]:
    return event("portfolio_snapshot", f"eq@{stamp(at)}", at, equity_usd=equity, cash_usd=equity)


def experiment(at: dt.datetime, status: str = "running", name: str = "e1", **more: Any) -> dict[str, Any]:
    what = {"experiment_id": name, "hypothesis": "the RSI turns", "playbook_id": "rsi_extremes", "status": status}
    exposure = {"target_symbols": ["AAA"], "trigger_categories": ["mean_reversion"]}
    metrics = {"min_sample_size": 20, "max_loss_usd": 50.0}
    return event("experiment", f"{name}-{status}", at, **what, exposure=exposure, metrics=metrics, **more)


def suggested(at: dt.datetime, name: str = "j1", **changed: Any) -> dict[str, Any]:
    suggestion = {
        "playbook_id": "macd_divergence",
        "hypothesis": "divergence pays in a range",
        "target_symbols": [],
        "trigger_categories": ["reversal"],
        "rationale": "its evidence is thin",
    }
    return event("judge_action", name, at, action="suggest_experiment", experiment_suggestion=suggestion | changed)


def signal(name: str, at: dt.datetime, side: str = "long", entry: float = 100.0, **more: Any) -> dict[str, Any]:
    away = 1 if side == "long" else -1
    levels = {"entry_price": entry, "stop_price": entry - 2 * away, "target_price": entry + 2 * away}
    what = {"symbol": "AAA", "timeframe": "1h", "strategy": "rsi_extremes", "side": side, "ttl_bars": 24}
    more = {"category": "mean_reversion", "features": {"rsi": 28.0}} | TAGS | more
    return event("signal", f"signal-{name}", at, signal_id=f"s-{name}", **what, **levels, **more)


def fill(
    name: str, leg: str, at: dt.datetime, side: str, price: float, qty: float = 1.0, fee: float = 0.1, **more: Any
) -> dict[str, Any]:
    ids = {"fill_id": f"{name}-{leg}", "order_id": f"{name}-{leg}-order", "trade_id": name, "signal_id": f"s-{name}"}
    what = {"symbol": "AAA", "side": side, "qty": qty, "price": price, "fee_usd": fee}
    return event("fill", f"fill-{name}-{leg}", at, **ids | what | TAGS | more)


def closed(
    name: str, opened: dt.datetime, at: dt.datetime, price: float, qty: float = 1.0, fees: float = 0.2, **more: Any
) -> dict[str, Any]:
    """A long trade from 100."""
    pnl = (price - 100.0) * qty - fees
    money = {"qty": qty, "entry_price": 100.0, "exit_price": price, "fees_usd": fees, "pnl_usd": pnl}
    what = {"trade_id": name, "signal_id": f"s-{name}", "symbol": "AAA", "timeframe": "1h", "side": "long"}
    times = {"opened_at": stamp(opened), "closed_at": stamp(at), "roi": pnl / (qty * 100.0)}
    return event("trade_closed", f"closed-{name}@{stamp(at)}", at, **what | money | times | TAGS | more)


def traded(
    name: str, at: dt.datetime, price: float, hours: int = 5, qty: float = 1.0, **more: Any
) -> list[dict[str, Any]]:
    """A long trade from 100 to a price: signal, entry, exit, report."""
    over = at + hours * HOUR
    return [
        signal(name, at),
        fill(name, "in", at + HOUR / 60, "buy", 100.0, qty),
        fill(name, "out", over, "sell", price, qty),
        closed(name, at + HOUR / 60, over, price, qty, **more),
    ]


def flat_bars(n_days: int, prices: dict[int, float] | None = None) -> pl.DataFrame:
    """Hourly bars of AAA at 100, but for the hours named."""
    rows = []
    for hour in range(24 * n_days):
        price = (prices or {}).get(hour, 100.0)
        rows.append(("AAA", "1h", MONDAY + hour * HOUR, price, price, price, price, 1.0))
    columns = ["symbol", "timeframe", "ts", "open", "high", "low", "close", "volume"]
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(pl.col("ts").dt.cast_time_unit("us"))
