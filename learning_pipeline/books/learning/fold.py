"""The risk of each book, event by event and day by day, from the state of the day before."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from itertools import chain
from typing import Any, NamedTuple

import msgspec
import polars as pl

from learning_pipeline.books.learning.moves import Change, Move, Snapshot
from learning_pipeline.books.learning.moves_of import OF, Events, Key, moves_by_book, snapshots
from learning_pipeline.books.learning.pnl import experiment_pnl
from learning_pipeline.books.learning.reservation import Reservation
from learning_pipeline.books.learning.risk_book import DAY_US, RiskBook
from learning_pipeline.books.learning.settings import LearningBookSettings
from learning_pipeline.books.learning.tables import OpenRisk, Risk
from learning_pipeline.contracts import days_between

EQUITY_DAYS = 7
"""A portfolio snapshot older than this says nothing of today's equity."""
EPOCH = dt.date(1970, 1, 1)


class Folded(NamedTuple):
    """`Risk`, `OpenRisk` and `ExperimentPnl` of some days, and every book as it stands after the last of them."""

    risk: pl.DataFrame
    open_risk: pl.DataFrame
    experiments: pl.DataFrame
    books: dict[Key, RiskBook]


def fold_risk(
    events: Events,
    open_risk: pl.DataFrame,
    experiments: pl.DataFrame,
    days: tuple[dt.date, dt.date],
    settings: LearningBookSettings,
) -> Folded:
    """Fold the events of some days; the same, to the bit, as from all events ever.

    Parameters
    ----------
    events : Events
    open_risk, experiments : DataFrame
        ``books.open_risk`` and ``books.experiment_pnl`` of the day before; empty: nothing was open, nothing traded.
    days : tuple of date
        First and last.
    """
    earned = experiment_pnl(events.trades, experiments, days)
    fold = _Fold(moves_by_book(events, open_risk, days[0]), snapshots(events.portfolio), open_risk)
    known, rows, carried = experiments, [], []
    for day in days_between(*days):
        fold.begin(day, known)
        rows += [_row(key, *told, settings) | {"day": day} for key in fold.books for told in fold.walk(key)]
        carried += [_carried(key, each) | {"day": day} for key, book in fold.books.items() for each in _open(book)]
        known = earned.filter(pl.col("day") == day)
    frames = Risk.checked(Risk.frame(rows)), OpenRisk.checked(OpenRisk.frame(carried))
    return Folded(*frames, earned, fold.current(known))


class _Fold:
    """Books while they are walked through, and what is still to come for each."""

    def __init__(
        self, moves: dict[Key, list[Move]], equity: dict[tuple[str, str], list[Snapshot]], open_risk: pl.DataFrame
    ) -> None:
        self.books: dict[Key, RiskBook] = {}
        self._coming = {key: deque(some) for key, some in moves.items()}
        self._equity, self._day = equity, 0
        self._let_go: dict[Key, list[Change]] = {}
        for row in open_risk.to_dicts():
            book = self.books.setdefault((row["source"], row["session_id"], row["book"]), RiskBook())
            book.reservations[row["order_id"]] = Reservation(**{name: row[name] for name in FIELDS})

    def begin(self, day: dt.date, experiments: pl.DataFrame) -> None:
        """Books that have anything open or coming on the day, each with what its experiments came to before it."""
        self._day = (day - EPOCH).days
        kept = {key: book for key, book in self.books.items() if book.reservations}
        due = {key for key, coming in self._coming.items() if coming and coming[0].at_us // DAY_US == self._day}
        self.books = {key: kept.get(key) or RiskBook() for key in sorted(due | kept.keys())}
        self._let_go = {key: book.begin(self._day) for key, book in self.books.items()}
        for (source, session, name), book in self.books.items():
            book.equity_usd, book.equity_day = None, None
            book.experiments = _of(experiments, source, name)
            for snapshot in self._snapshots(source, session, self._day - 1):
                book.apply(snapshot)

    def walk(self, key: Key) -> Iterator[tuple[int, Change, RiskBook]]:
        """What happens to a book on the day, change by change, numbered, with its state after each move."""
        book, n = self.books[key], 0
        for changes in chain([self._let_go[key]], map(book.apply, self._today(key))):
            for change in changes:
                yield n, change, book
                n += 1

    def current(self, experiments: pl.DataFrame) -> dict[Key, RiskBook]:
        """Every book after the last day, and an empty learning book for each session whose equity is known."""
        idle: dict[Key, RiskBook] = {}
        for source, session in self._equity:
            told = self._snapshots(source, session, self._day)
            if told:
                book = RiskBook(day=self._day, experiments=_of(experiments, source, "learning"))
                idle[source, session, "learning"] = book
                for snapshot in told:
                    book.apply(snapshot)
        return idle | self.books

    def _snapshots(self, source: str, session: str, last: int) -> list[Snapshot]:
        """Those that still count up to a day."""
        told = self._equity.get((source, session), [])
        start = bisect_left(told, (self._day - EQUITY_DAYS) * DAY_US, key=lambda each: each.at_us)
        return told[start : bisect_left(told, (last + 1) * DAY_US, key=lambda each: each.at_us)]

    def _today(self, key: Key) -> list[Move]:
        """Moves of the day and snapshots of its session by time, at one instant a snapshot first."""
        coming, today = self._coming.get(key, deque()), []
        while coming and coming[0].at_us // DAY_US == self._day:
            today.append(coming.popleft())
        told = [each for each in self._snapshots(*key[:2], self._day) if each.at_us // DAY_US == self._day]
        return sorted([*told, *today], key=lambda move: move.at_us)


FIELDS = Reservation.__struct_fields__


def _open(book: RiskBook) -> list[Reservation]:
    return list(book.reservations.values())


def _of(experiments: pl.DataFrame, source: str, book: str) -> dict[str, float]:
    mine = experiments.filter(pl.col("source") == source, pl.col("book") == book)
    return dict(mine.select("experiment_id", "pnl_usd").iter_rows())


def _row(key: Key, n: int, change: Change, book: RiskBook, settings: LearningBookSettings) -> dict[str, Any]:
    told = change._asdict()
    at = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=told.pop("at_us"))
    state = {"reserved_usd": book.reserved_usd, "lost_usd": book.lost_usd, "n_trades": book.n_trades}
    return _named(key) | told | state | {"n": n, "at": at, "budget_usd": _budget_usd(key[2], book, settings)}


def _budget_usd(name: str, book: RiskBook, settings: LearningBookSettings) -> float | None:
    if name != "learning" or book.equity_usd is None:
        return None
    return settings.learning_daily_risk_budget_pct / 100 * book.equity_usd


def _carried(key: Key, each: Reservation) -> dict[str, Any]:
    return _named(key) | msgspec.structs.asdict(each) | {"risk_usd": each.risk_usd, "exposure_usd": each.exposure_usd}


def _named(key: Key) -> dict[str, str]:
    return dict(zip(OF, key, strict=True))
