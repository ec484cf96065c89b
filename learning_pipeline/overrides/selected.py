"""From what lessons selected to overrides: one row per category, and what a bot is to use."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import polars as pl

from learning_pipeline.contracts import end_of
from learning_pipeline.overrides.approved import difference
from learning_pipeline.overrides.override import Override
from learning_pipeline.overrides.tables import Selected
from learning_pipeline.tuning import Lever
from learning_pipeline.tuning.lifecycle import ACTIVE_DAYS, ENOUGH, SHADOW_DAYS

Row = dict[str, Any]
SAME = ["override_id", "pattern_key", "n", "benefit", "harm", "p_value", "q_value", "no_change_scopes"]
SAME += ["expected_delta_usd", "ci_low_usd", "ci_high_usd", "forward_benefit", "forward_harm", "forward_p_half"]
SAME += ["forward_p_others", "route", "state", "reason", "scope", "day"]
OF_SELECTIONS = {"as_of", "day"}
"""Columns that differ from day to day even where nothing changed."""


def selected(selections: pl.DataFrame, first: dt.date, levers: Sequence[Lever]) -> pl.DataFrame:
    """Overrides on the days on which anything about them changed.

    Parameters
    ----------
    selections : DataFrame
        ``tuning.selections`` from the day before ``first`` on.
    first : date
        Days before it only tell what was there before.
    levers : sequence of Lever
        Gate of each lever.

    Returns
    -------
    DataFrame
        `Selected`.
    """
    ordered = selections.sort("override_id", "as_of")
    same = [c for c in ordered.columns if c not in OF_SELECTIONS]
    before = pl.struct(same).shift(1).over("override_id")
    changed = ordered.filter(pl.struct(same).ne_missing(before), pl.col("as_of") >= first)
    rows = [row for each in changed.to_dicts() for row in _rows(each, levers)]
    return Selected.checked(Selected.frame(rows))


def in_force(selections: pl.DataFrame, levers: Sequence[Lever]) -> list[Override]:
    """What a bot is to use: overrides of the selections that are active, by id and category.

    Parameters
    ----------
    selections : DataFrame
        ``tuning.selections`` of one day.
    """
    active = selections.filter(state="active").sort("override_id").to_dicts()
    return [_override(row) for each in active for row in _rows(each, levers)]


def _rows(one: Row, levers: Sequence[Lever]) -> list[Row]:
    """All categories of one selection, by name: those that it does not move have a delta of 0."""
    deltas, bases = json.loads(one["deltas"]), json.loads(one["bases"])
    same = {name: one[name] for name in SAME if name in one} | _instants(one)
    same |= {"ratio": one["benefit"] / one["harm"] if one["harm"] else None, "n_trials": one["n_tests"] or None}
    gates = {lever.name: lever.gate for lever in levers}
    return [same | _change(name, gates[name], delta, bases.get(name)) for name, delta in sorted(deltas.items())]


def _change(lever: str, gate: str, delta: float, base: float | None) -> Row:
    limit = None if base is None else base + delta
    same = {"category": f"tuning_{lever}", "gate": gate, "action": "delta", "operand": delta}
    return same | {"base_threshold": base, "effective_threshold": limit} | difference(limit, base) | {"delta": delta}


def _instants(one: Row) -> Row:
    since, is_active = _after(one["since"]), one["state"] == "active"
    until = {
        "active": f"forward ratio below 1 over {ENOUGH} or more, or {one['since'] + dt.timedelta(days=ACTIVE_DAYS)}",
        "shadow": f"evidence of either route, or {one['since'] + dt.timedelta(days=SHADOW_DAYS)}",
    }
    return {
        "selected_at": _after(one["selected_on"]),
        "active_at": since if is_active else None,
        "expires_at": since + dt.timedelta(days=ACTIVE_DAYS) if is_active else None,
        "state_at": since,
        "until": "the lesson no longer speaks for it" if one["route"] == "unverified" else until.get(one["state"]),
    }


def _after(day: dt.date) -> dt.datetime:
    """The instant at which a day is over."""
    return end_of(day) + dt.timedelta(microseconds=1)


def _override(row: Row) -> Override:
    scopes = {"scope": json.loads(row["scope"]), "no_change_scopes": [json.loads(x) for x in row["no_change_scopes"]]}
    every = row | scopes | {"proposal_id": None, "approved_by": None}
    return Override(**{name: every[name] for name in Override.__struct_fields__})
