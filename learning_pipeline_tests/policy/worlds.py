"""Small worlds of decisions and gates, and the plain answer to each: one loop, no arrays."""

from __future__ import annotations

import datetime as dt
import json
import operator
import random
from typing import Any

import polars as pl
from hypothesis import strategies as st

from learning_pipeline.events.tables import Decisions, Gates, Signals
from learning_pipeline.policy import Policy
from learning_pipeline_tests.dice import Dice, dice, seeds, some_of

DAY = dt.date(2024, 1, 1)
NAMES = ["a", "b", "c", "d"]
OPS = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}

Row = dict[str, Any]
Parts = dict[str, float] | None


def decision(signal_id: str, word: str = "blocked", **more: Any) -> Row:
    row = {"signal_id": signal_id, "day": DAY, "decision": word, "blocker_component": None}
    return row | {"blocked_by": [], "gates_complete": True} | more


def gate(signal_id: str, name: str, passed: bool | None, **more: Any) -> Row:
    return {"signal_id": signal_id, "gate": name, "day": DAY, "passed": passed} | more


def frames(decisions: list[Row], gates: list[Row]) -> tuple[pl.DataFrame, pl.DataFrame]:
    return Decisions.frame(decisions), Gates.frame(gates)


def signals(parts: dict[str, Parts]) -> pl.DataFrame:
    """``events.signals`` with these score components."""
    texts = {name: None if of is None else json.dumps(of, sort_keys=True) for name, of in parts.items()}
    return Signals.frame([{"signal_id": name, "score_components": text} for name, text in texts.items()])


def worlds() -> st.SearchStrategy[tuple[list[Row], list[Row]]]:
    return dice(6).map(_world)


def _world(signals: Dice) -> tuple[list[Row], list[Row]]:
    decisions, gates = [], []
    for k, rng in enumerate(signals):
        word = rng.choice(["blocked", "blocked", "approved", "expired", "cancelled"])
        of_signal = [_gate(rng, f"s{k}", name) for name in some_of(rng, NAMES[:3], 3)]
        blocker = rng.choice([None, rng.choice(NAMES)]) if word == "blocked" else None
        failing = {g["gate"] for g in of_signal if g["passed"] is False} | {*some_of(rng, NAMES, 1)}
        by = sorted(failing | ({blocker} - {None})) if word == "blocked" else []
        complete = rng.random() < 0.5
        decisions.append(decision(f"s{k}", word, blocker_component=blocker, blocked_by=by, gates_complete=complete))
        gates += of_signal
    return decisions, gates


def _gate(rng: random.Random, signal_id: str, name: str) -> Row:
    numbers = {which: rng.choice([None, float(rng.randint(0, 3))]) for which in ("value", "base_threshold")}
    return gate(signal_id, name, rng.choice([True, False, None]), **numbers, op=rng.choice([None, *OPS, *OPS]))


def components() -> st.SearchStrategy[dict[str, Parts]]:
    """Score components x, y of up to six signals; some carry none, one or both."""
    return seeds.map(lambda seed: _components(random.Random(seed)))


def _components(rng: random.Random) -> dict[str, Parts]:
    some = {f"s{k}": some_of(rng, ["x", "y"], 2) for k in range(6) if rng.random() < 0.75}
    return {name: rng.choice([None, {n: float(rng.randint(0, 3)) for n in of}]) for name, of in some.items()}


def policies() -> st.SearchStrategy[Policy]:
    kinds = st.sampled_from(["same", "drop", "threshold", "scale", "weights"])
    return st.builds(_policy, st.lists(kinds, min_size=len(NAMES), max_size=len(NAMES)), seeds)


def _policy(kinds: list[str], seed: int) -> Policy:
    kind, rng = dict(zip(NAMES, kinds, strict=True)), random.Random(seed)

    def amount() -> float:
        return rng.choice([0.0, 0.5, 1.0, 2.0, 3.0])

    return Policy(
        drop=frozenset(name for name in NAMES if kind[name] == "drop"),
        threshold={name: amount() for name in NAMES if kind[name] == "threshold"},
        scale={name: amount() for name in NAMES if kind[name] == "scale"},
        weights={name: {"x": amount(), "y": amount()} for name in NAMES if kind[name] == "weights"},
    )


def plain_answer(row: Row, gates: dict[str, Row], policy: Policy, parts: Parts = None) -> str:
    """One decision under a policy, by the book; gates and score components are those of the decision, by name."""
    blocked = row["decision"] == "blocked"
    if not policy.changed:
        return row["decision"]
    failed = {name for name, g in gates.items() if g["passed"] is False}
    if blocked:
        failed |= set(row["blocked_by"]) | ({row["blocker_component"]} - {None})
    told = [_passes(name, gates.get(name), failed, row, policy, parts or {}) for name in NAMES]
    if False in told:
        return "blocked"
    if blocked and not failed:
        return "unknown"
    return "unknown" if None in told or (blocked and not row["gates_complete"]) else "approved"


def _passes(
    name: str, g: Row | None, failed: set[str], row: Row, policy: Policy, parts: dict[str, float]
) -> bool | None:
    """Whether one gate lets the decision through; None where that cannot be told."""
    blocked, changed = row["decision"] == "blocked", name in policy.changed
    if name in policy.drop or (not blocked and (not changed or name in failed)):
        return True
    if g is None and name not in failed:
        return True if not changed or blocked or row["gates_complete"] else None
    if not changed:
        return False if name in failed else g["passed"]
    base = g and g["base_threshold"]
    factor = 1.0 if name in policy.weights else policy.scale.get(name, 0.0)
    limit = policy.threshold.get(name, None if base is None else factor * base)
    value = _score(policy.weights[name], parts) if name in policy.weights else g and g["value"]
    if g is None or value is None or g["op"] is None or limit is None:
        return None
    return OPS[g["op"]](value, limit)


def _score(weights: dict[str, float], parts: dict[str, float]) -> float | None:
    needed = {name: weight for name, weight in weights.items() if weight != 0}
    return None if needed.keys() - parts.keys() else sum(weight * parts[name] for name, weight in needed.items())
