"""Rows that both worlds are written in."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

FIRST = dt.date(2024, 1, 1)
Row = dict[str, Any]


@cache
def day(k: int) -> dt.date:
    return FIRST + dt.timedelta(days=k)


@cache
def at(k: int) -> dt.datetime:
    """Noon of day k."""
    return dt.datetime.combine(day(k), dt.time(12), dt.UTC)


def outcome(signal_id: str, decided: int, known: int, pnl: float | None) -> Row:
    """What came of the decision of day ``decided``, known on day ``known``; no PnL: unlabelled. Notional is 1000."""
    money = {"net_pnl_usd": pnl, "net_roi": None if pnl is None else pnl / 1000}
    row = {"signal_id": signal_id, "decided_at": at(decided), "known_at": at(known), "day": day(known)}
    return row | {"outcome": "unlabelled" if pnl is None else "ttl_expired"} | money
