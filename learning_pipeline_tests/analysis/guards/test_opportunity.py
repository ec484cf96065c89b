from __future__ import annotations

import pytest

from learning_pipeline.analysis import AnalysisSettings, OpportunityCost, opportunity_cost
from learning_pipeline_tests.analysis.guards.worlds import blocked, frames, opportunity
from learning_pipeline_tests.analysis.rows import day, outcome


def test_by_hand() -> None:
    # Day 0: +8 and -2, day 1: -3, open, unlabelled; day 2: nothing. Net +3 over the day totals 6, -3, 0.
    decisions = [blocked("a", 0, "g1"), blocked("b", 0, "g2"), *[blocked(s, 1) for s in "cde"]]
    outcomes = [outcome("a", 0, 1, 8.0), outcome("b", 0, 2, -2.0), outcome("c", 1, 2, -3.0), outcome("e", 1, 1, None)]
    row = opportunity((decisions, [], outcomes), [2], 3).row(0, named=True)
    assert (row["missed_profit_usd"], row["avoided_loss_usd"], row["net_opportunity_cost_usd"]) == (8.0, 5.0, 3.0)
    assert [row[f"n_{c}"] for c in ("blocked", "settled", "pending", "unlabelled")] == [5, 3, 1, 1]
    # Mean 1, s^2 = (25 + 16 + 1) / 2 = 21; half = 4.302653 sqrt(3 x 21) = 34.1511.
    assert (row["ci_low_usd"], row["ci_high_usd"]) == pytest.approx((3 - 34.1511, 3 + 34.1511), abs=1e-3)


def test_what_no_guard_blocked_costs_nothing() -> None:
    for word in ("approved", "expired", "cancelled"):
        world = [blocked("a", 0) | {"decision": word}], [], [outcome("a", 0, 1, 8.0)]
        assert opportunity(world, [2], 3)["n_blocked"].item() == 0


def test_every_day_and_window_has_a_row_and_no_interval_where_nothing_is_settled() -> None:
    found = opportunity(([blocked("a", 2, "g1")], [], []), [2, 5, 5], 1, 30)
    assert found.select("as_of", "window_days").rows() == [(day(2), 1), (day(2), 30), (day(5), 1), (day(5), 30)]
    assert found["n_pending"].to_list() == [1, 1, 0, 1]
    assert found["ci_low_usd"].null_count() == 4


def test_nothing_asked() -> None:
    decisions, _, outcomes = frames(([], [], []))
    found = opportunity_cost(decisions, outcomes, [], AnalysisSettings())
    assert found.equals(OpportunityCost.frame())
