"""Gate verdicts of the reports on one signal."""

from __future__ import annotations

from typing import Any

import pytest

from learning_pipeline_tests.events.answers import HOUR, NOON, answer, decided, reports, signals


def verdicts(*said: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Gates of one signal by name."""
    _, gates = decided(signals({}), reports(*said))
    return {row["gate"]: row for row in gates.iter_rows(named=True)}


def gate(name: str = "ts", passed: bool = True, **rest: Any) -> dict[str, Any]:
    return {"name": name, "passed": passed, **rest}


@pytest.mark.parametrize(
    ("op", "value", "threshold", "passed", "margin"),
    [
        (">=", 0.7, 0.5, True, 0.2),
        (">", 0.5, 0.5, False, 0.0),
        ("<=", 0.7, 0.5, False, -0.2),
        ("<", 0.2, 0.5, True, 0.3),
        (">=", 1.7e308, -1.7e308, True, None),
        (None, 0.7, 0.5, True, None),
        (">=", None, 0.5, True, None),
    ],
)
def test_margin_is_the_distance_inside_the_limit(
    op: str | None, value: float | None, threshold: float, passed: bool, margin: float | None
) -> None:
    found = verdicts({"decision": "approved", "gates": [gate(passed=passed, op=op, value=value, threshold=threshold)]})
    assert found["ts"]["margin"] == (None if margin is None else pytest.approx(margin))
    assert (found["ts"]["passed"], found["ts"]["base_threshold"]) == (passed, threshold)


def test_of_several_reports_a_failing_verdict_counts() -> None:
    found = verdicts(
        {"decision": "blocked", "gates": [gate(passed=False, value=1.0)], "at": NOON},
        {"decision": "approved", "gates": [gate(passed=True, value=2.0), gate("halo")], "at": NOON + HOUR},
    )
    assert (found["ts"]["passed"], found["ts"]["value"], found["halo"]["passed"]) == (False, 1.0, True)


def test_of_several_passing_verdicts_the_newest_counts() -> None:
    reported = [{"decision": "approved", "gates": [gate(value=float(k))], "at": NOON + k * HOUR} for k in (1, 3, 2)]
    assert verdicts(*reported)["ts"]["value"] == 3.0


def test_a_known_verdict_counts_before_an_unknown_one() -> None:
    found = verdicts(
        {"decision": "approved", "gates": [gate(passed=True)]},
        {"decision": "approved", "gates": [gate(passed=False, evaluated=False)], "at": NOON + HOUR},
    )
    assert found["ts"]["passed"] is True


def test_a_gate_that_was_skipped_has_no_verdict_and_the_rest_is_not_complete() -> None:
    skipped = {"decision": "blocked", "gates": [gate("a", passed=False), gate("b", passed=False, evaluated=False)]}
    assert verdicts(skipped)["b"]["passed"] is None
    assert (answer(skipped)["blocked_by"], answer(skipped)["gates_complete"]) == (["a"], False)
    every = {"decision": "blocked", "gates": [gate("a", passed=False), gate("b", evaluated=True)]}
    assert answer(every)["gates_complete"] is True


def test_each_guard_may_report_for_itself() -> None:
    found = verdicts(
        {"decision": "approved", "approved_by": "spread"},
        {"decision": "blocked", "blocker_component": "halo"},
        {"decision": "cancelled", "approved_by": "nobody", "blocker_component": "nothing"},
    )
    assert {name: row["passed"] for name, row in found.items()} == {"spread": True, "halo": False}


def test_a_blocker_that_is_no_gate_of_its_report_is_a_verdict_beside_them() -> None:
    said = {"decision": "blocked", "blocker_component": "kill_switch", "gates": [gate()]}
    assert {name: row["passed"] for name, row in verdicts(said).items()} == {"kill_switch": False, "ts": True}
    assert (answer(said)["blocked_by"], answer(said)["gates_complete"]) == (["kill_switch"], True)


def test_a_blocker_among_its_gates_is_that_gate() -> None:
    said = {"decision": "blocked", "blocker_component": "ts", "gates": [gate(passed=False, value=0.1)]}
    assert verdicts(said)["ts"]["value"] == 0.1


def test_the_approver_of_a_report_that_lists_gates_is_no_gate() -> None:
    assert list(verdicts({"decision": "approved", "approved_by": "router", "gates": [gate()]})) == ["ts"]
