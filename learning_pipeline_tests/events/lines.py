"""One valid line of every event type, and lines with changes."""

from __future__ import annotations

import json
from typing import Any

ENVELOPE = {"event_id": "e1", "at": "2024-01-02T03:04:05Z", "source": "bot"}
GATE = {"name": "halo", "passed": False, "value": 0.4, "threshold": 0.3, "base_threshold": 0.2, "op": "<="}

PAYLOADS: dict[str, dict[str, Any]] = {
    "signal": {
        "signal_id": "s1",
        "symbol": "BTC/USDT",
        "timeframe": "1h",
        "strategy": "trend",
        "side": "long",
        "scope": {"regime": "up", "chain": "sol"},
        "features": {"ts": 0.6, "halo": 1},
        "flags": {"fresh": True},
        "entry_price": 100.0,
        "ttl_bars": 3,
    },
    "decision": {
        "signal_id": "s1",
        "decision": "blocked",
        "blocker_component": "halo",
        "market": {"price": 101.5, "spread_bps": 2, "regime": "up"},
        "gates": [GATE, {"name": "ts", "passed": True}],
        "propensity": 0.5,
        "metadata": {"note": ["any", {"thing": None}]},
    },
    "order_submitted": {"order_id": "o1", "signal_id": "s1", "symbol": "BTC/USDT", "side": "buy", "qty": 2},
    "fill": {
        "fill_id": "f1",
        "order_id": "o1",
        "trade_id": "t1",
        "symbol": "BTC/USDT",
        "side": "sell",
        "qty": 2,
        "price": 99.5,
        "fee_usd": -0.01,
    },
    "trade_blocked": {"reason": "daily_risk_budget", "book": "learning", "experiment_id": "x1"},
    "trade_closed": {
        "trade_id": "t1",
        "symbol": "BTC/USDT",
        "timeframe": "1h",
        "side": "long",
        "qty": 2,
        "entry_price": 100,
        "exit_price": 110,
        "opened_at": "2024-01-01T00:00:00Z",
        "closed_at": "2024-01-02T00:00:00+02:00",
        "fees_usd": 1,
        "pnl_usd": 19,
        "roi": 0.095,
        "scope": {"regime": "up"},
    },
    "position": {
        "position_id": "p1",
        "token": "BTC",
        "timeframe": "4h",
        "status": "active",
        "total_allocation_pct": 3.5,
        "learning_book": True,
        "experiment_id": "x1",
    },
    "portfolio_snapshot": {"equity_usd": 1000, "cash_usd": 400.5},
    "episode_outcome": {"signal_id": "s1", "outcome": "success"},
    "setup": {"setup_id": "u1", "r_achieved": -1.0, "bars_to_outcome": 7},
    "experiment": {
        "experiment_id": "x1",
        "hypothesis": "pullbacks pay",
        "status": "draft",
        "exposure": {"target_symbols": ["BTC", "ETH"], "trigger_categories": []},
        "metrics": {"min_sample_size": 20, "max_loss_usd": 50},
    },
    "judge_action": {"action": "replan", "why": {"b": [1, "two"], "a": None}},
    "ai_response": {
        "prompt_pack": "p",
        "version": "1",
        "model": "m",
        "latency_ms": 12,
        "schema_valid": True,
        "refused": False,
        "n_claims": 3,
        "embedding": [0.5, 1],
    },
    "analytics_report": {"name": "sharpe", "value": 1.5, "labels": {"pair": "BTC"}},
}


def fields(event_type: str, **changes: Any) -> dict[str, Any]:
    """A valid event with changes; a change to ``...`` takes the field away."""
    full = {"type": event_type, **ENVELOPE, **PAYLOADS[event_type], **changes}
    return {name: value for name, value in full.items() if value is not ...}


def line(event_type: str, **changes: Any) -> bytes:
    """The same as a line, without the newline."""
    return json.dumps(fields(event_type, **changes)).encode()


def signal_line(**changes: Any) -> bytes:
    """A line of a signal."""
    return line("signal", **changes)


def delivered(*lines: bytes) -> bytes:
    """A file of lines, each with its newline."""
    return b"".join(one + b"\n" for one in lines)
