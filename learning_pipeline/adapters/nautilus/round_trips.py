"""Fills -> round trips: what opened a position, what closed it, and what was held when."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from learning_pipeline.adapters.nautilus.reports import base_position_id, counted
from learning_pipeline.adapters.nautilus.row import Money
from learning_pipeline.adapters.nautilus.session import Fill, Held, Order, Side

_SIGN: dict[Side, int] = {"buy": 1, "sell": -1}


class Leg(NamedTuple):
    """A fill, or the part of it that opens or closes: a fill through zero does both, its commission shared by size."""

    fill: Fill
    opens: bool
    qty: Decimal
    commissions: tuple[Money, ...]

    @property
    def is_whole(self) -> bool:
        """Whether it is all of its fill."""
        return self.qty == self.fill.qty

    def in_base(self) -> Decimal:
        """Commission taken from what is traded, base units."""
        return sum((c.amount for c in self.commissions if is_base(c.currency, self.fill)), Decimal(0))


class RoundTrip:
    """A position from flat to flat.

    opening_order_id : of the first fill; began_earlier : it was held already when the file begins; is_flat : closed;
    left : still held; in_base : commission taken from what was bought, which some versions count out of the position
    and some do not; both base units.
    """

    def __init__(self, position_id: str, opening_order_id: str, side: Side, began_earlier: bool = False) -> None:
        self.position_id = position_id
        self.opening_order_id = opening_order_id
        self.side = side
        self.began_earlier = began_earlier
        self.legs: list[Leg] = []
        self.left = Decimal(0)
        self.in_base = Decimal(0)
        self.is_flat = False

    @property
    def key(self) -> tuple[str, str]:
        """What names it in every file: netting uses one position id again and again."""
        return self.position_id, self.opening_order_id


class RoundTrips:
    """Every round trip of a trader, and what was held at any time."""

    def __init__(self, fills: Iterable[Fill], held: Iterable[Held]) -> None:
        self.trips: list[RoundTrip] = []
        self._open: dict[str, RoundTrip] = {}
        self._steps: dict[str, list[tuple[tuple[int, int], Decimal]]] = {}
        for before in held:
            self._carry_over(before)
        for fill in fills:
            self._apply(fill)

    def held_before(self, order: Order) -> Decimal:
        """Signed quantity of the position that an order acts on, at the time it was made; 0 where it has none."""
        steps = self._steps.get(position_of(order), [])
        at = bisect_left(steps, (order.made_ns, counted(order.order_id)), key=lambda step: step[0])
        return steps[at - 1][1] if at else Decimal(0)

    def _carry_over(self, before: Held) -> None:
        if before.qty:
            side: Side = "buy" if before.qty > 0 else "sell"
            trip = self._begin(before.position_id, before.opening_order_id, side, began_earlier=True)
            trip.left = abs(before.qty)
            self._steps[before.position_id] = [((0, 0), before.qty)]

    def _begin(self, position_id: str, order_id: str, side: Side, began_earlier: bool = False) -> RoundTrip:
        trip = self._open[position_id] = RoundTrip(position_id, order_id, side, began_earlier)
        self.trips.append(trip)
        return trip

    def _apply(self, fill: Fill) -> None:
        name = position_of(fill)
        trip = self._open.get(name) or self._begin(name, fill.order_id, fill.side)
        opens = fill.side == trip.side
        qty = fill.qty if opens else min(fill.qty, trip.left)
        self._book(trip, Leg(fill, opens, qty, _share(fill, qty)))
        rest = fill.qty - qty
        if rest:
            self._book(self._begin(name, fill.order_id, fill.side), Leg(fill, True, rest, _share(fill, rest)))
        now = self._open.get(name)
        signed = _SIGN[now.side] * now.left if now else Decimal(0)
        steps = self._steps.setdefault(name, [])
        after = (fill.at_ns, counted(fill.order_id))
        steps.append((max(after, steps[-1][0]) if steps else after, signed))

    def _book(self, trip: RoundTrip, leg: Leg) -> None:
        trip.legs.append(leg)
        trip.left += leg.qty if leg.opens else -leg.qty
        trip.in_base += leg.in_base()
        if not leg.opens and trip.left in {Decimal(0), trip.in_base}:
            trip.is_flat = True
            del self._open[trip.position_id]


def position_of(made: Order | Fill) -> str:
    """The position it belongs to; netting names it after instrument and strategy."""
    return base_position_id(made.position_id or f"{made.instrument_id}-{made.strategy_id}")


def is_base(currency: str, fill: Fill) -> bool:
    """Whether a currency is what the instrument trades, as its symbol says: BTC of ``BTCUSDT`` or ``BTC/USDT``."""
    symbol = fill.instrument_id.rpartition(".")[0].replace("/", "").partition("-")[0]
    return fill.currency is not None and currency != fill.currency and symbol == currency + fill.currency


def _share(fill: Fill, qty: Decimal) -> tuple[Money, ...]:
    if qty == fill.qty:
        return fill.commissions
    return tuple(Money(c.amount * qty / fill.qty, c.currency) for c in fill.commissions)
