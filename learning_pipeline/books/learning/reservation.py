"""What one order of a book puts at risk, from its submission to its end."""

from __future__ import annotations

import msgspec

FLAT = 1e-9
"""A position is flat where less than this part of it is left: rounding of the bot's own sums."""


def unit_risk(price: float, stop: float | None) -> float:
    """What a unit loses at the stop, quote money; all of it without a stop.

    >>> unit_risk(100.0, 98.5), unit_risk(100.0, None)
    (1.5, 100.0)
    """
    return price if stop is None else abs(price - stop)


class Reservation(msgspec.Struct, kw_only=True):
    """Risk kept for an order and the position that it opened; the order names it.

    Attributes
    ----------
    side : int
        1 long, -1 short.
    qty, price : float
        Ordered, base units and quote money; ``price`` is the signal's entry where the order has none, None: unknown.
    stop : float or None
        Of the signal; None: there is none, and the whole notional is at risk.
    reserved_us : int
        When it was submitted, microseconds since 1970.
    filled_qty, filled_usd, filled_risk_usd : float
        Entered so far: base units, notional, and what they lose at the stop.
    closed_qty, exit_usd, fees_usd : float
        Left so far: base units and notional; fees of all fills.
    """

    order_id: str
    signal_id: str | None
    trade_id: str | None
    experiment_id: str
    experiment_variant: str | None
    playbook_id: str | None
    symbol: str
    side: int
    qty: float
    price: float | None
    stop: float | None
    reserved_us: int
    filled_qty: float = 0.0
    filled_usd: float = 0.0
    filled_risk_usd: float = 0.0
    closed_qty: float = 0.0
    exit_usd: float = 0.0
    fees_usd: float = 0.0

    @property
    def risk_usd(self) -> float | None:
        """At risk now; None where the order has no price and is not filled yet."""
        return self._of_both(self.filled_risk_usd, unit_risk(self.price, self.stop) if self.price else None)

    @property
    def exposure_usd(self) -> float | None:
        """Notional at entry prices; None likewise."""
        return self._of_both(self.filled_usd, self.price)

    @property
    def held_qty(self) -> float:
        """Base units in the position."""
        return self.filled_qty - self.closed_qty

    @property
    def is_flat(self) -> bool:
        """Whether it was entered and left again."""
        return self.filled_qty > 0 and self.held_qty <= FLAT * self.filled_qty

    @property
    def pnl_usd(self) -> float:
        """Net result of a flat position, by its fills."""
        return self.side * (self.exit_usd - self.filled_usd) - self.fees_usd

    def enter(self, qty: float, price: float, fee_usd: float) -> None:
        """Take in an entry fill."""
        self.filled_qty += qty
        self.filled_usd += qty * price
        self.filled_risk_usd += qty * unit_risk(price, self.stop)
        self.fees_usd += fee_usd

    def leave(self, qty: float, price: float, fee_usd: float) -> None:
        """Take in an exit fill."""
        self.closed_qty += qty
        self.exit_usd += qty * price
        self.fees_usd += fee_usd

    def _of_both(self, filled: float, per_unit: float | None) -> float | None:
        """Of the part that is held and the part that still waits for a fill; what was left is nothing more."""
        waiting = self.qty - self.filled_qty
        held = filled * (self.held_qty / self.filled_qty) if self.filled_qty else 0.0
        if waiting <= FLAT * self.qty or self.closed_qty:
            return held
        return None if per_unit is None else held + waiting * per_unit
