"""Strength selections in words, for the log: what moved and why, and why others do not steer."""

from __future__ import annotations

import datetime as dt
import json
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

import polars as pl

from learning_pipeline.contracts import Entry
from learning_pipeline.tuning.lifecycle import ENOUGH, LOOKS

MAX_LINES = 50
"""Lessons that do not steer told at a time, at most, those of most trades first."""


def entries(selections: pl.DataFrame, strength: pl.DataFrame, n_min: int) -> list[Entry]:
    """Every change of state of some days, in order; then why the lessons of the last day do not steer.

    Parameters
    ----------
    selections, strength : DataFrame
        ``tuning.strength_selections`` and ``tuning.strength`` of the days.
    n_min : int
        Trades that a lesson needs.
    """
    moved = selections.filter(pl.col("state_since") == pl.col("day")).sort("day", "override_id")
    return [*(_moved(row) for row in moved.to_dicts()), *_not_steering(selections, strength, n_min)]


def _moved(row: Mapping[str, Any]) -> Entry:
    which = {"pattern": row["pattern_key"], "scope": json.loads(row["scope"]), "override": row["override_id"]}
    says = {"edge_raw": row["edge_raw_roi"], "dir_a": row["dir_a"], "dir_e": row["dir_e"], "n": row["n"]}
    told = {"day": row["day"], "state": row["state"], "reason": row["reason"]}
    return Entry("STRENGTH OVERRIDE", which | told | says | {"confidence": row["confidence"], **_evidence(row)})


def _not_steering(selections: pl.DataFrame, strength: pl.DataFrame, n_min: int) -> list[Entry]:
    if strength.is_empty():
        return [Entry("STRENGTH SKIP", {"reason": "no_lesson", "trades_needed": n_min}, "WARNING")]
    last = pl.col("day") == strength["as_of"].max()
    standing = {(row["pattern_key"], row["scope"]): row for row in selections.filter(last).to_dicts()}
    largest_first = strength.filter(last).sort("n", descending=True, maintain_order=True).to_dicts()
    both = [(lesson, standing.get((lesson["pattern_key"], lesson["scope"]))) for lesson in largest_first]
    idle = [(lesson, one) for lesson, one in both if one is None or one["state"] != "active"]
    more = [Entry("STRENGTH SKIP", {"more_lessons": len(idle) - MAX_LINES})] if len(idle) > MAX_LINES else []
    return [*(_skip(*each) for each in idle[:MAX_LINES]), *more]


def _skip(lesson: Mapping[str, Any], one: Mapping[str, Any] | None) -> Entry:
    which = {"pattern": lesson["pattern_key"], "scope": json.loads(lesson["scope"]), "day": lesson["as_of"]}
    lean = {"dir_a": lesson["dir_a"], "dir_e": lesson["dir_e"], "n": lesson["n"], "n_unclear": lesson["n_unclear"]}
    return Entry("STRENGTH SKIP", which | {"reason": why_not(one)} | lean | (_evidence(one) if one else {}))


def why_not(one: Mapping[str, Any] | None) -> str:
    """Why a lesson does not steer: its own row of `StrengthSelections` says, or there is none.

    >>> why_not(None)
    'leans_no_way'
    >>> why_not({"state": "shadow", "reason": "selected", "forward_n": 4, "q_value": None})
    'too_few_forward_trades'
    """
    if one is None:
        return "leans_no_way"
    if one["state"] == "retired":
        return str(one["reason"])
    return "too_few_forward_trades" if one["forward_n"] < ENOUGH else "not_proven"


def _evidence(one: Mapping[str, Any]) -> dict[str, float | int | dt.date | None]:
    """The tests so far, and the number of forward trades at which one looks again."""
    later = LOOKS[bisect_right(LOOKS, one["n_looked"]) :]
    seen = {name: one[name] for name in ("forward_n", "forward_mean", "forward_p", "p_value", "q_value")}
    return seen | {"next_look": later[0] if later else None}
