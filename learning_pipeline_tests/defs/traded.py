"""Events of a bot that trades: closes, fills, positions; some late, some corrected, some sent twice."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from learning_pipeline_tests.worlds import MONDAY, stamp

HOUR = dt.timedelta(hours=1)
NAMES = ["15m", "1h", "4h", "1m"]


def event(kind: str, name: str, at: dt.datetime, **payload: Any) -> dict[str, Any]:
    return {"event_id": f"{name}@{stamp(at)}", "type": kind, "at": stamp(at), "source": "bot", **payload}


def closed(
    trade_id: str, timeframe: str, roi: float, at: dt.datetime, known: dt.datetime | None = None, **more: Any
) -> dict[str, Any]:
    prices = {"qty": 1.0, "entry_price": 100.0, "exit_price": 100 * (1 + roi), "fees_usd": 0.0, "pnl_usd": 100 * roi}
    times = {"opened_at": stamp(at - HOUR), "closed_at": stamp(at)}
    what = {"trade_id": trade_id, "symbol": "AAA", "timeframe": timeframe, "side": "long", "roi": roi}
    return event("trade_closed", trade_id, known or at, **what, **prices, **times, **more)


def filled(trade_id: str, timeframe: str, roi: float, at: dt.datetime) -> list[dict[str, Any]]:
    """A signal an hour before, an entry and an exit in two parts."""
    signal_id, opened = f"s-{trade_id}", at - 30 * HOUR
    what = {"symbol": "AAA", "timeframe": timeframe, "strategy": "alpha", "side": "long", "ttl_minutes": 90}
    signal = event("signal", signal_id, opened - HOUR, signal_id=signal_id, **what)
    order = event("order_submitted", f"o-{trade_id}", opened, order_id=f"o-{trade_id}", signal_id=signal_id,
                  symbol="AAA", side="buy", qty=1.0)  # fmt: skip
    exits = [_fill(trade_id, f"out{k}", "sell", 0.5, 100 * (1 + roi), at - (1 - k) * HOUR / 2) for k in range(2)]
    return [signal, order, _fill(trade_id, f"o-{trade_id}", "buy", 1.0, 100.0, opened), *exits]


def _fill(trade_id: str, order_id: str, side: str, qty: float, price: float, at: dt.datetime) -> dict[str, Any]:
    name, what = f"f-{trade_id}-{order_id}", {"symbol": "AAA", "side": side, "qty": qty, "price": price}
    return event("fill", name, at, fill_id=name, order_id=order_id, trade_id=trade_id, **what, fee_usd=0.0)


def held(position_id: str, timeframe: str, pct: float, at: dt.datetime, status: str = "active") -> dict[str, Any]:
    what = {"position_id": position_id, "token": "SOL", "timeframe": timeframe, "status": status}
    return event("position", position_id, at, **what, total_allocation_pct=pct)


def a_bots_month(seed: int, n_trades: int, n_days: int) -> list[dict[str, Any]]:
    """Closes (some told days later, some corrected, one far back), trades by fills alone, positions; by their time."""
    rng, events = random.Random(seed), []
    for k in range(n_trades):
        at = MONDAY + dt.timedelta(seconds=rng.randrange(40 * 3600, n_days * 86_400))
        what = f"t{k}", rng.choice(NAMES), rng.randrange(-80, 100) / 1000
        late = dt.timedelta(hours=rng.choice([0, 0, 0, 1, 30]))
        events += filled(*what, at) if rng.random() < 0.3 else [closed(*what, at, at + late)]
        if rng.random() < 0.15:
            again = at + late + dt.timedelta(hours=rng.choice([1, 50, 100]))
            events.append(closed(f"t{k}", rng.choice(NAMES), rng.randrange(-80, 100) / 1000, at, again))
    for k in range(6):
        at = MONDAY + rng.randrange(n_days * 24) * HOUR
        events.append(
            held(f"p{k % 4}", rng.choice(NAMES), rng.randrange(40) / 10, at, rng.choice(["active", "closed"]))
        )
    return sorted(events, key=lambda one: (one["at"], one["event_id"]))
