"""Every gate is measured, and its verdict is its own numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.overrides import Applied
from learning_pipeline.paper import PaperSettings
from learning_pipeline.paper.gates import RULES, first_failure, own_limits
from learning_pipeline.paper.gates import judge as judge_by

AT_THE_LIMITS = {
    "volatility_guard": 0.06,
    "spread_guard": 7.0,
    "roi_threshold": 0.001,
    "cooldown": 720,
    "drawdown_guard": 0.02,
    "max_open_positions": 4,
    "ts": 0.36,
    "halo": 3.0,
    "slope": -0.001,
    "dx": 40.0,
}
LIMITS = {
    "volatility_max": 0.06,
    "spread_max_bps": 7,
    "roi_min": 0.001,
    "cooldown_minutes": 720,
    "drawdown_max": 0.02,
    "max_open_positions": 5,
    "ts_min": 0.36,
    "halo_max": 3,
    "slope_min": -0.001,
    "dx_min": 40,
}
BARELY_FAILING = {
    "volatility_guard": 0.0601,
    "spread_guard": 7.01,
    "roi_threshold": 0.00099,
    "cooldown": 719.9,
    "drawdown_guard": 0.0201,
    "max_open_positions": 5,
    "ts": 0.3599,
    "halo": 3.01,
    "slope": -0.00101,
    "dx": 39.9,
}
LATE, MATURE = "pm.uptrend.S3.entry", "pm.uptrend.S2.entry"


def judge(measured, pattern_key, settings, **in_force: Applied):
    """By the bot's own limits, but for those that an override replaces."""
    own = {gate: Applied(limit, limit) for gate, limit in own_limits(pattern_key, settings).items()}
    return judge_by(measured, own | in_force)


@pytest.fixture(scope="module")
def settings():
    return PaperSettings(**LIMITS)


def test_values_at_the_limits_pass(settings):
    gates = judge(AT_THE_LIMITS, LATE, settings)
    assert all(gate["passed"] for gate in gates)
    assert first_failure(gates) is None


@pytest.mark.parametrize("name", BARELY_FAILING)
def test_one_value_beyond_its_limit_fails_alone_and_is_named(settings, name):
    gates = judge(AT_THE_LIMITS | {name: BARELY_FAILING[name]}, LATE, settings)
    assert [gate["name"] for gate in gates if not gate["passed"]] == [name]
    assert first_failure(gates)[0] == name


def test_the_first_failure_in_order_is_the_blocker_and_all_are_reported(settings):
    gates = judge(BARELY_FAILING, LATE, settings)
    assert not any(gate["passed"] for gate in gates)
    assert first_failure(gates) == ("volatility_guard", "Current vol 0.0601 > Max 0.0600")


def test_dx_is_a_gate_of_late_continuations_only(settings):
    late, mature = (judge(AT_THE_LIMITS, key, settings) for key in (LATE, MATURE))
    assert [gate["name"] for gate in late] == [rule.name for rule in RULES]
    assert late[:-1] == mature
    assert late[-1]["name"] == "dx"


def test_a_gate_that_applies_and_was_not_measured_is_an_error_not_a_pass(settings):
    with pytest.raises(KeyError, match="cooldown"):
        judge({name: value for name, value in AT_THE_LIMITS.items() if name != "cooldown"}, MATURE, settings)


@given(st.fixed_dictionaries({rule.name: st.floats(-10, 10) for rule in RULES}))
def test_passed_is_value_op_threshold(settings, measured):
    for gate in judge(measured, LATE, settings):
        value, threshold = gate["value"], gate["threshold"]
        comparisons = {"<=": value <= threshold, "<": value < threshold, ">=": value >= threshold}
        assert gate["passed"] is comparisons[gate["op"]]
        assert gate["base_threshold"] == threshold
        assert value == measured[gate["name"]]


def test_an_override_is_recorded_beside_the_bots_own_limit(settings):
    moved, dropped = Applied(3.0, 3.5, "o1"), Applied(0.06, None, "o2", is_dropped=True)
    gates = judge(BARELY_FAILING, MATURE, settings, halo=moved, volatility_guard=dropped)
    by_name = {gate["name"]: gate for gate in gates}
    assert by_name["halo"] == {
        "name": "halo",
        "passed": True,
        "value": 3.01,
        "threshold": 3.5,
        "base_threshold": 3.0,
        "op": "<=",
        "evaluated": True,
        "override_id": "o1",
    }
    assert "threshold" not in by_name["volatility_guard"]
    assert by_name["volatility_guard"] | {"passed": True, "override_id": "o2"} == by_name["volatility_guard"]
    assert first_failure(gates)[0] == "spread_guard", "the others stand"
    assert "override_id" not in by_name["spread_guard"]
