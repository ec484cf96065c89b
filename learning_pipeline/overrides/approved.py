"""From an approved proposal to its override."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from learning_pipeline.overrides.override import Override

ACTIVE_FOR = dt.timedelta(days=90)
SMALLEST, LARGEST = 0.5, 2.0
"""Bounds of the multiplier that is shown."""
CATEGORIES = {"ts": "tuning_ts_min", "slope": "tuning_slope_min"}
"""Categories of tuning that are not called after their gate (seed learning-update-plan)."""


def category_of(gate: str) -> str:
    """The category of tuning that a gate belongs to.

    >>> [category_of(gate) for gate in ("halo", "ts")]
    ['tuning_halo', 'tuning_ts_min']
    """
    return CATEGORIES.get(gate, f"tuning_{gate}")


def override_of(proposal: Mapping[str, Any], approved_by: str, at: dt.datetime) -> list[Override]:
    """The override that a proposal becomes: one row per gate that it changes, for every pattern and scope.

    Parameters
    ----------
    proposal : mapping
        A row of ``analysis.proposals``.
    approved_by : str
        Who approves it.
    at : datetime
        When; it runs from then for 90 days.
    """
    change = json.loads(proposal["change"])
    bases = json.loads(proposal["base_thresholds"])
    same = {
        "override_id": _id(proposal["proposal_id"], at),
        "proposal_id": proposal["proposal_id"],
        "pattern_key": None,
        "scope": {},
        "no_change_scopes": [],
        "selected_at": at,
        "active_at": at,
        "expires_at": at + ACTIVE_FOR,
        "route": "approved",
        "approved_by": approved_by,
        "n": proposal["n_changed"],
        **dict.fromkeys(("benefit", "harm", "ratio")),
        **{name: proposal[name] for name in _EVIDENCE},
    }
    return [Override(**same, **_change(*each, bases.get(each[0]))) for each in _changes(change)]


_EVIDENCE = ("p_value", "q_value", "n_trials", "expected_delta_usd", "ci_low_usd", "ci_high_usd")


def _changes(change: dict[str, Any]) -> list[tuple[str, str, float | None]]:
    """Gate, action and operand of each gate that a policy changes, by gate."""
    dropped = [(gate, "drop", None) for gate in change.get("drop", [])]
    moved = [(gate, action, x) for action in ("threshold", "scale") for gate, x in change.get(action, {}).items()]
    return sorted([*dropped, *moved])


def _change(gate: str, action: str, operand: float | None, base: float | None) -> dict[str, Any]:
    same = {"gate": gate, "category": category_of(gate), "action": action, "operand": operand}
    limit = _limit(action, operand, base)
    return same | {"base_threshold": base, "effective_threshold": limit, **difference(limit, base)}


def _limit(action: str, operand: float | None, base: float | None) -> float | None:
    if action != "scale" or operand is None:
        return operand
    return None if base is None else operand * base


def difference(limit: float | None, base: float | None) -> dict[str, float | None]:
    """Columns ``delta`` and ``multiplier``; None where either limit is unknown, the latter also where base is 0."""
    if limit is None or base is None:
        return {"delta": None, "multiplier": None}
    return {"delta": limit - base, "multiplier": min(max(limit / base, SMALLEST), LARGEST) if base else None}


def _id(proposal_id: str, at: dt.datetime) -> str:
    return hashlib.sha256(f"{proposal_id} {at.isoformat()}".encode()).hexdigest()[:16]
