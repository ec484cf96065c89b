"""An entry that a strategy wanted, and the answer to it."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from learning_pipeline.contracts.imported import Event


class Entry(NamedTuple):
    """What a strategy wanted at a candle, and what was decided.

    ``made_at`` is the close of the signal's candle, which is the open of the candle of the entry; ``decided_at`` is
    when freqtrade decided. In a backtest they are the same instant.
    """

    signal_id: str
    pair: str
    timeframe: str
    strategy: str
    side: str
    made_at: dt.datetime
    decided_at: dt.datetime
    price: float | None
    """Known at the decision: the open of the candle of the entry, or the first fill's price."""

    enter_tag: str | None = None
    stop_price: float | None = None
    target_price: float | None = None
    qty: float | None = None
    notional_usd: float | None = None
    features: dict[str, float] | None = None
    """Numbers known at ``made_at``."""

    gates: tuple[dict[str, Any], ...] = ()
    blocked_by: str | None = None
    """The gate that stopped it; None: approved."""

    reason: str | None = None
    """freqtrade's words."""


def entry_events(entry: Entry) -> list[Event]:
    """A signal and the decision on it."""
    signal = {
        "signal_id": entry.signal_id,
        "symbol": entry.pair,
        "timeframe": entry.timeframe,
        "strategy": entry.strategy,
        "side": entry.side,
        "pattern_key": entry.enter_tag or None,
        "features": entry.features or None,
        "entry_price": entry.price,
        "stop_price": entry.stop_price,
        "target_price": entry.target_price,
        "qty": entry.qty,
        "notional_usd": entry.notional_usd,
    }
    decision = {
        "signal_id": entry.signal_id,
        "decision": "blocked" if entry.blocked_by else "approved",
        "blocker_component": entry.blocked_by,
        "blocker_reason": entry.reason if entry.blocked_by else None,
        "market": {"price": entry.price} if entry.price else None,
        "gates": list(entry.gates) or None,
    }
    return [Event("signal", entry.made_at, known(signal)), Event("decision", entry.decided_at, known(decision))]


def known(payload: dict[str, Any]) -> dict[str, Any]:
    """The fields that are known."""
    return {name: value for name, value in payload.items() if value is not None}
