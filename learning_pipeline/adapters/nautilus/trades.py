"""Round trips -> orders, fills and closed trades."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from learning_pipeline.adapters.dollars import USD_LIKE
from learning_pipeline.adapters.imported import Event
from learning_pipeline.adapters.nautilus.round_trips import Leg, RoundTrip, is_base
from learning_pipeline.adapters.nautilus.row import Money, moment
from learning_pipeline.adapters.nautilus.session import Closed, Order, Side

_DIRECTION: dict[Side, Literal["long", "short"]] = {"buy": "long", "sell": "short"}


class Trade(NamedTuple):
    """A closed trade: base units, quote money, prices weighted by quantity over its fills where these are told.

    fees : None where some were paid in a currency whose price is not told; did_trim : None where fills are not told.
    """

    position_id: str
    opening_order_id: str
    instrument_id: str
    strategy_id: str
    side: str
    qty: Decimal
    entry_price: Decimal
    exit_price: Decimal
    opened_ns: int
    closed_ns: int
    fees: Decimal | None
    pnl: Decimal | None
    did_trim: bool | None


def fill_events(trips: Iterable[RoundTrip], source: str, signals: set[str]) -> Iterator[Event]:
    """Fills whose fee is known in dollars; one through zero is two, each of its own trade."""
    for trip in trips:
        for leg in trip.legs:
            fee = fee_of(leg)
            if fee is not None:
                yield Event("fill", moment(leg.fill.at_ns), _fill(trip, leg, fee, source, signals))


def fee_of(leg: Leg) -> Decimal | None:
    """Fee of a fill in dollars, what was taken in the traded asset at the fill's price; None where not told."""
    fees = [_dollars(commission, leg) for commission in leg.commissions]
    return None if None in fees or not fees else _sum(fees)


def order_events(
    orders: Iterable[Order], trips: Iterable[RoundTrip], source: str, signals: set[str]
) -> Iterator[Event]:
    """Orders of signals, and those that closed what a signal opened."""
    closes = {leg.fill.order_id: trip for trip in trips for leg in trip.legs if not leg.opens}
    for order in orders:
        trip = closes.get(order.order_id)
        signal = order.order_id if order.order_id in signals or trip is None else trip.opening_order_id
        if signal in signals and not order.in_quote:
            yield Event(
                "order_submitted",
                moment(order.made_ns),
                {
                    "order_id": f"{source}/{order.order_id}",
                    "signal_id": f"{source}/{signal}",
                    "symbol": order.instrument_id,
                    "side": order.side,
                    "qty": float(order.qty),
                    "price": None if order.limit is None or order.limit <= 0 else float(order.limit),
                },
            )


def trades_of(closed: Iterable[Closed], trips: Iterable[RoundTrip], before_ns: int | None = None) -> list[Trade]:
    """Closed trades: quantities and prices from fills where the file has all of them, profit as nautilus says it.

    A round trip that no position tells of is computed from its fills; only where it ended before ``before_ns``: in a
    log under way the position is told a line after the fill, and its profit is rounded otherwise than ours.
    """
    whole = {trip.key: trip for trip in trips if trip.is_flat and not trip.began_earlier}
    told = [
        _from_position(position, whole.get((position.position_id, position.opening_order_id))) for position in closed
    ]
    keys = {(trade.position_id, trade.opening_order_id) for trade in told}
    untold = [_from_fills(trip) for key, trip in whole.items() if key not in keys]
    return told + [trade for trade in untold if before_ns is None or trade.closed_ns < before_ns]


def trade_event(trade: Trade, timeframe: str, source: str, signals: set[str]) -> Event:
    """The event of a trade whose fees and profit are known."""
    if trade.fees is None or trade.pnl is None:
        raise ValueError(f"fees and profit of {trade.position_id} are not known")
    qty, entry, pnl = float(trade.qty), float(trade.entry_price), float(trade.pnl)
    payload = {
        "trade_id": _trade_id(trade.position_id, trade.opening_order_id, source),
        "signal_id": _signal_id(trade.opening_order_id, source, signals),
        "symbol": trade.instrument_id,
        "timeframe": timeframe,
        "strategy": trade.strategy_id,
        "side": trade.side,
        "qty": qty,
        "entry_price": entry,
        "exit_price": float(trade.exit_price),
        "opened_at": moment(trade.opened_ns),
        "closed_at": moment(trade.closed_ns),
        "fees_usd": float(trade.fees),
        "pnl_usd": pnl,
        "roi": pnl / (qty * entry),
        "did_trim": trade.did_trim,
    }
    return Event("trade_closed", moment(trade.closed_ns), payload)


def _fill(trip: RoundTrip, leg: Leg, fee: Decimal, source: str, signals: set[str]) -> dict[str, Any]:
    part = "" if leg.is_whole else "/open" if leg.opens else "/close"
    own = leg.fill.order_id if leg.opens and leg.fill.order_id in signals else trip.opening_order_id
    return {
        "fill_id": f"{source}/{leg.fill.order_id}/{leg.fill.fill_id}{part}",
        "order_id": f"{source}/{leg.fill.order_id}",
        "trade_id": _trade_id(trip.position_id, trip.opening_order_id, source),
        "signal_id": _signal_id(own, source, signals),
        "symbol": leg.fill.instrument_id,
        "side": leg.fill.side,
        "qty": float(leg.qty - leg.in_base() if trip.left and trip.is_flat else leg.qty),
        "price": float(leg.fill.price),
        "fee_usd": float(fee),
    }


def _trade_id(position_id: str, opening_order_id: str, source: str) -> str:
    """Netting uses one position id for every trade of an instrument: the order that opened it tells them apart."""
    return f"{source}/{position_id}/{opening_order_id}"


def _signal_id(order_id: str, source: str, signals: set[str]) -> str | None:
    return f"{source}/{order_id}" if order_id in signals else None


def _dollars(commission: Money, leg: Leg) -> Decimal | None:
    if commission.currency in USD_LIKE or commission.amount == 0:
        return commission.amount
    return commission.amount * leg.fill.price if is_base(commission.currency, leg.fill) else None


def _from_position(closed: Closed, trip: RoundTrip | None) -> Trade:
    """Profit is nautilus' own, less the commissions that it does not take off: those in another currency."""
    if trip is not None:
        summed = _from_fills(trip)
        others = [_dollars(c, leg) for leg in trip.legs for c in leg.commissions if _is_apart(c, closed)]
        pnl = None if summed.fees is None else closed.realized.amount - _sum(others)
        return summed._replace(pnl=pnl, opened_ns=closed.opened_ns, closed_ns=closed.closed_ns)
    commissions = closed.commissions or ()
    are_told = closed.commissions is not None and all(c.currency in USD_LIKE or not c.amount for c in commissions)
    return Trade(
        closed.position_id,
        closed.opening_order_id,
        closed.instrument_id,
        closed.strategy_id,
        closed.side,
        closed.peak_qty,
        closed.opened_at_price,
        closed.closed_at_price,
        closed.opened_ns,
        closed.closed_ns,
        _sum(c.amount for c in commissions) if are_told else None,
        closed.realized.amount - _sum(c.amount for c in commissions if _is_apart(c, closed)),
        None,
    )


def _is_apart(commission: Money, closed: Closed) -> bool:
    return commission.currency != closed.realized.currency


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def _from_fills(trip: RoundTrip) -> Trade:
    first, last = trip.legs[0].fill, trip.legs[-1].fill
    opening = [leg for leg in trip.legs if leg.opens]
    closing = [leg for leg in trip.legs if not leg.opens]
    qty = _sum(leg.qty for leg in opening) - trip.left
    entry, leave = _average(opening), _average(closing)
    fees = [fee_of(leg) for leg in trip.legs]
    paid = None if None in fees else _sum(fees)
    move = (leave - entry) * qty * (1 if trip.side == "buy" else -1)
    is_linear = all(money.currency == leg.fill.currency for leg in trip.legs for money in leg.commissions)
    return Trade(
        trip.position_id,
        trip.opening_order_id,
        first.instrument_id,
        first.strategy_id,
        _DIRECTION[trip.side],
        qty,
        entry,
        leave,
        first.at_ns,
        last.at_ns,
        paid,
        move - paid if paid is not None and is_linear else None,
        len({leg.fill.order_id for leg in closing}) > 1,
    )


def _average(legs: list[Leg]) -> Decimal:
    return _sum(leg.qty * leg.fill.price for leg in legs) / _sum(leg.qty for leg in legs)
