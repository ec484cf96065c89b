"""The walk: all markets in one common time order, events out through the recorder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from learning_pipeline.books.learning.settings import LearningBookSettings
from learning_pipeline.books.research.experiment import Spec
from learning_pipeline.books.research.requests import Held
from learning_pipeline.books.research.routing import Route
from learning_pipeline.books.research.settings import ResearchSettings
from learning_pipeline.overrides import Index, Override, apply
from learning_pipeline.paper import decisions, market
from learning_pipeline.paper.book import Book
from learning_pipeline.paper.costs import entry_price, latency_us
from learning_pipeline.paper.desk import Desk, Entry, desk_of, unreachable
from learning_pipeline.paper.execution import exits_at_open, exits_in_bar
from learning_pipeline.paper.exploration import Draw, draw
from learning_pipeline.paper.gates import first_failure, judge, own_limits
from learning_pipeline.paper.learning_book import LearningBook
from learning_pipeline.paper.market import instant
from learning_pipeline.paper.recording import Recording
from learning_pipeline.paper.research import Research, ResearchBook
from learning_pipeline.paper.settings import PaperSettings
from learning_pipeline.paper.signals import Signal, payload
from learning_pipeline.paper.timeline import Moment, timeline
from learning_pipeline.paper.watchlist import Watchlist


def run_session(
    bars: pl.DataFrame,
    recorder: Recording,
    settings: PaperSettings,
    overrides: Sequence[Override] = (),
    learning: LearningBookSettings | None = None,
    research: ResearchSettings | None = None,
    experiments: Sequence[Spec] = (),
) -> Held:
    """Trade on paper over bars and hand every event to the recorder.

    Parameters
    ----------
    bars : pl.DataFrame
        Bars of any symbols and timeframes, in any order, one row per symbol, timeframe and open time. Each timeframe of
        a symbol is traded by its own bars; see ``resample`` for longer ones.
    recorder : Recording
        Takes the events. Events are handed over in the order in which the bot lived through them; the ``at`` of
        neighbours may differ by the seconds of an order's way to the venue.
    settings : PaperSettings
    overrides : sequence of Override
        Limits to use instead of the settings', each from its approval to its end in the time of the bars.
    learning : LearningBookSettings, optional
        What exploration may risk: the chain's settings, so that both speak of the same budgets; else the defaults.
    research : ResearchSettings, optional
        The same for research, whose capital is taken out of the bot's at the start.
    experiments : sequence of Spec
        Asked for on the first day; what they cover is traded from research cash.

    Returns
    -------
    Held
        Research money and experiments at the end.

    Notes
    -----
    No look-ahead: an event at an instant rests on bars closed by then, and on the open of bars that had opened
    strictly before. A trade still open when the bars end stays open.
    """
    account = Research(recorder, settings, research or ResearchSettings(), experiments)
    if not bars.is_empty():
        _Session(bars, recorder, settings, overrides, learning or LearningBookSettings(), account).run()
    return account.held


class _Session:
    def __init__(
        self,
        bars: pl.DataFrame,
        recorder: Recording,
        settings: PaperSettings,
        overrides: Sequence[Override],
        learning: LearningBookSettings,
        research: Research,
    ) -> None:
        self._overrides = Index(overrides)
        self._recorder = recorder
        self._settings = settings
        self._desks = [desk_of(each, settings) for each in market.markets(bars)]
        self._research = research
        main = settings.model_copy(update={"capital_usd": research.main_usd})
        self._book = Book(recorder, main, settings.notional_usd)
        self._learning = LearningBook(recorder, settings, learning)
        self._watchlist = Watchlist(recorder, settings)
        self._waiting: dict[str, list[Entry]] = {desk.market.name: [] for desk in self._desks}
        self._marks: dict[str, float] = {}

    def run(self) -> None:
        """Walk every step once."""
        steps = {
            Moment.CLOSE: self._bar_closes,
            Moment.DAY: self._day_begins,
            Moment.SIGNALS: self._signal_comes,
            Moment.OPEN: self._bar_opens,
        }
        signals_at = [[signal.made_us for signal in desk.signals] for desk in self._desks]
        for at_us, moment, number, index in timeline([desk.market for desk in self._desks], signals_at):
            steps[moment](at_us, self._desks[number], index)
        self._research.end()

    def _bar_closes(self, at_us: int, desk: Desk, i: int) -> None:
        bars = desk.market
        high, low, close = float(bars.high[i]), float(bars.low[i]), float(bars.close[i])
        self._marks[bars.symbol] = close
        for book in self._books():
            for trade in book.trades(bars.name):
                leaving = exits_in_bar(trade, high, low, close)
                book.leave(at_us, bars.name, trade, leaving, float(desk.spread_close_bps[i]))
        self._research.marked(at_us, bars.symbol, close)

    def _day_begins(self, at_us: int, _desk: Desk, _index: int) -> None:
        self._book.snapshot(at_us, self._marks)
        self._learning.day(at_us, self._book.equity(self._marks))
        self._research.day(at_us, self._book.equity(self._marks), self._marks)
        for desk in self._desks:
            self._watchlist.review(at_us, desk.market)

    def _signal_comes(self, at_us: int, desk: Desk, index: int) -> None:
        wanted = desk.signals[index]
        self._watchlist.heard(at_us, desk.market)
        routed = self._research.routed(at_us, wanted)
        if routed.experiment_id is None:
            self._main_answers(at_us, desk, wanted)
        else:
            self._research_answers(at_us, desk, wanted, self._research.books[routed.experiment_id], routed)

    def _main_answers(self, at_us: int, desk: Desk, signal: Signal) -> None:
        self._recorder.signal(at=instant(at_us), **payload(signal, self._settings))
        gates, opposed_by = self._gates(at_us, desk, signal, self._book), self._opposing(signal, self._book)
        drawn = self._draw(at_us, signal, gates, opposed_by)
        answer = decisions.answer(signal, gates, opposed_by, drawn)
        # Answered in the same instant: seconds later the next bar is under way, and its path cannot be split.
        self._recorder.decision(at=instant(at_us), **answer)
        if answer["decision"] == "approved" and drawn is None:
            self._submit(at_us, desk, signal, gates, self._book)
        elif answer["decision"] == "approved":
            self._submit(at_us, desk, self._learning.granted(signal), gates, self._learning)

    def _research_answers(self, at_us: int, desk: Desk, wanted: Signal, book: ResearchBook, routed: Route) -> None:
        """As main answers, by the account of research; what research may not trade is blocked, never main's."""
        signal = book.take(wanted, self._research.size_usd())
        self._recorder.signal(at=instant(at_us), **payload(signal, self._settings) | book.said(signal))
        gates = self._gates(at_us, desk, signal, book)
        answer = decisions.answer(signal, gates, self._opposing(signal, book))
        is_approved = answer["decision"] == "approved"
        if is_approved and routed.blocked is not None:
            answer = decisions.refused(signal, gates, routed.blocked, routed.detail)
            book.refuse(at_us, signal, routed)
        self._recorder.decision(at=instant(at_us), **answer)
        if is_approved and routed.blocked is None:
            self._submit(at_us, desk, signal, gates, book)

    def _gates(self, at_us: int, desk: Desk, signal: Signal, book: Book) -> list[dict[str, Any]]:
        measured = signal.measured | self._measured(at_us, desk, signal, book)
        limits = own_limits(signal.pattern_key, self._settings)
        in_force = apply(self._overrides, limits, signal.pattern_key, signal.scope, instant(at_us))
        return judge(measured, in_force)

    def _draw(self, at_us: int, signal: Signal, gates: list[dict[str, Any]], opposed_by: str | None) -> Draw | None:
        """What exploration makes of a signal that a gate blocks; None where none does, or where this bot explores not.

        The learning book is asked first: what it refuses has no chance.
        """
        failure = first_failure(gates)
        if failure is None or self._settings.exploration_rate == 0:
            return None
        can_be_traded = not signal.halted and opposed_by is None
        self._learning.day(at_us, self._book.equity(self._marks))
        admissible = can_be_traded and self._learning.grants(at_us, signal, self._limit(signal), failure[0])
        return draw(signal.signal_id, self._settings, admissible=admissible)

    def _measured(self, at_us: int, desk: Desk, signal: Signal, book: Book) -> dict[str, float]:
        n_held = book.n_open + len(self._entering(book))
        watched_us = int(desk.market.opened[0])
        return {"max_open_positions": n_held} | book.measured(at_us, signal, watched_us, self._marks)

    def _submit(self, at_us: int, desk: Desk, signal: Signal, gates: list[dict[str, Any]], book: Book) -> None:
        latency = latency_us(signal.signal_id, self._settings)
        limit = self._limit(signal)
        book.order_entry(at_us + latency, signal, limit)
        self._waiting[desk.market.name].append(Entry(signal, book, gates, limit, 2 * latency))

    def _limit(self, signal: Signal) -> float:
        """The worst price that an entry takes."""
        return signal.entry + signal.side * self._settings.chase_spreads * signal.spread

    def _bar_opens(self, at_us: int, desk: Desk, i: int) -> None:
        name, price, spread_bps = desk.market.name, float(desk.market.open[i]), float(desk.spread_open_bps[i])
        for book in self._books():
            for trade in book.trades(name):
                known_us = at_us + latency_us(f"{trade.trade_id}/{at_us}", self._settings)
                book.leave(known_us, name, trade, exits_at_open(trade, price), spread_bps)
        for entry in self._waiting[name]:
            self._try_entry(at_us + entry.latency_us, name, entry, price, spread_bps)
        self._waiting[name] = []

    def _try_entry(self, at_us: int, name: str, entry: Entry, open_price: float, spread_bps: float) -> None:
        signal = entry.signal
        price = entry_price(open_price, signal.side, spread_bps)
        reason = unreachable(entry, open_price, price)
        if reason is None:
            entry.book.enter(at_us, name, signal, price)
        else:
            expired = decisions.expiry(signal, entry.gates, open_price, spread_bps, reason)
            self._recorder.decision(at=instant(at_us), **expired)
            entry.book.missed(at_us, signal)

    def _opposing(self, signal: Signal, book: Book) -> str | None:
        against = (
            other.signal_id
            for other in self._entering(book)
            if (other.symbol, other.side) == (signal.symbol, -signal.side) and other.timeframe != signal.timeframe
        )
        return next(against, None)

    def _entering(self, book: Book) -> list[Signal]:
        """Signals whose entry is under way in a book; those of others stand in nobody's way."""
        waiting = (entry for entries in self._waiting.values() for entry in entries)
        return [entry.signal for entry in waiting if entry.book is book]

    def _books(self) -> list[Book]:
        return [self._book, self._learning, *self._research.books.values()]
