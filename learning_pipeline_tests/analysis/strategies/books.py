"""Small worlds of signals, answers, orders, fills, trades and outcomes of two strategies, written as rows."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any, NamedTuple

import polars as pl
from hypothesis import strategies as st

from learning_pipeline.analysis import AnalysisSettings, signal_decay, strategy_leaderboard
from learning_pipeline.events.tables import Decisions, Fills, Orders, Signals, Trades
from learning_pipeline.shadow.tables import Outcomes
from learning_pipeline_tests.analysis.rows import Row, at, day, outcome
from learning_pipeline_tests.dice import Dice, dice, some_of

WORDS = ["approved"] * 4 + ["blocked", "blocked", "expired", "cancelled"]


class Journal(NamedTuple):
    """What a bot and the market wrote down."""

    signals: Sequence[Row] = ()
    decisions: Sequence[Row] = ()
    orders: Sequence[Row] = ()
    fills: Sequence[Row] = ()
    trades: Sequence[Row] = ()
    outcomes: Sequence[Row] = ()


TABLES = Journal(Signals, Decisions, Orders, Fills, Trades, Outcomes)


def moment(k: int, seconds: int = 0) -> dt.datetime:
    """So many seconds after noon of day k."""
    return at(k) + dt.timedelta(seconds=seconds)


def event(k: int, seconds: int = 0, **more: Any) -> Row:
    return {"day": day(k), "happened_at": moment(k, seconds), "book": "profit", **more}


def signal(signal_id: str, k: int, strategy: str = "a") -> Row:
    return event(k, event_id=f"signal {signal_id}", signal_id=signal_id, strategy=strategy)


def answer(signal_id: str, decided: int, word: str = "approved", known: int | None = None, **more: Any) -> Row:
    row = {"signal_id": signal_id, "decided_at": at(decided), "day": day(decided if known is None else known)}
    same = {"decision": word, "strategy": "a", "side": "long", "entry_price": 100.0, "book": "profit"}
    return row | same | more


def fill(name: str, k: int, seconds: int = 0, **more: Any) -> Row:
    return event(k, seconds, event_id=name, order_id=f"order {name}", trade_id=f"trade {name}", price=100.0) | more


def order(name: str, k: int, signal_id: str, **more: Any) -> Row:
    return event(k, event_id=f"{name} on {k}", order_id=name, signal_id=signal_id, **more)


def trade(name: str, closed: int, pnl: float, known: int | None = None, **more: Any) -> Row:
    row = event(closed if known is None else known, event_id=f"{name} of {known}", trade_id=name, strategy="a")
    return row | {"closed_at": at(closed), "pnl_usd": pnl} | more


def frames(journal: Journal) -> dict[str, pl.DataFrame]:
    return {name: table.frame(list(getattr(journal, name))) for name, table in TABLES._asdict().items()}


def decay(journal: Journal, as_ofs: list[int], *windows: int, books: tuple[str, ...] = ("profit",)) -> pl.DataFrame:
    given, asked = frames(journal), AnalysisSettings(windows=windows, books=books)
    given.pop("outcomes")
    return signal_decay(**given, as_ofs=[day(k) for k in as_ofs], settings=asked)


def board(journal: Journal, as_ofs: list[int], *windows: int, books: tuple[str, ...] = ("profit",)) -> pl.DataFrame:
    asked = AnalysisSettings(windows=windows, books=books)
    return strategy_leaderboard(**frames(journal), as_ofs=[day(k) for k in as_ofs], settings=asked)


BOOKS = ["profit", "profit", "profit", "research"]


def journals(unit: float = 0.25, most: int = 8) -> st.SearchStrategy[Journal]:
    """Up to so many signals over two weeks, with late orders, revised answers, orders and trades; PnL in ``unit``."""
    return st.builds(lambda signals, trades: _journal(signals, trades, unit), dice(most), dice(6))


def _journal(signals: Dice, trades: Dice, unit: float) -> Journal:
    journal = Journal([], [], [], [], [], [])
    for k, rng in enumerate(signals):
        name, strategy, born = f"s{k}", rng.choice(["a", "b", "*"]), rng.randint(0, 6)
        journal.signals.append(signal(name, born, strategy))
        _answers(rng, journal, name, strategy, born, unit)
        _fills(rng, journal, name, born)
    for k, rng in enumerate(trades):
        _trades(rng, journal, f"t{k}", unit)
    kept = {(o["signal_id"], o["known_at"]): o for o in journal.outcomes}
    return journal._replace(outcomes=list(kept.values()))


def _answers(rng: random.Random, journal: Journal, name: str, strategy: str, born: int, unit: float) -> None:
    days = sorted(some_of(rng, range(born, born + 5), 2))
    decided = days[0] if days else born
    same = {"strategy": strategy, "side": rng.choice(["long", "short"]), "book": rng.choice(BOOKS)}
    for known in days:
        decided = rng.choice([decided, known])
        price = rng.choice([None, 90.0, 100.0, 130.0])
        journal.decisions.append(answer(name, decided, rng.choice(WORDS), known, entry_price=price, **same))
        pnl = rng.choice([None, rng.randint(-40, 40) * unit])
        if rng.random() < 0.8:
            journal.outcomes.append(outcome(name, decided, known + rng.randint(0, 4), pnl))


def _fills(rng: random.Random, journal: Journal, name: str, born: int) -> None:
    for n in range(rng.randint(0, 3)):
        known, seconds = born + rng.randint(0, 4), rng.randint(-7, 7) * 1000 + n
        which, of_trade = f"{name}.{n}", f"t{rng.randint(0, 5)}"
        named, price, book = rng.choice([name, None, None]), rng.choice([99.7, 100.0, 101.3]), rng.choice(BOOKS)
        same = {"signal_id": named, "trade_id": of_trade, "price": price, "book": book}
        journal.fills.append(fill(which, known, seconds, **same))
        for k in some_of(rng, range(born, born + 7), 2):
            journal.orders.append(order(f"order {which}", k, rng.choice([name, name, "s0"])))


def _trades(rng: random.Random, journal: Journal, name: str, unit: float) -> None:
    """Up to two revisions; strategy and signal may be unnamed."""
    closed = rng.randint(0, 9)
    of_signal = {"strategy": rng.choice(["a", "b", "*", None]), "book": rng.choice(BOOKS)}
    for known in some_of(rng, range(closed, 13), 2):
        pnl, signal_id = rng.randint(-40, 40) * unit, rng.choice(["s0", "s1", None])
        journal.trades.append(trade(name, closed, pnl, known, signal_id=signal_id, **of_signal))
