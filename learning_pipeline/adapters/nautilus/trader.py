"""What several files tell of one trader, as one: the same order, fill or position counts once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TypeVar

from learning_pipeline.adapters.dollars import USD_LIKE
from learning_pipeline.adapters.nautilus.round_trips import position_of
from learning_pipeline.adapters.nautilus.session import Answer, Balance, Closed, Fill, Held, Order, Told
from learning_pipeline.errors import BadInput

_Thing = TypeVar("_Thing", Order, Fill, Closed)


class Trader(NamedTuple):
    """Everything that is known of one trader, fills in the order in which they happened.

    foreign : instruments that are left out, with the currency of their money. told_until_ns : the newest fill, where
    a log under way tells of positions too; None where all that is to be told is.
    """

    trader_id: str
    orders: tuple[Order, ...]
    fills: tuple[Fill, ...]
    closed: tuple[Closed, ...]
    held: tuple[Held, ...]
    balances: tuple[Balance, ...]
    foreign: dict[str, str]
    told_until_ns: int | None = None


def traders_of(files: dict[Path, Told]) -> list[Trader]:
    """One per trader id, with the balances of the accounts where there is only one trader.

    Events come before reports: they have an order as it was made, a report has it as it was changed last.

    Raises
    ------
    BadInput
        Two files tell differently of one order, fill or position: they are of two runs. Or no money is dollars.
    """
    files = dict(sorted(files.items(), key=lambda item: not item[1].answers))
    ids = set[str]().union(*(_traders_in(told) for told in files.values()))
    traders = [_trader(name, files, alone=len(ids) == 1) for name in sorted(ids)]
    balances = tuple(chain.from_iterable(told.balances for told in files.values()))
    return traders or ([Trader("", (), (), (), (), balances, {})] if balances else [])


def _trader(trader_id: str, files: dict[Path, Told], alone: bool) -> Trader:
    orders = _once(trader_id, {path: told.orders for path, told in files.items()}, lambda order: order.order_id, _made)
    fills = _once(trader_id, {path: told.fills for path, told in files.items()}, _fill_key, lambda fill: fill[:9])
    summed = _once(
        trader_id, {path: told.summed for path, told in files.items()}, lambda f: f.order_id, lambda f: f.qty
    )
    in_full = {fill.order_id for fill in fills}
    every = sorted([*fills, *(fill for fill in summed if fill.order_id not in in_full)], key=lambda fill: fill.at_ns)
    closed = _once(trader_id, {path: told.closed for path, told in files.items()}, _closed_key, lambda c: c.realized)
    foreign = _foreign(every, closed)
    traded = {order.instrument_id for order in orders} | {fill.instrument_id for fill in every}
    _require_dollars(trader_id, foreign, traded | {position.instrument_id for position in closed})
    return Trader(
        trader_id,
        _answered([order for order in orders if order.instrument_id not in foreign], files.values()),
        tuple(fill for fill in every if fill.instrument_id not in foreign),
        tuple(position for position in closed if position.instrument_id not in foreign),
        _held(files.values(), every),
        tuple(chain.from_iterable(told.balances for told in files.values())) if alone else (),
        foreign,
        every[-1].at_ns if every and any(told.answers and told.closed for told in files.values()) else None,
    )


def _answered(orders: list[Order], files: Iterable[Told]) -> tuple[Order, ...]:
    """Orders with the answers that events give one by one, from whatever file, else with those of a report."""
    found: dict[str, dict[Answer, None]] = {}
    for order_id, answer in sorted(chain.from_iterable(told.answers for told in files), key=lambda each: each[1].at_ns):
        found.setdefault(order_id, {})[answer] = None
    return tuple(order._replace(answers=tuple(found.get(order.order_id, order.answers))) for order in orders)


def _held(files: Iterable[Told], fills: list[Fill]) -> tuple[Held, ...]:
    """What was held before any file tells of a fill of it: a log that goes on in a second file holds nothing there."""
    first = {position_of(fill): fill.at_ns for fill in reversed(fills)}
    every = sorted(chain.from_iterable(told.held for told in files), key=lambda held: held.at_ns, reverse=True)
    earliest = {held.position_id: held for held in every}
    return tuple(held for name, held in earliest.items() if first.get(name, held.at_ns) >= held.at_ns)


def _traders_in(told: Told) -> set[str]:
    by_order = {order.trader_id for order in told.orders} | {fill.trader_id for fill in told.fills}
    return by_order | {position.trader_id for position in told.closed}


def _once(
    trader_id: str,
    told: dict[Path, tuple[_Thing, ...]],
    key: Callable[[_Thing], Hashable],
    content: Callable[[_Thing], Hashable],
) -> list[_Thing]:
    """Each thing once, as told by the first file that has it."""
    kept: dict[Hashable, tuple[Path, _Thing]] = {}
    for path, things in told.items():
        for thing in things:
            if thing.trader_id == trader_id:
                before = kept.setdefault(key(thing), (path, thing))
                if content(before[1]) != content(thing):
                    raise BadInput(
                        f"{path} and {before[0]} tell differently of {key(thing)}: "
                        f"they are of two runs; import one at a time, each with a --source of its own"
                    )
    return [thing for _, thing in kept.values()]


def _made(order: Order) -> Hashable:
    return order.instrument_id, order.strategy_id, order.side, order.made_ns


def _fill_key(fill: Fill) -> Hashable:
    return fill.order_id, fill.fill_id


def _closed_key(closed: Closed) -> Hashable:
    return closed.position_id, closed.opening_order_id, closed.opened_ns


def _foreign(fills: Iterable[Fill], closed: Iterable[Closed]) -> dict[str, str]:
    """Instruments whose prices or profits are in a currency that is no dollar."""
    priced = {fill.instrument_id: fill.currency for fill in fills if fill.currency is not None}
    earned = {position.instrument_id: position.realized.currency for position in closed}
    return {
        instrument: currency
        for money in (priced, earned)
        for instrument, currency in sorted(money.items())
        if currency not in USD_LIKE
    }


def _require_dollars(trader_id: str, foreign: dict[str, str], instruments: set[str]) -> None:
    if foreign and instruments <= foreign.keys():
        currencies = ", ".join(sorted(set(foreign.values())))
        raise BadInput(f"{trader_id} earns {currencies}, and pnl_usd must be dollars or a dollar coin such as USDT")
