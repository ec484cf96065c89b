"""Rows -> closed trades."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from learning_pipeline.adapters.tabular.rows import Kinds, Line, identified
from learning_pipeline.contracts.imported import Event

REQUIRED = ("symbol", "side", "qty", "entry_price", "exit_price", "opened_at", "closed_at")
OPTIONAL = (
    "trade_id", "fees_usd", "pnl_usd", "timeframe", "strategy", "signal_id", "pattern_key", "exit_reason",
)  # fmt: skip
KINDS = Kinds(
    frozenset({"qty", "entry_price", "exit_price", "fees_usd", "pnl_usd"}), frozenset({"opened_at", "closed_at"})
)
SIDES = {"long": "long", "buy": "long", "short": "short", "sell": "short"}
_MOST_FEES = 0.02
"""Of what was paid and got: a profit that is further from the prices is no matter of fees."""

NO_FEES = "Fees are not told and are taken as 0: profits are before fees."
FEES_BY_PROFIT = "Fees are not told: they are what the profit is below the prices' own, where that is at most 2 %."
_PASSED_ON = ("strategy", "pattern_key", "exit_reason")


def trade_events(lines: Sequence[Line], source: str, timeframe: str | None) -> list[Event]:
    """One ``trade_closed`` a row, in order; a value that could not be read is sent as it stands, and refused by name.

    A trade without an id has one made of its content. A profit that is not told is that of the prices net of fees.
    """
    ids = identified([tuple(line.values.get(name) for name in REQUIRED) for line in lines])
    return [_event(line, made_up, source, timeframe) for line, made_up in zip(lines, ids, strict=True)]


def gaps_of(names: dict[str, str]) -> list[str]:
    """What the file does not tell."""
    if "fees_usd" in names:
        return []
    return [FEES_BY_PROFIT if "pnl_usd" in names else NO_FEES]


def _event(line: Line, made_up: str, source: str, timeframe: str | None) -> Event:
    values = line.values
    fees, pnl = _money(line)
    payload: dict[str, Any] = {
        **{name: _sent(values.get(name)) for name in REQUIRED},
        "side": SIDES.get(str(values.get("side")).lower(), values.get("side")),
        "trade_id": f"{source}/{values.get('trade_id', made_up)}",
        "signal_id": f"{source}/{values['signal_id']}" if "signal_id" in values else None,
        "timeframe": values.get("timeframe", timeframe),
        "fees_usd": fees,
        "pnl_usd": pnl,
        "roi": _roi(line, pnl),
        **{name: values.get(name) for name in _PASSED_ON},
    }
    return Event("trade_closed", line.instant("closed_at"), payload)


def _sent(value: Any) -> Any:
    """A time in UTC: what one instant is called does not depend on the zone it was written in."""
    return value.astimezone(dt.UTC) if isinstance(value, dt.datetime) else value


def _money(line: Line) -> tuple[Any, Any]:
    """Fees and profit: as told, else from the prices; as written where a told one cannot be read."""
    fees, pnl, move = line.values.get("fees_usd"), line.values.get("pnl_usd"), _move(line)
    if fees is None:
        fees = _fees_by_profit(line, move, pnl)
    if pnl is None and move is not None and isinstance(fees, float):
        pnl = move - fees
    return fees, pnl


def _fees_by_profit(line: Line, move: float | None, pnl: Any) -> float:
    if move is None or not isinstance(pnl, float):
        return 0.0
    qty, entry, leave = (line.number(name) or 0.0 for name in ("qty", "entry_price", "exit_price"))
    between = move - pnl
    return between if 0 <= between <= _MOST_FEES * qty * (entry + leave) else 0.0


def _move(line: Line) -> float | None:
    """Profit before fees by the prices; None where one of them cannot be read."""
    qty, entry, leave = (line.number(name) for name in ("qty", "entry_price", "exit_price"))
    side = SIDES.get(str(line.values.get("side")).lower())
    if qty is None or entry is None or leave is None or side is None:
        return None
    return qty * (leave - entry) * (1 if side == "long" else -1)


def _roi(line: Line, pnl: Any) -> float | None:
    qty, entry = line.number("qty"), line.number("entry_price")
    return pnl / (qty * entry) if isinstance(pnl, float) and qty and entry else None
