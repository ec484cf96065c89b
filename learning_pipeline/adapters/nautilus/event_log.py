"""Events as NautilusTrader's ``to_dict`` gives them, one JSON object a line; or its log, written as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from learning_pipeline.adapters.nautilus.json_log import event_in, is_log_line
from learning_pipeline.adapters.nautilus.reports import SIDES, base_position_id, closed_of, fill_of
from learning_pipeline.adapters.nautilus.row import Row
from learning_pipeline.adapters.nautilus.session import Answer, Balance, Closed, Fill, Held, Order, Told
from learning_pipeline.errors import BadInput

_PRECISE = json.JSONDecoder(parse_float=str).decode
"""A number with a point stays text: its digits are read as decimals."""


def is_event_log(path: Path) -> bool:
    """Whether the first line that is not blank is an event of NautilusTrader."""
    try:
        with path.open("rb") as file:
            first = next((line for line in file if line.strip()), b"")
        event = json.loads(first)
    except (ValueError, RecursionError):
        return False
    if not isinstance(event, dict):
        return False
    return is_log_line(event) or (isinstance(event.get("type"), str) and "ts_init" in event)


def told_by_events(path: Path) -> Told:
    """Orders with their answers, fills, closed positions and balances of a file of events.

    A last line without a newline that is no JSON yet is left for later: the bot still writes.

    Raises
    ------
    BadInput
        A line that is no JSON object, or an event that lacks a field; the line is named.
    """
    log = _Log()
    for row in _rows(path):
        read = _READERS.get(row.text("type"))
        if read is not None:
            read(log, row)
    return Told(
        orders=tuple(log.orders),
        answers=tuple(log.answers),
        fills=tuple(log.fills),
        closed=tuple(log.closed),
        held=tuple(log.held),
        balances=tuple(log.balances),
    )


class _Log:
    """What was read so far."""

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.answers: list[tuple[str, Answer]] = []
        self.fills: list[Fill] = []
        self.closed: list[Closed] = []
        self.positions: set[str] = set()
        self.held: list[Held] = []
        self.balances: list[Balance] = []


def _rows(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        for n, line in enumerate(file, 1):
            if line.strip():
                event = _event(line, f"{path} line {n}")
                told = event_in(event) if event is not None and is_log_line(event) else event
                if told is not None:
                    yield Row(f"{path} line {n}", told)


def _event(line: bytes, where: str) -> dict[str, Any] | None:
    """The object on a line; None where the line is not written to its end."""
    try:
        event = _PRECISE(line.decode())
    except (ValueError, RecursionError) as e:
        if not line.endswith(b"\n"):
            return None
        raise BadInput(f"{where}: expected an event of nautilus as a JSON object, found {line[:60]!r}: {e}") from e
    if not isinstance(event, dict):
        raise BadInput(f"{where}: expected an event of nautilus as a JSON object, found {line[:60]!r}")
    return event


def _initialized(log: _Log, row: Row) -> None:
    options = row.values.get("options")
    prices = Row(f"{row.where}, options", options if isinstance(options, dict) else row.values)
    log.orders.append(
        Order(
            order_id=row.text("client_order_id"),
            trader_id=row.text("trader_id"),
            strategy_id=row.text("strategy_id"),
            instrument_id=row.text("instrument_id"),
            position_id=row.maybe("position_id"),
            side=row.one_of("order_side", SIDES),
            qty=row.positive("quantity"),
            in_quote=row.flag("quote_quantity"),
            limit=prices.maybe_number("price"),
            trigger=prices.maybe_number("trigger_price"),
            is_reduce_only=row.flag("reduce_only"),
            parent_id=row.maybe("parent_order_id"),
            spawned_by=row.maybe("exec_spawn_id"),
            made_ns=row.instant("ts_init"),
        )
    )


def _answer(log: _Log, row: Row, answer: Answer) -> None:
    log.answers.append((row.text("client_order_id"), answer))


def _denied(log: _Log, row: Row) -> None:
    _answer(log, row, Answer("blocked", row.instant("ts_event"), row.maybe("reason"), by="RiskEngine"))


def _rejected(log: _Log, row: Row) -> None:
    _answer(log, row, Answer("blocked", row.instant("ts_event"), row.maybe("reason"), by="venue"))


def _accepted(log: _Log, row: Row) -> None:
    _answer(log, row, Answer("approved", row.instant("ts_event")))


def _canceled(log: _Log, row: Row) -> None:
    _answer(log, row, Answer("cancelled", row.instant("ts_event")))


def _expired(log: _Log, row: Row) -> None:
    _answer(log, row, Answer("expired", row.instant("ts_event")))


def _filled(log: _Log, row: Row) -> None:
    fill = fill_of(row)
    log.fills.append(fill)
    _answer(log, row, Answer("approved", fill.at_ns, price=fill.price))


def _opened(log: _Log, row: Row) -> None:
    log.positions.add(row.text("position_id"))


def _changed(log: _Log, row: Row) -> None:
    """The first word of a position that is not its opening: so much of it was held before."""
    name = row.text("position_id")
    if name not in log.positions:
        before = row.number("signed_qty") - _last_signed(log, row)
        at_ns = log.fills[-1].at_ns if log.fills else 0
        log.held.append(Held(base_position_id(name), row.text("opening_order_id"), before, at_ns))
    log.positions.add(name)


def _last_signed(log: _Log, row: Row) -> Decimal:
    """What the fill behind a change of position did to it; 0 where that fill is not in the file."""
    name = row.text("position_id")
    last = next((fill for fill in reversed(log.fills) if fill.position_id == name), None)
    if last is None:
        return Decimal(0)
    return (row.maybe_number("last_qty") or last.qty) * (1 if last.side == "buy" else -1)


def _closed(log: _Log, row: Row) -> None:
    _changed(log, row)
    log.closed.append(closed_of(row))


def _account(log: _Log, row: Row) -> None:
    balances = row.values.get("balances")
    for balance in balances if isinstance(balances, list) else []:
        where = Row(f"{row.where}, balances", {**row.values, **(balance if isinstance(balance, dict) else {})})
        log.balances.append(
            Balance(
                where.text("account_id"),
                where.text("currency"),
                where.number("total"),
                where.number("free"),
                row.instant("ts_event"),
            )
        )


_READERS: dict[str, Callable[[_Log, Row], None]] = {
    "OrderInitialized": _initialized,
    "OrderDenied": _denied,
    "OrderRejected": _rejected,
    "OrderAccepted": _accepted,
    "OrderFilled": _filled,
    "OrderCanceled": _canceled,
    "OrderExpired": _expired,
    "PositionOpened": _opened,
    "PositionChanged": _changed,
    "PositionClosed": _closed,
    "AccountState": _account,
}
