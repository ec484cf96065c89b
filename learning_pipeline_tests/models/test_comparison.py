"""Records of deployed models against each other, by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from learning_pipeline.models.comparison import records
from learning_pipeline.models.tables import Scores
from learning_pipeline.shadow.tables import Outcomes
from learning_pipeline.stats import total_interval

DAY = dt.timedelta(days=1)
START = dt.datetime(2024, 6, 3, 10, tzinfo=dt.UTC)
LAST = (START + 3 * DAY).date()


def score(signal: int, artifact: str, role: str, *, takes: bool, target: str = "main") -> dict[str, Any]:
    at = START + signal * DAY
    of = {"signal_id": f"s{signal}", "artifact_id": artifact, "target": target, "role": role}
    return {"day": at.date(), **of, "score": 0.5, "takes": takes, "known_at": at}


def outcome(signal: int, usd: float | None, settled_after: int = 0, reason: str | None = None) -> dict[str, Any]:
    at = START + (signal + settled_after) * DAY
    of = {"day": at.date(), "signal_id": f"s{signal}", "decided_at": START + signal * DAY, "known_at": at}
    return {**of, "outcome": "hit_target" if reason is None else "unlabelled", "net_pnl_usd": usd, "reason": reason}


SCORES = Scores.frame(
    [
        *(score(k, "old", "active", takes=k != 1) for k in range(4)),
        *(score(k, "new", "shadow", takes=k != 0) for k in range(4)),
        score(0, "alone", "shadow", takes=True, target="other"),
    ]
)
OUTCOMES = Outcomes.frame([outcome(0, -5.0), outcome(1, 3.0), outcome(2, 2.0), outcome(3, None, 0, "no_bars")])


def of(artifact: str, scores: pl.DataFrame = SCORES, outcomes: pl.DataFrame = OUTCOMES) -> dict[str, Any]:
    return next(row for row in records(scores, outcomes, LAST) if row["artifact_id"] == artifact)


def test_each_record_is_of_what_it_would_have_taken() -> None:
    old, new = of("old"), of("new")
    assert [old[name] for name in ("n_scored", "n_settled", "n_pending", "n_taken")] == [4, 3, 0, 2]
    assert (old["net_pnl_usd"], new["net_pnl_usd"]) == (-3.0, 5.0)
    expected = total_interval([-5.0, 0.0, 2.0, 0.0], 4)
    assert (old["ci_low_usd"], old["ci_high_usd"]) == (expected.low, expected.high)


def test_the_one_in_shadow_is_held_against_the_active_one_decision_by_decision() -> None:
    new, expected = of("new"), total_interval([5.0, 3.0, 0.0, 0.0], 4)
    assert (new["n_common"], new["ahead_usd"]) == (3, pytest.approx(8.0))
    assert (new["ahead_low_usd"], new["ahead_high_usd"]) == (expected.low, expected.high)
    assert of("old")["ahead_usd"] is None
    assert of("alone")["ahead_usd"] is None


def test_what_is_known_later_does_not_count() -> None:
    late = Outcomes.frame([outcome(0, -5.0), outcome(1, 3.0, 9), outcome(2, 2.0), outcome(2, 99.0, 9)])
    new = of("new", outcomes=late)
    assert (new["n_settled"], new["n_pending"], new["net_pnl_usd"]) == (2, 2, 2.0)


def test_the_order_of_rows_does_not_matter() -> None:
    mixed = records(SCORES.sample(fraction=1, shuffle=True, seed=3), OUTCOMES.reverse(), LAST)
    assert mixed == records(SCORES, OUTCOMES, LAST)


def test_no_score_is_no_record() -> None:
    assert records(Scores.frame(), OUTCOMES, LAST) == []
