"""Small worlds of decisions with gates, score components and outcomes, written as rows."""

from __future__ import annotations

import datetime as dt
import json
import random
from typing import Any, NamedTuple

import polars as pl
from hypothesis import strategies as st

from learning_pipeline.analysis import AnalysisSettings
from learning_pipeline.analysis.what_if.scenario import DEFAULTS, Scenario
from learning_pipeline.analysis.what_if.scenarios import what_if
from learning_pipeline.events.tables import Decisions, Gates, Signals
from learning_pipeline.shadow.tables import Outcomes
from learning_pipeline_tests.analysis.rows import FIRST, Row, day
from learning_pipeline_tests.dice import Dice, dice, some_of

OFF = dict.fromkeys(DEFAULTS, False)
SIZE = 10.0
"""Of a decision that names none, quote money."""


def instant(k: float) -> dt.datetime:
    """So many days after the first midnight."""
    return dt.datetime.combine(FIRST, dt.time(), dt.UTC) + dt.timedelta(days=k)


class World(NamedTuple):
    """Rows of the four tables."""

    signals: list[Row]
    decisions: list[Row]
    gates: list[Row]
    outcomes: list[Row]

    def frames(self) -> tuple[pl.DataFrame, ...]:
        tables = (Signals, Decisions, Gates, Outcomes)
        return tuple(table.frame(rows) for table, rows in zip(tables, self, strict=True))

    def add(
        self, name: str, at: float, word: str, *gates: Row, parts: dict[str, float] | None = None, **more: Any
    ) -> None:
        """A decision ``at`` so many days; its blockers are the gates that failed, the first acting."""
        by = [g["gate"] for g in gates if g["passed"] is False] if word == "blocked" else []
        row = {"signal_id": name, "decided_at": instant(at), "day": day(int(at)), "decision": word, "book": "profit"}
        row |= {"symbol": "BTC", "blocked_by": sorted(by), "blocker_component": by[0] if by else None}
        self.decisions.append(row | {"gates_complete": True} | more)
        self.gates.extend({"signal_id": name, "day": day(int(at))} | g for g in gates)
        told = None if parts is None else json.dumps(parts, sort_keys=True)
        self.signals.append({"signal_id": name, "day": day(int(at)), "score_components": told})

    def settle(self, name: str, known: float, pnl: float | None) -> None:
        """The outcome, known after so many days; no PnL: unlabelled."""
        decided_at = next(d["decided_at"] for d in self.decisions if d["signal_id"] == name)
        row = {"signal_id": name, "decided_at": decided_at, "known_at": instant(known), "day": day(int(known))}
        self.outcomes.append(row | {"outcome": "ttl_expired", "net_pnl_usd": pnl})


def world() -> World:
    return World([], [], [], [])


def gate(name: str, value: float | None, base: float | None, passed: bool | None, op: str = ">=") -> Row:
    return {"gate": name, "value": value, "base_threshold": base, "passed": passed, "op": op}


def failed(name: str, value: float | None = None) -> Row:
    return gate(name, value, 1.0, False)


def asked(
    some: World, as_ofs: list[int], scenarios: dict[str, Any], windows: tuple[int, ...] = (30,), **more: Any
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both tables, of these scenarios alone."""
    only = {name: Scenario.model_validate(scenario) for name, scenario in scenarios.items()}
    settings = AnalysisSettings(windows=windows, scenarios={**OFF, **only}, **more)
    return what_if(*some.frames(), [day(k) for k in as_ofs], settings, SIZE)


def row(some: World, scenario: dict[str, Any], as_of: int = 20, mode: str = "unconstrained", **more: Any) -> Row:
    """The one row of a scenario."""
    rows, _ = asked(some, [as_of], {"it": scenario}, **more)
    return rows.row(by_predicate=pl.col("mode") == mode, named=True)


def worlds(most: int = 12) -> st.SearchStrategy[World]:
    """Up to so many decisions over ten days, some with gates or components that were not recorded."""
    return dice(most).map(_world)


def _world(decisions: Dice) -> World:
    made = world()
    for k, rng in enumerate(decisions):
        at = rng.randint(0, 39) / 4
        word = rng.choice(["blocked", "blocked", "approved", "approved", "expired"])
        gates = [_gate(rng, name) for name in sorted(some_of(rng, ["a", "b", "c"], 3))]
        parts = rng.choice([None, {name: float(rng.randint(0, 3)) for name in some_of(rng, ["x", "y"], 2)}])
        more = {"gates_complete": rng.random() < 0.5, "symbol": rng.choice(["BTC", "ETH"])}
        more |= {"notional_usd": rng.choice([None, None, 5.0, 20.0])}
        made.add(f"s{k:02}", at, word, *gates, parts=parts, **more)
        if rng.random() < 0.75:
            pnl = rng.choice([None, rng.randint(-20, 20) * 0.25])
            made.settle(f"s{k:02}", at + rng.randint(1, 20) / 4, pnl)
    return made


def _gate(rng: random.Random, name: str) -> Row:
    numbers = (rng.choice([None, float(rng.randint(0, 3))]) for _ in range(2))
    return gate(name, *numbers, rng.choice([True, False, None]), rng.choice([">=", "<"]))
