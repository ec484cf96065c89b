"""What one trader of NautilusTrader did: orders, fills, closed positions and balances, whatever file told of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, NamedTuple

from learning_pipeline.adapters.nautilus.row import Money

Side = Literal["buy", "sell"]


class Answer(NamedTuple):
    """How an order was answered, and when.

    reason : the words of a denial or rejection; None where the file does not have them. price : quote money; what an
    order without a limit of its own was filled at, where the fill is the answer. by : ``RiskEngine`` or ``venue``.
    """

    decision: Literal["approved", "blocked", "cancelled", "expired"]
    at_ns: int
    reason: str | None = None
    price: Decimal | None = None
    by: str | None = None


class Order(NamedTuple):
    """An order as it was made.

    qty : base units, or quote money where ``in_quote``; limit, trigger : prices; position_id : given to it from the
    start or by its fills; parent_id : the entry whose stop or target it is; spawned_by : the order that an execution
    algorithm split it off from.
    """

    order_id: str
    trader_id: str
    strategy_id: str
    instrument_id: str
    position_id: str | None
    side: Side
    qty: Decimal
    in_quote: bool
    limit: Decimal | None
    trigger: Decimal | None
    is_reduce_only: bool
    parent_id: str | None
    spawned_by: str | None
    made_ns: int
    answers: tuple[Answer, ...] = ()


class Fill(NamedTuple):
    """A fill of an order, or all of them at their average price where only an order report tells of them.

    currency : of its price, None where the file does not have it; commissions : none where it does not have them.
    """

    fill_id: str
    order_id: str
    trader_id: str
    strategy_id: str
    instrument_id: str
    position_id: str | None
    side: Side
    qty: Decimal
    price: Decimal
    currency: str | None
    commissions: tuple[Money, ...]
    at_ns: int


class Closed(NamedTuple):
    """A closed position as NautilusTrader sums it up.

    peak_qty : the most that was held, base units; opened_at_price, closed_at_price : running averages, quote money;
    commissions : by currency, None where the file does not have them (events).
    """

    position_id: str
    trader_id: str
    strategy_id: str
    instrument_id: str
    opening_order_id: str
    side: Literal["long", "short"]
    peak_qty: Decimal
    opened_at_price: Decimal
    closed_at_price: Decimal
    realized: Money
    commissions: tuple[Money, ...] | None
    opened_ns: int
    closed_ns: int


class Held(NamedTuple):
    """A position that was open already when its file first tells of it: qty is signed, base units."""

    position_id: str
    opening_order_id: str
    qty: Decimal
    at_ns: int


class Balance(NamedTuple):
    """An account's money in one currency at one instant."""

    account_id: str
    currency: str
    total: Decimal
    free: Decimal
    at_ns: int


class Told(NamedTuple):
    """What one file tells, in the order in which it happened.

    answers : order id and answer one by one, as events tell them; a report's orders have theirs. summed : of each
    filled order its fills as one, where an order report is all that tells of them.
    """

    orders: tuple[Order, ...] = ()
    answers: tuple[tuple[str, Answer], ...] = ()
    fills: tuple[Fill, ...] = ()
    summed: tuple[Fill, ...] = ()
    closed: tuple[Closed, ...] = ()
    held: tuple[Held, ...] = ()
    balances: tuple[Balance, ...] = ()
