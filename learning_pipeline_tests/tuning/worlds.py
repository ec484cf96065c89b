"""Small worlds of decisions with patterns, scopes, episodes and measured gates, written as rows."""

from __future__ import annotations

import datetime as dt
import operator
import random
from functools import cache
from typing import Any

import polars as pl

from learning_pipeline.events.tables import Decisions, EpisodeOutcomes, Gates
from learning_pipeline.shadow.tables import Outcomes
from learning_pipeline.tuning.settings import LEVERS

FIRST = dt.date(2024, 1, 1)
HOLDS = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}
OPS = {"ts": [">=", ">"], "halo": ["<=", "<"], "slope": [">=", ">"], "spread": ["<=", "<"]}
BASES = {"ts": [0.55, 0.6], "halo": [1.0, 1.25], "slope": [0.0], "spread": [5.0]}
STEPS = {lever.gate: list(lever.steps) for lever in LEVERS} | {"spread": [-1.0, -1.0, -1.0, 0.0, 1.0]}
Row = dict[str, Any]
World = tuple[list[Row], list[Row], list[Row], list[Row]]
"""Decisions, gates, outcomes, reported outcomes."""


@cache
def day(k: int) -> dt.date:
    return FIRST + dt.timedelta(days=k)


@cache
def at(k: int, hour: float = 12) -> dt.datetime:
    return dt.datetime.combine(day(k), dt.time(), dt.UTC) + dt.timedelta(hours=hour)


def decided(signal_id: str, word: str, on: int = 0, *, known: int | None = None, **more: Any) -> Row:
    """A decision of day ``on`` that is known from day ``known`` on."""
    row = {"signal_id": signal_id, "decided_at": at(on), "day": day(on if known is None else known), "decision": word}
    row |= {"pattern_key": "p", "scope": "{}", "book": "profit", "blocked_by": [], "gates_complete": True}
    return row | {"blocker_component": None, "episode_id": None} | more


def gate(signal_id: str, name: str, value: float | None, base: float | None, on: int = 0, **more: Any) -> Row:
    """A gate with the comparator of its kind, in force at its base limit."""
    op = OPS[name][0]
    passed = None if value is None or base is None else HOLDS[op](value, base)
    numbers = {"value": value, "base_threshold": base, "threshold": base, "op": op, "passed": passed}
    return {"signal_id": signal_id, "day": day(on), "gate": name} | numbers | more


def ended(signal_id: str, success: bool | None, decided_on: int = 0, known: int | None = None) -> Row:
    """What came of the decision of a day, known on another; None: unlabelled."""
    on = decided_on if known is None else known
    outcome = "unlabelled" if success is None else "ttl_expired"
    row = {"signal_id": signal_id, "decided_at": at(decided_on), "known_at": at(on, 20), "day": day(on)}
    return row | {"outcome": outcome, "success": success}


def told(event_id: str, signal_id: str, success: bool, on: int = 0) -> Row:
    """What the bot reports on a day."""
    word = "success" if success else "failure"
    return {"event_id": event_id, "signal_id": signal_id, "happened_at": at(on, 21), "day": day(on), "outcome": word}


def frames(world: World) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    decisions, gates, outcomes, reports = world
    return Decisions.frame(decisions), Gates.frame(gates), Outcomes.frame(outcomes), EpisodeOutcomes.frame(reports)


def some_world(rng: random.Random, n: int, reported: float = 0.0) -> World:
    """Signals of two patterns over two weeks, some in episodes, some with two versions; outcomes on some."""
    decisions: list[Row] = []
    gates: list[Row] = []
    outcomes: list[Row] = []
    reports: list[Row] = []
    for k in range(n):
        name, on = f"s{k:03}", rng.randrange(10)
        same = {"pattern_key": rng.choice(["p", "p", "q", None]), "scope": some_scope(rng)}
        same |= {"episode_id": rng.choice([None, None, f"e{rng.randrange(n)}"])}
        same |= {"book": rng.choice(["profit"] * 5 + ["research"])}
        for known in sorted({on, rng.choice([on, on, on + rng.randrange(3)])}):
            row, of_row = some_decision(rng, name, rng.choice([on, known]), known)
            decisions.append(row | same)
            gates += of_row
        if rng.random() < 0.9:
            success = rng.choice([None, *[True, False] * 4])
            outcomes.append(ended(name, success, rng.choice([on, known]), known + rng.randrange(3)))
        if rng.random() < reported:
            reports += [
                told(f"{name}-{j}", name, rng.random() < 0.5, known + rng.randrange(3))
                for j in range(rng.choice([1, 1, 2]))
            ]
    return decisions, gates, outcomes, reports


def some_scope(rng: random.Random) -> str:
    timeframe, chain = rng.choice(["", '"timeframe":"15m"', '"timeframe":"1h"']), rng.choice(["", '"chain":"sol"'])
    return "{" + ",".join(part for part in (chain, timeframe) if part) + "}"


def some_decision(rng: random.Random, name: str, on: int, known: int) -> tuple[Row, list[Row]]:
    """A decision as its gates say, at the limits in force; now and then not recorded, overruled or out of order."""
    measured = [some_gate(rng, name, which, known) for which in OPS if rng.random() < 0.85]
    failing = [g["gate"] for g in measured if g["passed"] is False]
    word = "blocked" if failing or rng.random() < 0.1 else "approved"
    word = rng.choice([word] * 8 + ["expired", "cancelled", "approved"])
    by = sorted({*failing, *rng.choice([[]] * 6 + [["risk"], ["halo"]])}) if word == "blocked" else []
    complete = rng.random() < 0.85 and all(g["passed"] is not None for g in measured)
    row = decided(name, word, on, known=known, blocked_by=by, gates_complete=complete)
    return row | {"blocker_component": by[0] if by else None}, measured


def some_gate(rng: random.Random, name: str, which: str, on: int) -> Row:
    """Values lie on the limits of steps, or just beside them; some under an override."""
    base, op = rng.choice(BASES[which]), rng.choice(OPS[which])
    value = rng.choice([base + step for step in STEPS[which]]) + rng.choice([-0.0001, 0.0, 0.0001] * 3 + [0.3, -0.3])
    in_force = base + rng.choice([0.0, 0.0, 0.0, *STEPS[which]])
    row = gate(name, which, value, base, on, threshold=in_force, op=op, passed=HOLDS[op](value, in_force))
    lost = rng.choice([None] * 40 + ["value", "base_threshold", "op", "passed"])
    return row if lost is None else row | {lost: None}
