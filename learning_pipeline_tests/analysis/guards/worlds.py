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


@st.composite
def worlds(draw: st.DrawFn, unit: float = 0.25) -> World:
    """Signals with up to two versions and outcomes over two weeks; PnL in multiples of ``unit``."""
    decisions, gates, outcomes = [], [], []
    for k in range(draw(st.integers(0, 10))):
        days = sorted(draw(st.sets(st.integers(0, 9), min_size=1, max_size=2)))
        decided = days[0]
        for known in days:
            decided = draw(st.sampled_from([decided, known]))
            row, of_row = draw(versions(f"s{k}", decided, known))
            decisions.append(row)
            gates += of_row
            pnl = draw(st.none() | st.integers(-40, 40).map(lambda n: n * unit))
            if draw(st.integers(0, 4)):
                settled = known + draw(st.integers(0, 4))
                outcomes.append(outcome(f"s{k}", decided, settled, pnl))
    return decisions, gates, list({(o["signal_id"], o["known_at"]): o for o in outcomes}.values())


@st.composite
def versions(draw: st.DrawFn, signal_id: str, decided: int, known: int) -> tuple[Row, list[Row]]:
    by = draw(st.lists(st.sampled_from(GUARDS), unique=True, max_size=3))
    word = draw(st.sampled_from(["blocked"] * 4 + ["approved"]))
    recorded = {name: False for name in by if draw(st.integers(0, 3))}
    recorded |= {name: draw(st.sampled_from([True, None])) for name in GUARDS if name not in by and draw(st.booleans())}
    complete = bool(by) and None not in recorded.values() and draw(st.integers(0, 4)) > 0
    row = blocked(signal_id, decided, *by, known=known, gates_complete=complete, decision=word)
    row["book"] = draw(st.sampled_from(["profit", "profit", "profit", "research"]))
    if word == "approved":
        row |= {"blocked_by": [], "blocker_component": None}
    return row, [failed(signal_id, known, name, passed) for name, passed in recorded.items()]
