"""Orders -> signals and decisions: an order that would open or add to a position is a signal, its fate the decision."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from learning_pipeline.adapters.imported import Event
from learning_pipeline.adapters.nautilus.reasons import gate_of, reason_of
from learning_pipeline.adapters.nautilus.round_trips import RoundTrips
from learning_pipeline.adapters.nautilus.row import moment
from learning_pipeline.adapters.nautilus.session import Answer, Order, Side

Price = Callable[[str, int], Decimal | None]
"""Instrument and time -> what the market's last closed bar said by then."""

_DIRECTION: dict[Side, str] = {"buy": "long", "sell": "short"}
_SIGN: dict[Side, int] = {"buy": 1, "sell": -1}


class Entry(NamedTuple):
    """An order that opens or adds to a position, with its stop and target (a bracket's), and how much it would open."""

    order: Order
    qty: Decimal
    stop: Decimal | None
    target: Decimal | None


def entries_of(orders: tuple[Order, ...], trips: RoundTrips) -> list[Entry]:
    """Orders that are entries: none that may only reduce, belongs to an entry, was split off, or closes a position."""
    by_id = {order.order_id: order for order in orders}
    opened, traded = _opened(orders, trips)
    children: dict[str, list[Order]] = {}
    for order in orders:
        if order.parent_id is not None and _is_exit_of(order, by_id.get(order.parent_id)):
            children.setdefault(order.parent_id, []).append(order)
    exits = {child.order_id for group in children.values() for child in group}
    alone = [o for o in orders if not (o.is_reduce_only or o.order_id in exits or _is_split_off(o))]
    entries = [o for o in alone if (o.order_id in opened if o.order_id in traded else _unheld(o, trips) > 0)]
    return [Entry(order, _size(order, trips), *_levels(children.get(order.order_id, []))) for order in entries]


def signal_events(entry: Entry, timeframe: str, source: str) -> Iterator[Event]:
    """The signal of an entry and every decision on it.

    A price is the order's own (limit, or trigger of a stop), else none: `decision_events` adds the market's.
    """
    order = entry.order
    limit = order.limit if order.limit is not None else order.trigger
    size = "notional_usd" if order.in_quote else "qty"
    payload = {
        "signal_id": f"{source}/{order.order_id}",
        "symbol": order.instrument_id,
        "timeframe": timeframe,
        "strategy": order.strategy_id,
        "side": _DIRECTION[order.side],
        "entry_price": _price(limit),
        "stop_price": _price(entry.stop),
        "target_price": _price(entry.target),
        size: float(order.qty if order.in_quote else entry.qty),
    }
    yield Event("signal", moment(order.made_ns), payload)


def decision_events(entry: Entry, source: str, market: Price) -> Iterator[Event]:
    """Decisions on an entry.

    Approved is when it was accepted or, without a limit, filled; a cancel or expiry counts only where nothing was
    filled. The market's price is that of the fill where the fill is the answer, else the last closed bar's.
    """
    order = entry.order
    for answer in _answers(order):
        payload = {"signal_id": f"{source}/{order.order_id}", "decision": answer.decision, **_refusal(answer)}
        price = _known_price(order, answer, market)
        if price is not None:
            payload["market"] = {"price": float(price)}
        yield Event("decision", moment(answer.at_ns), payload)


def _answers(order: Order) -> Iterator[Answer]:
    """The first of each kind; approved by a fill where the order has no limit and was filled."""
    approved = [answer for answer in order.answers if answer.decision == "approved"]
    fills = [answer for answer in approved if answer.price is not None]
    if approved:
        yield fills[0] if fills and _is_unpriced(order) else approved[0]._replace(price=None)
    for word in ("blocked", "cancelled", "expired"):
        found = [answer for answer in order.answers if answer.decision == word]
        if found and not (fills and word != "blocked"):
            yield found[0]


def _known_price(order: Order, answer: Answer, market: Price) -> Decimal | None:
    """The price of the fill that is the answer, else the market's; an order with a price of its own needs neither."""
    if not _is_unpriced(order):
        return None
    return answer.price if answer.price is not None else market(order.instrument_id, answer.at_ns)


def _is_unpriced(order: Order) -> bool:
    return order.limit is None and order.trigger is None


def _refusal(answer: Answer) -> dict[str, Any]:
    """Blocker, reason and gate of a refusal; the code of a refusal without words is not told."""
    if answer.decision != "blocked":
        return {}
    reason = reason_of(answer.reason)
    return {
        "blocker_component": reason.code,
        "blocker_reason": answer.reason,
        "gates": [gate_of(reason)],
        "metadata": {"refused_by": answer.by, **reason.parameters},
    }


def _opened(orders: tuple[Order, ...], trips: RoundTrips) -> tuple[set[str], set[str]]:
    """Orders that opened something, by themselves or by what was split off; and those that traded at all."""
    whole = {order.order_id: order.spawned_by or order.order_id for order in orders}
    legs = [(whole.get(leg.fill.order_id, leg.fill.order_id), leg) for trip in trips.trips for leg in trip.legs]
    return {name for name, leg in legs if leg.opens}, {name for name, _ in legs}


def _size(order: Order, trips: RoundTrips) -> Decimal:
    """What an order wanted to open when it was made: the same however much of it is filled by now."""
    unheld = _unheld(order, trips)
    return unheld if unheld > 0 else order.qty


def _unheld(order: Order, trips: RoundTrips) -> Decimal:
    """All of an order, less what it would close of the position that was held when it was made."""
    held = trips.held_before(order) * _SIGN[order.side]
    return order.qty if held >= 0 or order.in_quote else order.qty + held


def _is_exit_of(order: Order, parent: Order | None) -> bool:
    return parent is not None and order.side != parent.side


def _is_split_off(order: Order) -> bool:
    return order.spawned_by is not None and order.spawned_by != order.order_id


def _levels(children: list[Order]) -> tuple[Decimal | None, Decimal | None]:
    """Stop and target of a bracket: the trigger of one child, the limit of the other; none where it has several."""
    stops = [child.trigger for child in children if child.trigger is not None]
    targets = [child.limit for child in children if child.trigger is None and child.limit is not None]
    return (stops[0] if len(stops) == 1 else None, targets[0] if len(targets) == 1 else None)


def _price(price: Decimal | None) -> float | None:
    return None if price is None or price <= 0 else float(price)
