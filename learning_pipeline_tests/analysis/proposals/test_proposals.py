"""What becomes a proposal, what it says, and when it ends."""

from __future__ import annotations

import json
import random
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from learning_pipeline.analysis.calibration.tables import Calibration
from learning_pipeline.analysis.guards.tables import GuardEffectiveness
from learning_pipeline.analysis.proposals.proposals import proposals
from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.analysis.what_if.scenario import Scenario
from learning_pipeline.analysis.what_if.tables import WhatIf
from learning_pipeline.events.tables import Gates
from learning_pipeline_tests.analysis.rows import Row, day

SCENARIOS = {
    "half_roi": Scenario(scale={"roi_threshold": 0.5}),
    "wider": Scenario(threshold={"halo": 3.5}, scale={"roi_threshold": 0.5}),
    "no_roi": Scenario(drop=("roi_threshold",)),
    "both": Scenario(drop=("halo",), scale={"roi_threshold": 0.5}),
    "fitted": Scenario(weights={"ts": "fit"}, scale={"roi_threshold": 0.5}),
    "twin": Scenario(scale={"roi_threshold": 0.5}),
}
SETTINGS = AnalysisSettings(scenarios=SCENARIOS)
GATES = [
    {"signal_id": "s", "day": day(-80), "gate": "ROIThreshold", "base_threshold": 0.01},
    {"signal_id": "s", "day": day(0), "gate": "halo", "base_threshold": 3.0},
]


def stamp(k: int, window: int = 90) -> Row:
    return {"as_of": day(k), "day": day(k), "window_days": window}


def guard(k: int, verdict: str = "costs", name: str = "VolatilityGuard", window: int = 90, **more: Any) -> Row:
    """Lost 100 USD, 95 % between 50 and 150, told from 40 decisions on 20 days."""
    money = {"basis_net_saved_usd": -100.0, "ci_low_usd": -150.0, "ci_high_usd": -50.0}
    sure = {"basis": "marginal", "p_value": 0.001, "q_value": 0.002, "n_marginal": 40, "n_clusters": 20}
    return stamp(k, window) | {"guard": name, "verdict": verdict} | money | sure | more


def scenario(k: int, name: str = "half_roi", aware: float | None = 30.0, **more: Any) -> list[Row]:
    """Gains 50 USD, 95 % between 10 and 90; with limited capital 30."""
    counts = {"n_swapped_in": 5, "n_swapped_out": 1, "n_trials": 1, "status": "ok"}
    found = {"delta_usd": 50.0, "ci_low_usd": 10.0, "ci_high_usd": 90.0, "p_value": 0.01, "q_value": 0.03}
    row = stamp(k) | {"scenario": name, **counts, **found, **more}
    return [row | {"mode": "unconstrained"}, row | {"mode": "capital_aware", "delta_usd": aware}]


def proposed(
    guards: list[Row] = [],  # noqa: B006  # read only
    scenarios: list[Row] = [],  # noqa: B006
    days: tuple[int, ...] = (1,),
    gates: list[Row] = GATES,
    calibration: list[Row] = [],  # noqa: B006
) -> pl.DataFrame:
    frames = GuardEffectiveness.frame(guards), WhatIf.frame(scenarios), Calibration.frame(calibration)
    return proposals(*frames, Gates.frame(gates), [day(k) for k in days], SETTINGS)


def test_a_guard_that_costs_is_proposed_to_be_dropped_for_what_it_lost() -> None:
    (row,) = proposed([guard(1), guard(1, "inconclusive", "halo"), guard(1, "saves", "ts")]).to_dicts()
    assert (row["kind"], row["target"], row["change"]) == (
        "drop_guard",
        "VolatilityGuard",
        '{"drop":["VolatilityGuard"]}',
    )
    assert (row["expected_delta_usd"], row["ci_low_usd"], row["ci_high_usd"]) == (100.0, 50.0, 150.0)
    assert (row["n_changed"], row["n_days"], row["n_trials"], row["basis"]) == (40, 20, 3, "marginal")
    assert (row["scenario"], row["capital_aware_delta_usd"], row["calibration_bias_usd"]) == (None, None, None)
    assert row["would_change"] == (
        "In 90 days, what VolatilityGuard alone blocked would have netted +100.00 USD (95 % interval +50.00 to "
        "+150.00): 40 decisions on 20 days. Decisions of that kind that lose about 50.00 USD would bring the "
        "interval to 0; the proposal is withdrawn when q over 3 guards exceeds 0.05 (now 0.002) or fewer "
        "than 10 days remain."
    )


def test_a_guard_judged_as_first_of_its_chain_says_that_it_may_gain_less() -> None:
    (row,) = proposed([guard(1, basis="first_blocker")]).to_dicts()
    assert row["basis"] == "first_blocker"
    assert "later guards may have blocked the same, so dropping it alone may gain less" in row["would_change"]


def test_only_the_longest_window_counts() -> None:
    assert proposed([guard(1, window=30)]).is_empty()


def test_a_scenario_that_pays_is_proposed_under_the_names_that_the_bot_uses() -> None:
    (row,) = proposed(scenarios=scenario(1)).to_dicts()
    assert (row["kind"], row["target"], row["change"]) == (
        "threshold",
        "ROIThreshold",
        '{"scale":{"ROIThreshold":0.5}}',
    )
    assert row["base_thresholds"] == '{"ROIThreshold":0.01}'
    assert (row["expected_delta_usd"], row["capital_aware_delta_usd"]) == (50.0, 30.0)
    assert (row["n_changed"], row["n_trials"], row["scenario"], row["n_days"]) == (6, 1, "half_roi", None)
    assert (
        "half_roi would have netted +50.00 USD (95 % interval +10.00 to +90.00) more, with 6 decisions changed, and "
        in (row["would_change"])
    )


@pytest.mark.parametrize(
    "doubt",
    [
        {"q_value": 0.051},
        {"ci_low_usd": 0.0},
        {"aware": 0.0},
        {"aware": None},
        {"status": "bounds_only"},
        {"status": "not_evaluable", "q_value": None, "ci_low_usd": None, "delta_usd": None},
        {"name": "no_roi"},
        {"name": "both"},
        {"name": "fitted"},
    ],
)
def test_what_is_not_sure_or_not_a_limit_is_not_proposed(doubt: dict[str, Any]) -> None:
    assert proposed(scenarios=scenario(1, **doubt)).is_empty()


def test_all_scenarios_tested_count_as_trials_also_those_that_drop() -> None:
    tested = [*scenario(1), *scenario(1, "no_roi"), *scenario(1, "both", p_value=None, q_value=None)]
    assert proposed(scenarios=tested)["n_trials"].to_list() == [2]


def test_a_policy_of_several_gates_is_one_proposal() -> None:
    (row,) = proposed(scenarios=scenario(1, "wider")).to_dicts()
    assert row["target"] == "ROIThreshold, halo"
    assert json.loads(row["change"]) == {"threshold": {"halo": 3.5}, "scale": {"ROIThreshold": 0.5}}


@pytest.mark.parametrize(
    ("more", "known"),
    [
        ([{"base_threshold": 0.01}], 0.01),
        ([{"base_threshold": 0.02}], None),
        ([{"base_threshold": None}], None),
        ([{"base_threshold": 0.02, "day": day(2)}], 0.01),  # not known yet
        ([{"base_threshold": 0.02, "day": day(-89)}], 0.01),  # out of the window
    ],
)
def test_a_base_limit_is_told_where_it_was_one_value_in_the_window(more: list[Row], known: float | None) -> None:
    seen = [*GATES, *({"signal_id": "t", "day": day(1), "gate": "ROIThreshold"} | row for row in more)]
    (row,) = proposed(scenarios=scenario(1), gates=seen).to_dicts()
    assert json.loads(row["base_thresholds"]) == {"ROIThreshold": known}


def test_calibration_is_told_where_there_is_any() -> None:
    all_of = {"strategy": "*", "n": 3, "bias_usd": -4.5}
    for row, bias in [(all_of, -4.5), (all_of | {"n": 0, "bias_usd": 0.0}, None), (all_of | {"strategy": "a"}, None)]:
        assert proposed([guard(1)], calibration=[stamp(1) | row])["calibration_bias_usd"].to_list() == [bias]


def states(rows: pl.DataFrame) -> list[tuple[int, str]]:
    return [((as_of - day(0)).days, state) for as_of, state in rows.select("as_of", "state").iter_rows()]


def test_it_is_open_while_supported_and_withdrawn_once_with_the_evidence_of_the_day_before() -> None:
    guards = [guard(1, n_marginal=41), guard(2, n_marginal=42), guard(3, "inconclusive"), guard(5)]
    rows = proposed(guards, days=(1, 2, 3, 4, 5))
    assert states(rows) == [(1, "open"), (2, "open"), (3, "withdrawn"), (5, "open")]
    assert rows["proposal_id"].n_unique() == 1
    assert rows["n_changed"].to_list() == [41, 42, 42, 40]


def test_days_run_apart_are_those_run_together() -> None:
    guards = [guard(k, "costs" if k in {1, 2, 5} else "inconclusive") for k in range(8)]
    scenarios = [row for k in (2, 3) for row in scenario(k)]
    together = proposed(guards, scenarios, days=tuple(range(1, 8)))
    apart = pl.concat(proposed(guards, scenarios, days=days) for days in [(1, 2), (3,), (4, 5, 6), (7,)])
    assert_frame_equal(apart.sort("as_of", "proposal_id"), together, check_exact=True)
    shuffled = random.Random(0).sample(guards, 8)
    assert_frame_equal(proposed(shuffled, scenarios[::-1], days=tuple(range(1, 8))), together, check_exact=True)


def test_nothing_known_later_counts() -> None:
    early = proposed([guard(1)], scenario(1), days=(1,))
    later = proposed([guard(1), guard(2, "saves")], [*scenario(1), *scenario(2, q_value=0.9)], days=(1,))
    assert_frame_equal(early, later, check_exact=True)


def test_two_scenarios_that_are_one_change_are_one_proposal() -> None:
    rows = proposed(scenarios=[*scenario(1), *scenario(1, "twin", delta_usd=49.0)])
    assert rows["scenario"].to_list() == ["half_roi"]


def test_no_day_no_row() -> None:
    assert proposed([guard(1)], days=()).is_empty()
