"""Overrides written as rows, and the proposal that one comes from."""

from __future__ import annotations

import datetime as dt
from typing import Any

from learning_pipeline.overrides import Override

NOON = dt.datetime(2024, 3, 4, 12, tzinfo=dt.UTC)
EVIDENCE = ("p_value", "q_value", "n_trials", "expected_delta_usd", "ci_low_usd", "ci_high_usd")


def an_override(override_id: str = "o1", **more: Any) -> Override:
    """Scales the gate ``halo`` by 1.1, for every decision, from noon on for 90 days."""
    row: dict[str, Any] = {
        "override_id": override_id,
        "proposal_id": "p1",
        "gate": "halo",
        "category": "tuning_halo",
        "action": "scale",
        "operand": 1.1,
        "pattern_key": None,
        "scope": {},
        "no_change_scopes": [],
        "selected_at": NOON,
        "expires_at": NOON + dt.timedelta(days=90),
        "route": "approved",
        "approved_by": "Ada",
        "n": 40,
        **dict.fromkeys(("delta", "base_threshold", "effective_threshold", "multiplier", "benefit", "harm", "ratio")),
        **dict.fromkeys(EVIDENCE),
    }
    return Override(**(row | {"active_at": more.get("selected_at", NOON)} | more))


def a_proposal(proposal_id: str = "p1", change: str = '{"drop":["vol"]}', **more: Any) -> dict[str, Any]:
    """A row of ``analysis.proposals`` in values that JSON holds."""
    money = {"expected_delta_usd": 120.5, "ci_low_usd": 20.25, "ci_high_usd": 220.75}
    evidence = {"p_value": 0.01, "q_value": 0.02, "n_trials": 2, "n_changed": 40, "base_thresholds": '{"vol":0.06}'}
    return {"proposal_id": proposal_id, "change": change, "state": "open", **money, **evidence, **more}
