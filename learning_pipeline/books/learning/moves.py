"""What happens to a book's orders: the events that its risk is folded over."""

from __future__ import annotations

from typing import NamedTuple


class Snapshot(NamedTuple):
    """A portfolio snapshot; instants are microseconds since 1970."""

    at_us: int
    equity_usd: float


class Submitted(NamedTuple):
    """An order of an entry; as `Reservation`."""

    at_us: int
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


class Filled(NamedTuple):
    """A fill of an entry or an exit; ``side`` 1 bought, -1 sold."""

    at_us: int
    order_id: str
    trade_id: str
    side: int
    qty: float
    price: float
    fee_usd: float


class Closed(NamedTuple):
    """The first report that a trade is closed; net result in quote money, and whether it was told in the same book."""

    at_us: int
    trade_id: str
    signal_id: str | None
    experiment_id: str | None
    pnl_usd: float
    in_own_book: bool = True


class Died(NamedTuple):
    """The signal's answer is ``expired`` or ``cancelled``: an order of it that is not filled never will be."""

    at_us: int
    signal_id: str


Move = Snapshot | Submitted | Filled | Closed | Died


class Change(NamedTuple):
    """What a move did to the risk of one order: a row of ``books.risk``.

    ``risk_usd`` and ``exposure_usd`` are of the order after it, ``change_usd`` how much its risk moved (None: unknown).
    """

    at_us: int
    change: str
    reason: str | None
    order_id: str | None
    trade_id: str | None
    signal_id: str | None
    experiment_id: str | None
    experiment_variant: str | None
    playbook_id: str | None
    symbol: str | None
    qty: float | None
    price: float | None
    stop: float | None
    risk_usd: float | None
    change_usd: float | None
    exposure_usd: float | None
    pnl_usd: float | None
