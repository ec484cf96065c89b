"""Rows of evidence that support a change."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from learning_pipeline.analysis.proposals.wording import guard_words, scenario_words
from learning_pipeline.analysis.what_if.scenario import Scenario
from learning_pipeline.policy import Policy

MAX_Q = 0.05
Row = dict[str, Any]


def guards_that_cost(guards: pl.DataFrame) -> list[Row]:
    """A row for each guard with the verdict ``costs``, by as_of, then guard.

    Parameters
    ----------
    guards : DataFrame
        ``analysis.guard_effectiveness`` of one window.
    """
    costing = _with_trials(guards).filter(pl.col("verdict") == "costs").sort("as_of", "guard")
    return [_drop(row) for row in costing.iter_rows(named=True)]


def moving_policies(asked: Mapping[str, Scenario]) -> dict[str, Policy]:
    """Policies, gates in snake case, of the scenarios that move or scale limits and do nothing else.

    >>> list(moving_policies({"a": Scenario(scale={"ts": 0.9}), "b": Scenario(scale={"ts": 0.9}, drop=("halo",))}))
    ['a']
    """
    return {name: s.policy for name, s in asked.items() if (s.threshold or s.scale) and not (s.drop or s.weights)}


def scenarios_that_pay(scenarios: pl.DataFrame, policies: Mapping[str, Policy]) -> list[Row]:
    """A row for each scenario that moves limits only and pays, with limited capital too, by as_of, then scenario.

    Parameters
    ----------
    scenarios : DataFrame
        ``analysis.what_if`` of one window.
    policies : mapping
        Policy of each scenario that can be proposed, by name.

    Returns
    -------
    list of dict
        Where q over all scenarios is at most 0.05 and the whole interval is above 0, with capital for everything, and
        the change with limited capital is above 0 too.
    """
    aware = scenarios.filter(pl.col("mode") == "capital_aware")
    gained = aware.select("as_of", "scenario", capital_aware_delta_usd="delta_usd")
    tested = _with_trials(scenarios.filter(pl.col("mode") == "unconstrained"))
    asked = tested.filter(pl.col("scenario").is_in(list(policies)), pl.col("status") == "ok")
    both = asked.join(gained, on=["as_of", "scenario"]).sort("as_of", "scenario")
    sure = (pl.col("q_value") <= MAX_Q) & (pl.col("ci_low_usd") > 0) & (pl.col("capital_aware_delta_usd") > 0)
    return [_move(row) for row in both.filter(sure).iter_rows(named=True)]


def identified(row: Row, change: Policy, bases: Mapping[str, float | None]) -> Row:
    """A row of evidence with the change by the names that the bot uses, and the id that follows from it."""
    text = json.dumps({k: v for k, v in change.model_dump().items() if v}, sort_keys=True, separators=(",", ":"))
    target = ", ".join(sorted(change.changed))
    digest = hashlib.sha256(json.dumps([row["kind"], target, text]).encode()).hexdigest()
    known = json.dumps({g: bases.get(g) for g in sorted(change.changed)}, sort_keys=True, separators=(",", ":"))
    return row | {"proposal_id": digest[:16], "target": target, "change": text, "base_thresholds": known}


def _with_trials(tested: pl.DataFrame) -> pl.DataFrame:
    """How many were tested together: those that q is over."""
    return tested.with_columns(n_trials=pl.col("p_value").is_not_null().sum().over("as_of").cast(pl.Int64))


def _drop(guard: Row) -> Row:
    """The gain of dropping a guard is what it saved, with the other sign."""
    gain = {"expected_delta_usd": "basis_net_saved_usd", "ci_low_usd": "ci_high_usd", "ci_high_usd": "ci_low_usd"}
    row = {
        **{name: guard[name] for name in ("as_of", "window_days", "basis", "p_value", "q_value", "n_trials")},
        **{name: -guard[saved] for name, saved in gain.items()},
        "kind": "drop_guard",
        "guard": guard["guard"],
        "scenario": None,
        "capital_aware_delta_usd": None,
        "n_changed": guard["n_marginal"],
        "n_days": guard["n_clusters"],
    }
    return row | {"would_change": guard_words(row)}


def _move(scenario: Row) -> Row:
    same = ("as_of", "window_days", "scenario", "p_value", "q_value", "n_trials", "ci_low_usd", "ci_high_usd")
    row = {
        **{name: scenario[name] for name in (*same, "capital_aware_delta_usd")},
        "expected_delta_usd": scenario["delta_usd"],
        "kind": "threshold",
        "basis": "scenario",
        "n_changed": scenario["n_swapped_in"] + scenario["n_swapped_out"],
        "n_days": None,
    }
    return row | {"would_change": scenario_words(row)}


def on_day(rows: list[Row], as_of: dt.date) -> list[Row]:
    """Those of one as_of."""
    return [row for row in rows if row["as_of"] == as_of]
