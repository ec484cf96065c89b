"""Small worlds of blocked decisions and their outcomes, written as rows."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
from hypothesis import strategies as st

from learning_pipeline.analysis import AnalysisSettings, guard_effectiveness, opportunity_cost
from learning_pipeline.events.tables import Decisions, Gates
from learning_pipeline.shadow.tables import Outcomes
from learning_pipeline_tests.analysis.rows import Row, at, day, outcome
from learning_pipeline_tests.dice import Dice, dice, some_of

GUARDS = ["g1", "g2", "g3"]
World = tuple[list[Row], list[Row], list[Row]]


def blocked(signal_id: str, decided: int, *by: str, known: int | None = None, **more: Any) -> Row:
    """A decision of day ``decided`` that the gates in ``by`` blocked, the first of them acting."""
    row = {"signal_id": signal_id, "decided_at": at(decided), "day": day(decided if known is None else known)}
    by_whom = {"blocker_component": by[0] if by else None, "blocked_by": sorted(by), "gates_complete": bool(by)}
    return row | {"decision": "blocked", "book": "profit"} | by_whom | more


def failed(signal_id: str, decided: int, gate: str, passed: bool | None = False) -> Row:
    return {"signal_id": signal_id, "gate": gate, "day": day(decided), "passed": passed}


def frames(world: World) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    decisions, gates, outcomes = world
    return Decisions.frame(decisions), Gates.frame(gates), Outcomes.frame(outcomes)


def guards(world: World, as_ofs: list[int], *windows: int, books: tuple[str, ...] = ("profit",)) -> pl.DataFrame:
    settings = AnalysisSettings(windows=windows, books=books)
    return guard_effectiveness(*frames(world), [day(k) for k in as_ofs], settings)


def opportunity(world: World, as_ofs: list[int], *windows: int) -> pl.DataFrame:
    decisions, _, outcomes = frames(world)
    return opportunity_cost(decisions, outcomes, [day(k) for k in as_ofs], AnalysisSettings(windows=windows))


def busy(seed: int) -> World:
    """Six decisions a day, nearly all settled; in every other world some with gates that were not recorded."""
    rng, doubt = random.Random(seed), 0.1 * (seed % 2)
    decisions, gates, outcomes = [], [], []
    for k in range(60):
        decided, by = rng.randrange(10), rng.sample(GUARDS, rng.choice([1, 1, 1, 2, 3]))
        decisions.append(blocked(f"s{k:02}", decided, *by, gates_complete=rng.random() >= doubt))
        gates += [failed(f"s{k:02}", decided, name) for name in by]
        if rng.random() < 0.9:
            pnl = rng.choice([None, *[rng.randrange(-40, 41) * 0.25] * 9])
            outcomes.append(outcome(f"s{k:02}", decided, decided + rng.randrange(4), pnl))
    return decisions, gates, outcomes


def worlds(unit: float = 0.25, most: int = 10) -> st.SearchStrategy[World]:
    """Signals with up to two versions and outcomes over two weeks; PnL in multiples of ``unit``."""
    return dice(most).map(lambda signals: _world(signals, unit))


def _world(signals: Dice, unit: float) -> World:
    decisions, gates, outcomes = [], [], []
    for k, rng in enumerate(signals):
        days = sorted(some_of(rng, range(10), 2, at_least=1))
        decided = days[0]
        for known in days:
            decided = rng.choice([decided, known])
            row, of_row = _version(rng, f"s{k}", decided, known)
            decisions.append(row)
            gates += of_row
            pnl = rng.choice([None, rng.randint(-40, 40) * unit])
            if rng.random() < 0.8:
                outcomes.append(outcome(f"s{k}", decided, known + rng.randint(0, 4), pnl))
    return decisions, gates, list({(o["signal_id"], o["known_at"]): o for o in outcomes}.values())


def _version(rng: random.Random, signal_id: str, decided: int, known: int) -> tuple[Row, list[Row]]:
    by = some_of(rng, GUARDS, 3)
    word = rng.choice(["blocked"] * 4 + ["approved"])
    recorded = {name: False for name in by if rng.random() < 0.75}
    recorded |= {name: rng.choice([True, None]) for name in GUARDS if name not in by and rng.random() < 0.5}
    complete = bool(by) and None not in recorded.values() and rng.random() < 0.8
    row = blocked(signal_id, decided, *by, known=known, gates_complete=complete, decision=word)
    row["book"] = rng.choice(["profit", "profit", "profit", "research"])
    if word == "approved":
        row |= {"blocked_by": [], "blocker_component": None}
    return row, [failed(signal_id, known, name, passed) for name, passed in recorded.items()]
