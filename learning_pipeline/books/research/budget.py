"""The research budget of one session: cash, positions, profit and the pause, moved by what happens.

Convention: an entry takes its notional out of cash, whatever its side, an exit brings it back with the profit; fees are
paid from cash as they come. So ``initial + total_pnl = cash + open notional``, always.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from typing import NamedTuple

Session = tuple[str, str]
"""(source, session_id)."""
FLAT = 1e-9
"""A position is closed where less than this part of it is left: rounding of the bot's own sums."""


class Opened(NamedTuple):
    """Main equity of a session as first reported: research capital was taken out of it before."""

    at: dt.datetime
    session: Session
    main_equity_usd: float


class Filled(NamedTuple):
    """A fill of a research trade; ``side`` 1 bought, -1 sold."""

    at: dt.datetime
    session: Session
    fill_id: str
    trade_id: str
    symbol: str
    side: int
    qty: float
    price: float
    fee_usd: float
    experiment_id: str
    playbook_id: str | None


class Closed(NamedTuple):
    """The report of a research trade's end; ``counted_usd`` is what earlier reports of the trade came to."""

    at: dt.datetime
    session: Session
    trade_id: str
    pnl_usd: float
    counted_usd: float
    experiment_id: str


class Marked(NamedTuple):
    """The close of a bar."""

    at: dt.datetime
    symbol: str
    price: float


@dataclass
class Position:
    """An open research trade; ``direction`` 1 long or -1 short, ``realised_usd`` net of the fees paid so far."""

    symbol: str
    direction: int
    qty: float
    entry_price: float
    mark: float
    realised_usd: float
    experiment_id: str
    playbook_id: str | None

    @property
    def notional_usd(self) -> float:
        """What it took out of cash and still holds."""
        return self.qty * self.entry_price

    @property
    def open_usd(self) -> float:
        """Profit of what is still held, at the last mark."""
        return self.direction * (self.mark - self.entry_price) * self.qty


@dataclass
class Budget:
    """A session's research money (``ResearchBudgetState`` of research-budget).

    Attributes
    ----------
    initial_usd : float, optional
        Research capital; None while no snapshot of the session told its equity.
    flow_usd : float
        What went into cash less what went out.
    total_pnl_usd : float
        Net profit of closed parts, less all fees paid.
    touched : set of str
        Trades that the day touched.
    loss_from_usd : float
        Profit, realised and open, from which on loss counts: that when a person last lifted a pause.
    pause_experiment_id : str, optional
        Experiment whose own limit made the pause.
    """

    initial_usd: float | None = None
    flow_usd: float = 0.0
    total_pnl_usd: float = 0.0
    positions: dict[str, Position] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    last_experiment_id: str | None = None
    heard_at: dt.datetime | None = None
    loss_from_usd: float = 0.0
    paused_at: dt.datetime | None = None
    pause_reason: str | None = None
    pause_experiment_id: str | None = None

    @property
    def cash_usd(self) -> float | None:
        """Money free for research trades; None while the capital is unknown."""
        return None if self.initial_usd is None else self.initial_usd + self.flow_usd

    @property
    def is_paused(self) -> bool:
        """True until a named person lifts the pause."""
        return self.paused_at is not None

    @property
    def is_insolvent(self) -> bool:
        """True where no cash is left; an unknown capital is not known to be spent."""
        return self.cash_usd is not None and self.cash_usd <= 0

    def profit_usd(self) -> float:
        """Realised and open profit."""
        return self.total_pnl_usd + math.fsum(self.positions[k].open_usd for k in sorted(self.positions))

    def fill(self, fill: Filled) -> float:
        """Book a fill; the realised profit that it changed, the fee included. No fill turns a position round."""
        self.touched.add(fill.trade_id)
        held = self.positions.get(fill.trade_id) or self._enter(fill)
        gained = -fill.fee_usd
        if fill.side == held.direction:
            qty = held.qty + fill.qty
            held.entry_price = (held.notional_usd + fill.qty * fill.price) / qty
            held.qty, out = qty, fill.qty * fill.price
        else:
            qty = held.qty if fill.qty >= held.qty * (1 - FLAT) else fill.qty
            gained += held.direction * (fill.price - held.entry_price) * qty
            held.qty, out = held.qty - qty, -qty * held.entry_price
        held.realised_usd, held.mark = held.realised_usd + gained, fill.price
        self._book(gained, out)
        return gained

    def close(self, closed: Closed) -> float:
        """Book a report of a trade's end, which settles what the fills came to; the realised profit it changed."""
        held = self.positions.pop(closed.trade_id, None)
        self.touched.add(closed.trade_id)
        counted = closed.counted_usd + (held.realised_usd if held else 0.0)
        gained = closed.pnl_usd - counted
        self._book(gained, -held.notional_usd if held else 0.0)
        return gained

    def mark(self, symbol: str, price: float) -> set[str]:
        """Note a price; the experiments whose trades feel it."""
        felt = [held for held in self.positions.values() if held.symbol == symbol and held.qty > 0]
        for held in felt:
            held.mark = price
        return {held.experiment_id for held in felt}

    def pause(self, at: dt.datetime, reason: str, experiment_id: str | None) -> None:
        """Stop research until a named person lifts it."""
        self.paused_at, self.pause_reason, self.pause_experiment_id = at, reason, experiment_id

    def lift(self) -> None:
        """End the pause; from here on loss counts anew."""
        self.paused_at = self.pause_reason = self.pause_experiment_id = None
        self.loss_from_usd = self.profit_usd()

    def begin_day(self) -> None:
        """Forget which trades were touched before."""
        self.touched = set()

    def end_day(self) -> None:
        """Forget trades whose fills cancel out: a later report of their end says itself what was counted."""
        self.positions = {k: held for k, held in self.positions.items() if held.qty > 0}

    def _enter(self, fill: Filled) -> Position:
        self.last_experiment_id = fill.experiment_id
        of = fill.experiment_id, fill.playbook_id
        self.positions[fill.trade_id] = Position(fill.symbol, fill.side, 0.0, fill.price, fill.price, 0.0, *of)
        return self.positions[fill.trade_id]

    def _book(self, gained: float, out: float) -> None:
        self.total_pnl_usd += gained
        self.flow_usd += gained - out
