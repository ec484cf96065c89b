"""What tuning did and why it did not: entries of the log (learning-update-plan, "Learning System Logging Plan")."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from learning_pipeline.contracts import Entry
from learning_pipeline.tuning.grid import Grid
from learning_pipeline.tuning.learn import Learned
from learning_pipeline.tuning.lifecycle import LOOKS
from learning_pipeline.tuning.settings import Lever, TuningSettings

MOST_LESSONS = 50
"""Lessons told per run, those with the most episodes."""
MOST_EPISODES = 100
RATES = ("wr", "fpr", "mr", "dr")
Row = Mapping[str, Any]


def entries(made: Learned, settings: TuningSettings) -> list[Entry]:
    """Lessons and selections of the newest day, and every change of state of all days."""
    newest = made.lessons.filter(pl.col("as_of") == pl.col("as_of").max())
    told = newest.sort("n", descending=True, maintain_order=True).head(MOST_LESSONS).to_dicts()
    standing = made.selections.filter(pl.col("as_of") == pl.col("as_of").max(), pl.col("state") == "shadow")
    every = [_summary(newest)]
    for lesson in told:
        every += [lesson_entry(lesson), simulation_entry(lesson, settings), *_missing(lesson)]
    return every + _moves(made) + [_held(one) for one in standing.to_dicts()]


def lesson_entry(lesson: Row) -> Entry:
    """What a lesson rests on; a rate that is not defined is a dash.

    >>> str(lesson_entry({"pattern_key": "p", "scope": "{}", "n": 3, "wr": 0.5, "fpr": 0.5, "mr": None, "dr": None}))
    'TuningMiner: Created lesson | pattern=p | scope={} | n=3 | wr=0.500 | fpr=0.500 | mr=- | dr=-'
    """
    rates = {name: _rate(lesson[name]) for name in RATES}
    return Entry("TuningMiner: Created lesson", _whose(lesson) | {"n": lesson["n"]} | rates)


def simulation_entry(lesson: Row, settings: TuningSettings) -> Entry:
    """What was tried on a lesson and what was found, or why nothing was."""
    grid = Grid.of(settings.levers)
    tried = {"simulations": grid.n_simulations, "policies": grid.size, "pruned": lesson["n_pruned"]}
    return Entry("SIMULATION", _whose(lesson) | tried | _best(lesson))


def episode_entries(
    decisions: pl.DataFrame, gates: pl.DataFrame, outcomes: pl.DataFrame, levers: tuple[Lever, ...]
) -> list[Entry]:
    """What was decided and what ended on the newest day, and which limits were not recorded.

    Parameters
    ----------
    decisions, gates, outcomes : DataFrame
        ``events.decisions``, ``events.gates``, ``shadow.outcomes``.
    levers : tuple of Lever
        Gates whose numbers tuning needs.
    """
    today = decisions.filter(pl.col("pattern_key").is_not_null(), pl.col("day") == pl.col("day").max())
    measured = gates.filter(pl.all_horizontal(pl.col("value", "base_threshold", "op").is_not_null()))
    there = measured.group_by("signal_id").agg(pl.col("gate")).rows()
    known = {signal_id: set(names) for signal_id, names in there}
    ended = outcomes.filter(pl.col("day") == pl.col("day").max(), pl.col("success").is_not_null())
    told = [_episode(row, known.get(row["signal_id"], set()), levers) for row in _some(today)]
    return told + [
        Entry("EPISODE OUTCOME", {"signal_id": row["signal_id"], "outcome": "success" if row["success"] else "failure"})
        for row in _some(ended)
    ]


def _episode(row: Row, known: set[str], levers: tuple[Lever, ...]) -> Entry:
    fields = {"pattern": row["pattern_key"], "decision": row["decision"], "signal_id": row["signal_id"]}
    missing = [lever.name for lever in levers if lever.gate not in known]
    if missing and row["decision"] in {"approved", "blocked"}:
        return Entry("EPISODE EVENT: Missing gate data", fields | {"missing": "+".join(missing)}, "WARNING")
    return Entry("EPISODE EVENT", fields | {"blocked_by": "+".join(row["blocked_by"]) or None})


def _some(rows: pl.DataFrame) -> list[dict[str, Any]]:
    return rows.sort("signal_id").head(MOST_EPISODES).to_dicts()


def _summary(newest: pl.DataFrame) -> Entry:
    as_of, speaking = newest["as_of"].max(), newest["policy"].is_not_null().sum()
    why = {"why": "no pattern has enough labelled decisions"} if newest.is_empty() else {}
    return Entry("TuningMiner completed", {"as_of": as_of, "lessons": newest.height, "with_policy": speaking} | why)


def _missing(lesson: Row) -> list[Entry]:
    if not lesson["n_unknown"]:
        return []
    return [Entry("LESSON: Missing gate data", _whose(lesson) | {"decisions": lesson["n_unknown"]}, "WARNING")]


def _moves(made: Learned) -> list[Entry]:
    """Changes of state, in the order of time, with the policy that they are about."""
    about = made.selections.select("override_id", "pattern_key", "scope", "policy").unique()
    moves = made.transitions.join(about, on="override_id", how="left").sort("moved_at", "override_id", "from_state")
    return [
        Entry(
            f"OVERRIDE {'CREATED' if row['to_state'] == 'shadow' else row['to_state'].upper()}",
            _whose(row)
            | {"policy": row["policy"], "override_id": row["override_id"]}
            | {"day": row["day"], "reason": row["reason"]},
        )
        for row in moves.to_dicts()
    ]


def _held(one: Row) -> Entry:
    """Why a selection is not in force yet."""
    n_changed = one["forward_benefit"] + one["forward_harm"]
    next_look = next((look for look in LOOKS if look > one["n_looked"]), None)
    tests = {"p": one["p_value"], "q": one["q_value"], "tested_with": one["n_tests"]}
    forward = {"forward_benefit": one["forward_benefit"], "forward_harm": one["forward_harm"], "next_look": next_look}
    why = "not tested yet" if one["p_value"] is None else "q above 0.05"
    return Entry(
        "NO OVERRIDE YET",
        _whose(one) | {"policy": one["policy"], "why": why} | tests | forward | {"n_changed": n_changed},
    )


def _whose(row: Row) -> dict[str, Any]:
    return {"pattern": row["pattern_key"], "scope": json.loads(row["scope"])}


def _best(lesson: Row) -> dict[str, Any]:
    if lesson["policy"] is None:
        return {"no_change": lesson["reason"]}
    ratio = "-" if lesson["ratio"] is None else f"{lesson['ratio']:.1f}x"
    counts = {"misses_caught": lesson["misses_caught"], "failures_added": lesson["failures_added"]}
    return {"best": lesson["policy"], "ratio": ratio} | counts


def _rate(rate: float | None) -> str:
    return "-" if rate is None else f"{rate:.3f}"
