"""Postures written as rows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from learning_pipeline.posture import Posture

NOON = dt.datetime(2024, 3, 4, 12, tzinfo=dt.UTC)
S1 = "pm.uptrend.S1.entry"


def a_posture(override_id: str = "o1", **more: Any) -> Posture:
    """The seed's pattern says to lean back and to exit earlier, for every scope, from noon on for 90 days."""
    row: dict[str, Any] = {
        "override_id": override_id,
        "pattern_key": S1,
        "scope": {},
        "dir_a": -0.6,
        "dir_e": 0.4,
        "confidence": 0.6,
        "edge_raw_roi": -0.02,
        "n": 90,
        "active_from": NOON,
        "expires_at": NOON + dt.timedelta(days=90),
    }
    return Posture(**(row | more))
