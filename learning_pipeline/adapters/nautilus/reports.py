"""Reports of NautilusTrader's ``ReportProvider``: a row becomes an order, a fill, a closed position or a balance."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from learning_pipeline.adapters.nautilus.row import Row
from learning_pipeline.adapters.nautilus.session import Answer, Balance, Closed, Fill, Order, Side, Told
from learning_pipeline.errors import BadInput

SIDES: dict[str, Side] = {"BUY": "buy", "SELL": "sell"}
DIRECTIONS: dict[str, Literal["long", "short"]] = {"BUY": "long", "SELL": "short"}
_SNAPSHOT = re.compile(r"-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
_ENDED: dict[str, Literal["cancelled", "expired"]] = {"CANCELED": "cancelled", "EXPIRED": "expired"}
_REFUSED = {"DENIED": "RiskEngine", "REJECTED": "venue"}
_NEVER_ANSWERED = {"INITIALIZED", "EMULATED", "RELEASED", "SUBMITTED"}


class Report(NamedTuple):
    """A kind of report: columns that tell it from the others, columns that it must have, and how its rows are read."""

    name: str
    telling: frozenset[str]
    needed: frozenset[str]
    read: Callable[[Iterable[Row]], Told]


def report_of(columns: Iterable[str], where: str) -> Report | None:
    """The kind of report that has these columns; None where they are of none.

    Raises
    ------
    BadInput
        A report that lacks a column.
    """
    there = set(columns)
    kind = next((report for report in _REPORTS if report.telling <= there), None)
    if kind is None or kind.needed <= there:
        return kind
    missing = ", ".join(sorted(kind.needed - there))
    raise BadInput(f"{where}: expected the columns of nautilus' {kind.name} report; missing: {missing}")


def base_position_id(position_id: str) -> str:
    """The id without what a snapshot of a netting position carries behind it, which is new in every run.

    >>> base_position_id("ETH.SIM-S-001-31d56b91-da8d-41b3-b262-717e0b4d6113")
    'ETH.SIM-S-001'
    """
    return _SNAPSHOT.sub("", position_id)


def counted(name: str) -> int:
    """The number that an id ends with: nautilus counts its orders and fills up; 0 where there is none.

    >>> counted("O-20240301-001500-001-002-17"), counted("a1b")
    (17, 0)
    """
    digits = re.search(r"[0-9]{1,18}$", name)
    return int(digits[0]) if digits else 0


def _orders(rows: Iterable[Row]) -> Told:
    """Orders; of those that were filled the fills too, as one at their average price."""
    read = list(rows)
    filled = [row for row in read if row.number("filled_qty") > 0 and row.maybe("avg_px") is not None]
    return Told(orders=tuple(_order(row) for row in read), summed=_in_order(_summed(row) for row in filled))


def _in_order(fills: Iterable[Fill]) -> tuple[Fill, ...]:
    """As they happened: a report is sorted by the text of the order id."""
    return tuple(sorted(fills, key=lambda fill: (fill.at_ns, counted(fill.order_id), counted(fill.fill_id))))


def _summed(row: Row) -> Fill:
    """All fills of an order."""
    return Fill(
        fill_id=row.maybe("last_trade_id") or "all",
        order_id=row.text("client_order_id"),
        trader_id=row.text("trader_id"),
        strategy_id=row.text("strategy_id"),
        instrument_id=row.text("instrument_id"),
        position_id=row.maybe("position_id"),
        side=row.one_of("side", SIDES),
        qty=row.positive("filled_qty"),
        price=row.positive("avg_px"),
        currency=None,
        commissions=tuple(row.monies("commissions")),
        at_ns=row.instant("ts_last"),
    )


def _order(row: Row) -> Order:
    return Order(
        order_id=row.text("client_order_id"),
        trader_id=row.text("trader_id"),
        strategy_id=row.text("strategy_id"),
        instrument_id=row.text("instrument_id"),
        position_id=row.maybe("position_id"),
        side=row.one_of("side", SIDES),
        qty=row.positive("quantity"),
        in_quote=row.flag("is_quote_quantity"),
        limit=row.maybe_number("price"),
        trigger=row.maybe_number("trigger_price"),
        is_reduce_only=row.flag("is_reduce_only"),
        parent_id=row.maybe("parent_order_id"),
        spawned_by=row.maybe("exec_spawn_id"),
        made_ns=row.instant("ts_init"),
        answers=_answers(row),
    )


def _answers(row: Row) -> tuple[Answer, ...]:
    """An order report has the last state and its time, no reason and no time of acceptance.

    So an order with a limit was accepted, as far as is told, when it was made; one without when it was last filled.
    """
    status, last_ns = row.text("status"), row.instant("ts_last")
    if status in _REFUSED:
        return (Answer("blocked", last_ns, by=_REFUSED[status]),)
    if status in _NEVER_ANSWERED:
        return ()
    is_filled = row.number("filled_qty") > 0
    by_fill = is_filled and row.maybe("price") is None and row.maybe("avg_px") is not None
    approved = (
        Answer("approved", last_ns, price=row.positive("avg_px"))
        if by_fill
        else Answer("approved", row.instant("ts_init"))
    )
    ended = _ENDED.get(status)
    return (approved,) if is_filled or ended is None else (approved, Answer(ended, last_ns))


def _fills(rows: Iterable[Row]) -> Told:
    return Told(fills=_in_order(fill_of(row) for row in rows))


def fill_of(row: Row) -> Fill:
    """A row of a fill report, or an ``OrderFilled``: they have the same names."""
    return Fill(
        fill_id=row.text("trade_id"),
        order_id=row.text("client_order_id"),
        trader_id=row.text("trader_id"),
        strategy_id=row.text("strategy_id"),
        instrument_id=row.text("instrument_id"),
        position_id=row.maybe("position_id"),
        side=row.one_of("order_side", SIDES),
        qty=row.positive("last_qty"),
        price=row.positive("last_px"),
        currency=row.text("currency"),
        commissions=(row.money("commission"),),
        at_ns=row.instant("ts_event"),
    )


def _positions(rows: Iterable[Row]) -> Told:
    return Told(closed=tuple(closed_of(row) for row in rows if row.text("side") == "FLAT"))


def closed_of(row: Row) -> Closed:
    """A row of a position report, or a ``PositionClosed``: they have the same names."""
    return Closed(
        position_id=base_position_id(row.text("position_id")),
        trader_id=row.text("trader_id"),
        strategy_id=row.text("strategy_id"),
        instrument_id=row.text("instrument_id"),
        opening_order_id=row.text("opening_order_id"),
        side=row.one_of("entry", DIRECTIONS),
        peak_qty=row.positive("peak_qty"),
        opened_at_price=row.positive("avg_px_open"),
        closed_at_price=row.positive("avg_px_close"),
        realized=row.money("realized_pnl"),
        commissions=tuple(row.monies("commissions")) if "commissions" in row.values else None,
        opened_ns=row.instant("ts_opened"),
        closed_ns=row.instant("ts_closed"),
    )


def _balances(rows: Iterable[Row]) -> Told:
    return Told(balances=tuple(balance_of(row) for row in rows))


def balance_of(row: Row) -> Balance:
    """A row of an account report; its time stands in the index, whose name is empty."""
    time = next(name for name in ("ts_event", "", "__index_level_0__") if name in row.values)
    return Balance(
        account_id=row.text("account_id"),
        currency=row.text("currency"),
        total=row.number("total"),
        free=row.number("free"),
        at_ns=row.instant(time),
    )


_WHO = frozenset({"trader_id", "strategy_id", "instrument_id"})
_REPORTS = [
    Report(
        "fill",
        frozenset({"last_qty", "last_px"}),
        _WHO | {"client_order_id", "trade_id", "order_side", "currency", "commission", "ts_event"},
        _fills,
    ),
    Report(
        "position",
        frozenset({"avg_px_open", "realized_pnl"}),
        _WHO
        | {"position_id", "opening_order_id", "entry", "side", "peak_qty", "avg_px_close", "ts_opened", "ts_closed"},
        _positions,
    ),
    Report(
        "order",
        frozenset({"filled_qty", "status"}),
        _WHO | {"client_order_id", "side", "quantity", "is_reduce_only", "ts_init", "ts_last"},
        _orders,
    ),
    Report("account", frozenset({"total", "free", "locked"}), frozenset({"account_id", "currency"}), _balances),
]
