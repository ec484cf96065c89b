"""Small worlds of blocked and admitted decisions, their shadow outcomes and their trades, written as rows."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any, NamedTuple

import polars as pl
from hypothesis import strategies as st

from learning_pipeline.analysis import AnalysisSettings, calibrate, guard_value
from learning_pipeline.analysis.exploration.guard_value import LIMITS
from learning_pipeline.analysis.exploration.value_rows import Limits
from learning_pipeline.events.tables import Decisions, Gates, Trades
from learning_pipeline.shadow.tables import Outcomes
from learning_pipeline_tests.analysis.rows import Row, at, day, outcome
from learning_pipeline_tests.dice import Dice, dice, some_of

GUARDS = ["g1", "g2"]


class Journal(NamedTuple):
    """Rows of each table."""

    decisions: list[Row]
    gates: list[Row]
    outcomes: list[Row]
    trades: list[Row]


def empty() -> Journal:
    return Journal([], [], [], [])


def decide(
    journal: Journal,
    name: str,
    k: int,
    *by: str,
    word: str = "blocked",
    propensity: float | None = 0.9,
    known: int | None = None,
    hour: float = 12.0,
    **more: Any,
) -> None:
    """A decision of day k that the gates in ``by`` failed on, whatever the answer was."""
    is_blocked, on = word == "blocked", day(k if known is None else known)
    names = {"blocker_component": by[0], "blocked_by": sorted(by)} if is_blocked and by else {"blocked_by": []}
    decided_at = at(k) + dt.timedelta(hours=hour - 12.0)
    row = {"signal_id": name, "decided_at": decided_at, "day": on, "decision": word, "propensity": propensity}
    same = {"book": "profit", "strategy": "a", "gates_complete": bool(by)}
    journal.decisions.append(row | same | names | more)
    journal.gates.extend({"signal_id": name, "gate": gate, "day": on, "passed": False} for gate in by)


def settle(
    journal: Journal, name: str, k: int, pnl: float | None, known: int | None = None, hour: float = 12.0
) -> None:
    """The shadow outcome of the decision of day k; notional 1000 unless unlabelled."""
    row = outcome(name, k, k if known is None else known, pnl)
    decided_at = row["decided_at"] + dt.timedelta(hours=hour - 12.0)
    journal.outcomes.append(row | {"decided_at": decided_at, "notional_usd": None if pnl is None else 1000.0})


def close(journal: Journal, name: str, k: int, roi: float, trade: str | None = None, cost: float = 250.0) -> None:
    """A trade of the signal, opened for ``cost``, known to be closed on day k."""
    money = {"qty": cost / 100.0, "entry_price": 100.0, "pnl_usd": roi * cost, "book": "learning"}
    same = {"trade_id": trade or f"{name}-trade", "signal_id": name, "day": day(k), "happened_at": at(k)}
    journal.trades.append(same | money)


def frames(journal: Journal) -> dict[str, pl.DataFrame]:
    tables = {"decisions": Decisions, "gates": Gates, "outcomes": Outcomes, "trades": Trades}
    return {name: table.frame(getattr(journal, name)) for name, table in tables.items()}


def value(journal: Journal, as_ofs: list[int], *windows: int, limits: Limits = LIMITS) -> pl.DataFrame:
    asked = AnalysisSettings(windows=windows)
    return guard_value(**frames(journal), as_ofs=[day(k) for k in as_ofs], settings=asked, limits=limits)


def bias(journal: Journal, as_ofs: list[int], *windows: int) -> pl.DataFrame:
    given, asked = frames(journal), AnalysisSettings(windows=windows)
    given.pop("gates")
    return calibrate(**given, as_ofs=[day(k) for k in as_ofs], settings=asked)


def journals(unit: float = 0.25) -> st.SearchStrategy[Journal]:
    """Up to a dozen signals over ten days: drawn or not, revised, settled or not, traded once or twice or not."""
    return dice(12).map(lambda signals: _journal(signals, unit))


def _journal(signals: Dice, unit: float) -> Journal:
    journal = empty()
    for n, rng in enumerate(signals):
        name, born = f"s{n:02}", rng.randint(0, 6)
        for known in sorted(some_of(rng, range(born, born + 4), 2, at_least=1)):
            _version(rng, journal, name, born, known, unit)
        for trade in range(rng.randint(0, 2)):
            for k in some_of(rng, range(born, born + 7), 2, at_least=1):
                roi, cost = rng.randint(-40, 40) * unit / 100, rng.choice([100.0, 250.0])
                close(journal, name, k, roi, f"{name}-{trade}", cost)
    kept = {(o["signal_id"], o["known_at"]): o for o in journal.outcomes}
    return journal._replace(outcomes=list(kept.values()))


def _version(rng: random.Random, journal: Journal, name: str, born: int, known: int, unit: float) -> None:
    by = some_of(rng, GUARDS, 2)
    word = rng.choice(["blocked", "blocked", "approved", "approved", "expired", "cancelled"])
    propensity = rng.choice([None, 0.1, 0.25, 0.5, 0.9, 1.0])
    book, complete = rng.choice(["profit", "profit", "research"]), bool(by) and rng.random() < 0.5
    hour, strategy = rng.choice([0.0, 6.5, 12.0, 23.0]), rng.choice(["a", "b"])
    more = {"gates_complete": complete, "book": book, "strategy": strategy}
    decide(journal, name, born, *by, word=word, propensity=propensity, known=known, hour=hour, **more)
    if rng.random() < 0.8:
        pnl = rng.choice([None, *[rng.randint(-40, 39) * unit] * 30])
        settle(journal, name, born, pnl, known + rng.randint(0, 4), hour)


def busy(seed: int) -> Journal:
    """Six decisions a day over ten days, most of one guard alone, drawn at mixed chances, most traded and settled."""
    rng, journal = random.Random(seed), empty()
    for n in range(60):
        name, k, hour = f"s{n:02}", n // 6, rng.randrange(24) + 0.5
        chance = rng.choice([0.0, 0.2, 0.3, 0.5])
        admitted = rng.random() < chance
        word = rng.choice(["approved", "approved", "approved", "expired"]) if admitted else "blocked"
        by = rng.choice([("g1",), ("g1",), ("g2",), ("g1", "g2")])
        propensity = None if rng.random() < 0.1 else chance if admitted else 1 - chance
        decide(journal, name, k, *by, word=word, propensity=propensity, hour=hour, strategy=rng.choice("ab"))
        if rng.random() < 0.9:
            settle(
                journal, name, k, rng.choice([None, *[0.1 * rng.randrange(-90, 91)] * 9]), k + rng.randrange(3), hour
            )
        if word == "approved" and rng.random() < 0.8:
            close(journal, name, k + rng.randrange(4), 0.001 * rng.randrange(-90, 91), cost=rng.choice([70.0, 300.0]))
    return journal
