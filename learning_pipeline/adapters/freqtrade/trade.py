"""A trade of freqtrade, wherever it was written down: a backtest's JSON or a bot's database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple


class Order(NamedTuple):
    """An order of a trade."""

    order_id: str
    """Unique over all imports: carries the trade's id where freqtrade has no id of its own."""

    submitted_at: dt.datetime
    filled_at: dt.datetime | None
    """None: nothing of it was filled."""

    is_entry: bool
    side: str
    """``buy`` or ``sell``."""

    amount: float
    """Base units filled, less a fee that was taken in base units; asked for, where nothing was filled."""

    price: float | None
    """Average of the fill, quote money; limit where nothing was filled; None for a market order without a fill."""

    tag: str | None = None


class Trade(NamedTuple):
    """A trade with what freqtrade says of it; quantities and prices are those of its filled orders."""

    trade_id: str
    signal_id: str
    pair: str
    timeframe: str
    strategy: str | None
    is_short: bool
    enter_tag: str | None
    opened_at: dt.datetime
    """freqtrade's ``open_date``: when it decided to enter. The first fill may be later."""

    closed_at: dt.datetime | None
    """None: still open."""

    fee_open: float
    """Rate of the entry's notional."""

    fee_close: float
    """Rate of the exit's notional."""

    funding_fees: float
    """Quote money, freqtrade's sign: positive where the trade received it."""

    pnl: float | None
    """freqtrade's ``profit_abs``: net of fees and funding, all exits together; None while open."""

    exit_reason: str | None
    leverage: float
    stop_price: float | None
    target_price: float | None
    orders: tuple[Order, ...]
    max_open_trades: float | None = None
    """Limit in force; None where it is not known or there is none."""

    features: dict[str, float] | None = None
    """Numbers known at the signal candle's close."""

    gates: tuple[dict[str, Any], ...] = ()
    """Gates of the decision, where more is known than that a slot was free."""

    @property
    def side(self) -> str:
        """``long`` or ``short``."""
        return "short" if self.is_short else "long"

    @property
    def entries(self) -> tuple[Order, ...]:
        """Filled orders that opened or added."""
        return self._filled(lambda order: order.is_entry)

    @property
    def exits(self) -> tuple[Order, ...]:
        """Filled orders that closed or trimmed."""
        return self._filled(lambda order: not order.is_entry)

    @property
    def qty(self) -> float:
        """Base units entered, all entries together."""
        return sum(order.amount for order in self.entries)

    @property
    def entry_price(self) -> float:
        """Quantity-weighted over the entries."""
        return _notional(self.entries) / self.qty

    @property
    def exit_price(self) -> float:
        """Quantity-weighted over the exits."""
        return _notional(self.exits) / sum(order.amount for order in self.exits)

    @property
    def fees_usd(self) -> float:
        """Fees of all fills, less funding received."""
        fees = _notional(self.entries) * self.fee_open + _notional(self.exits) * self.fee_close
        return fees - self.funding_fees

    def _filled(self, wanted: Callable[[Order], bool]) -> tuple[Order, ...]:
        return tuple(order for order in self.orders if order.filled_at and order.price and wanted(order))


def _notional(orders: tuple[Order, ...]) -> float:
    return sum(order.amount * (order.price or 0.0) for order in orders)
