"""A book of one session as it stands: what is reserved, what the day has lost, how often it traded."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import msgspec

from learning_pipeline.books.learning.moves import Change, Closed, Died, Filled, Move, Snapshot, Submitted
from learning_pipeline.books.learning.reservation import Reservation

DAY_US = 86_400_000_000
UNFILLED_US = 7 * DAY_US
"""An order that a week has not filled is dead, though nobody said so: a venue's holiday is shorter."""


class Result(msgspec.Struct, frozen=True):
    """A trade that ended today: when, for which experiment, and its net result in quote money."""

    at_us: int
    experiment_id: str | None
    pnl_usd: float


class RiskBook(msgspec.Struct, kw_only=True):
    """State of a book; every sum is exact to the last bit whatever the order in which its parts came (``fsum``).

    Attributes
    ----------
    day : int
        UTC day that it stands in, days since 1970.
    equity_usd, equity_day
        Equity that the percentages are of, and the day of the snapshot that told it; None: unknown.
    n_trades : int
        Orders submitted today.
    reservations : dict of Reservation
        By order, those that are open.
    results : dict of Result
        By trade, those that ended today.
    experiments : dict of float
        Net result by experiment of all days before today.
    """

    day: int = 0
    equity_usd: float | None = None
    equity_day: int | None = None
    n_trades: int = 0
    reservations: dict[str, Reservation] = {}
    results: dict[str, Result] = {}
    experiments: dict[str, float] = {}

    @property
    def reserved_usd(self) -> float:
        """At risk in open orders and trades, as far as known."""
        return _sum(each.risk_usd for each in self.reservations.values())

    @property
    def exposure_usd(self) -> float:
        """Notional of open orders and trades, as far as known."""
        return _sum(each.exposure_usd for each in self.reservations.values())

    @property
    def lost_usd(self) -> float:
        """Lost today: losses only, gains give nothing back."""
        return _sum(max(0.0, -each.pnl_usd) for each in self.results.values())

    @property
    def used_usd(self) -> float:
        """What counts against the daily risk budget."""
        return math.fsum([self.reserved_usd, self.lost_usd])

    @property
    def n_consecutive_losses(self) -> int:
        """Losses since the last gain of today, by (end, trade)."""
        ended = sorted((each.at_us, trade_id, each.pnl_usd) for trade_id, each in self.results.items())
        return next((k for k, (*_, pnl) in enumerate(reversed(ended)) if pnl > 0), len(ended))

    def experiment_pnl_usd(self, experiment_id: str) -> float:
        """Net result of an experiment, today included."""
        today = _sum(each.pnl_usd for each in self.results.values() if each.experiment_id == experiment_id)
        return self.experiments.get(experiment_id, 0.0) + today

    def begin(self, day: int) -> list[Change]:
        """Come to a day: counters start anew, what is open stays, orders that nobody fills any more are let go."""
        if day <= self.day:
            return []
        for name in {each.experiment_id for each in self.results.values() if each.experiment_id is not None}:
            self.experiments[name] = self.experiment_pnl_usd(name)
        self.day, self.n_trades, self.results = day, 0, {}
        since = day * DAY_US - UNFILLED_US
        old = [each for each in self._open() if not each.filled_qty and each.reserved_us <= since]
        return [self._let_go(day * DAY_US, each, "never_filled") for each in old]

    def apply(self, move: Move) -> list[Change]:
        """Take in what happened; what it did to the risk of orders."""
        changes = self.begin(move.at_us // DAY_US)
        match move:
            case Snapshot():
                self._told_equity(move)
            case Submitted():
                changes += self._submitted(move)
            case Filled():
                changes += self._filled(move)
            case Closed():
                changes += self._closed(move)
            case Died():
                mine = [r for r in self._open() if r.signal_id == move.signal_id and not r.filled_qty]
                changes += [self._let_go(move.at_us, each, "died") for each in mine]
        return changes

    def _open(self) -> list[Reservation]:
        """Oldest first."""
        return sorted(self.reservations.values(), key=lambda each: (each.reserved_us, each.order_id))

    def _told_equity(self, snapshot: Snapshot) -> None:
        """The first snapshot of the newest day that has one counts."""
        day = snapshot.at_us // DAY_US
        if self.equity_day is None or day > self.equity_day:
            self.equity_usd, self.equity_day = snapshot.equity_usd, day

    def _submitted(self, order: Submitted) -> Iterator[Change]:
        """A new order, or another quantity or price of one that is open; an order of an exit reserves nothing."""
        known = self.reservations.get(order.order_id)
        if known is not None:
            before = known.risk_usd
            known.qty, known.price, known.stop = order.qty, order.price, order.stop
            yield _change(order.at_us, "trued_up", "order_changed", known, before)
        elif not self._is_exit(order):
            facts = {name: value for name, value in order._asdict().items() if name != "at_us"}
            self.reservations[order.order_id] = Reservation(**facts, reserved_us=order.at_us)
            self.n_trades += 1
            yield _change(order.at_us, "reserved", None, self.reservations[order.order_id], 0.0)

    def _is_exit(self, order: Submitted) -> bool:
        """Whether it goes against what is held of its trade, or its trade has ended today."""
        held = {each.side for each in self._open() if order.trade_id and each.trade_id == order.trade_id}
        return -order.side in held or order.trade_id in self.results

    def _filled(self, fill: Filled) -> Iterator[Change]:
        own = self.reservations.get(fill.order_id)
        if own is not None and own.side == fill.side:
            before = own.risk_usd
            own.enter(fill.qty, fill.price, fill.fee_usd)
            own.trade_id = fill.trade_id
            yield _change(fill.at_us, "trued_up", "filled", own, before)
            return
        left, fee = fill.qty, fill.fee_usd
        for each in [r for r in self._open() if r.trade_id == fill.trade_id and r.side == -fill.side]:
            before, part = each.risk_usd, min(left, each.held_qty)
            each.leave(part, fill.price, fee)
            left, fee = left - part, 0.0
            if each.is_flat:
                yield self._ended(fill, each, before)
            elif part:
                yield _change(fill.at_us, "released", "trimmed", each, before)

    def _ended(self, fill: Filled, each: Reservation, before: float | None) -> Change:
        """A position that its fills have closed; its result stands until the close is reported."""
        del self.reservations[each.order_id]
        earlier = self.results.get(fill.trade_id)
        pnl = each.pnl_usd + (earlier.pnl_usd if earlier else 0.0)
        self.results[fill.trade_id] = Result(fill.at_us, each.experiment_id, pnl)
        return _change(fill.at_us, "released", "flat", each, before, risk_usd=0.0)

    def _closed(self, trade: Closed) -> list[Change]:
        """The report of a close ends what is still reserved; its result takes the place of what the fills said."""
        mine = [r for r in self._open() if trade.trade_id == r.trade_id or _unnamed(r, trade)]
        if not trade.in_own_book and not mine and trade.trade_id not in self.results:
            return []
        experiment = trade.experiment_id or next((r.experiment_id for r in mine), None)
        if trade.in_own_book:
            self.results[trade.trade_id] = Result(trade.at_us, experiment, trade.pnl_usd)
        reason = "closed" if trade.in_own_book else "closed_in_another_book"
        gone = [self._let_go(trade.at_us, each, reason) for each in mine] or [_bare(trade, experiment, reason)]
        return [*gone[:-1], gone[-1]._replace(trade_id=trade.trade_id, pnl_usd=trade.pnl_usd)]

    def _let_go(self, at_us: int, each: Reservation, reason: str) -> Change:
        del self.reservations[each.order_id]
        return _change(at_us, "released", reason, each, each.risk_usd, risk_usd=0.0)


def _bare(trade: Closed, experiment: str | None, reason: str) -> Change:
    """The close of a trade of which nothing is reserved any more, or never was."""
    return Change(
        trade.at_us, "released", reason, None, trade.trade_id, trade.signal_id, experiment, None, None, None,
        None, None, None, risk_usd=0.0, change_usd=0.0, exposure_usd=0.0, pnl_usd=None,
    )  # fmt: skip


def _unnamed(each: Reservation, trade: Closed) -> bool:
    """Whether only its signal says that the order belongs to the trade."""
    return each.trade_id is None and each.signal_id is not None and each.signal_id == trade.signal_id


def _change(
    at_us: int, word: str, reason: str | None, each: Reservation, before: float | None, risk_usd: float | None = None
) -> Change:
    gone = risk_usd is not None
    after = risk_usd if gone else each.risk_usd
    moved = None if after is None or before is None else after - before
    return Change(
        at_us, word, reason, each.order_id, each.trade_id, each.signal_id, each.experiment_id, each.experiment_variant,
        each.playbook_id, each.symbol, each.qty, each.price, each.stop, after, moved,
        0.0 if gone else each.exposure_usd, None,
    )  # fmt: skip


def _sum(parts: Iterable[float | None]) -> float:
    return math.fsum(part for part in parts if part is not None)
