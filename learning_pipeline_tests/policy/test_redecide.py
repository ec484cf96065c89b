from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning_pipeline.errors import ContractBroken
from learning_pipeline.policy import GateMatrix, Policy, redecide
from learning_pipeline_tests.policy.worlds import (
    DAY,
    NAMES,
    Parts,
    Row,
    components,
    decision,
    frames,
    gate,
    plain_answer,
    policies,
    signals,
    worlds,
)

World = tuple[list[Row], list[Row]]
modest = settings(deadline=None)


def answer(one: Row, gates: list[Row], **policy: object) -> str:
    return redecide(*frames([one], gates), Policy(**policy))["counterfactual"].item()


BY_TS = decision("s", blocked_by=["ts"], blocker_component="ts")
TS = gate("s", "ts", False, value=0.5, threshold=0.6, base_threshold=0.55, op=">=")


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({}, "blocked"),
        ({"drop": {"ts"}}, "approved"),
        ({"drop": {"halo"}}, "blocked"),
        ({"threshold": {"ts": 0.5}}, "approved"),  # 0.5 >= 0.5
        ({"threshold": {"ts": 0.51}}, "blocked"),
        ({"scale": {"ts": 0.9}}, "approved"),  # of base: 0.495; of the limit in force it would be 0.54
        ({"scale": {"ts": 0.95}}, "blocked"),  # 0.5225
    ],
)
def test_one_failing_gate(policy: dict[str, object], expected: str) -> None:
    assert answer(BY_TS, [TS], **policy) == expected


@pytest.mark.parametrize(
    ("op", "at_limit"), [(">=", "approved"), ("<=", "approved"), (">", "blocked"), ("<", "blocked")]
)
def test_a_strict_comparator_refuses_the_limit_itself(op: str, at_limit: str) -> None:
    assert answer(BY_TS, [TS | {"op": op}], threshold={"ts": 0.5}) == at_limit


@pytest.mark.parametrize("missing", ["value", "op"])
def test_a_new_limit_cannot_be_judged_without_value_or_comparator(missing: str) -> None:
    assert answer(BY_TS, [TS | {missing: None}], threshold={"ts": 0.1}) == "unknown"
    assert answer(BY_TS, [TS | {missing: None}], drop={"ts"}) == "approved"


def test_a_multiplier_needs_the_base() -> None:
    assert answer(BY_TS, [TS | {"base_threshold": None}], scale={"ts": 0.1}) == "unknown"


def test_a_limit_too_large_for_a_float_is_still_a_limit() -> None:
    assert answer(BY_TS, [TS | {"value": 0.0, "base_threshold": 1e300}], scale={"ts": 1e300}) == "blocked"


def test_a_second_failing_gate_keeps_it_blocked() -> None:
    assert answer(BY_TS, [TS, gate("s", "halo", False)], drop={"ts"}) == "blocked"


def test_a_gate_that_was_not_evaluated_is_unknown_until_dropped() -> None:
    assert answer(BY_TS, [TS, gate("s", "halo", None)], drop={"ts"}) == "unknown"
    assert answer(BY_TS, [TS, gate("s", "halo", None)], drop={"ts", "halo"}) == "approved"


def test_other_blockers_may_exist_where_gates_are_incomplete() -> None:
    assert answer(BY_TS | {"gates_complete": False}, [TS], drop={"ts"}) == "unknown"


def test_a_blocker_without_a_gate_row_fails_and_can_be_dropped() -> None:
    named = decision("s", blocked_by=["risk"], blocker_component="risk")
    assert answer(named, [gate("s", "ts", True)], drop={"risk"}) == "approved"
    assert answer(named, [gate("s", "ts", True)], drop={"ts"}) == "blocked"
    assert answer(named, [gate("s", "ts", True)], threshold={"risk": 1.0}) == "unknown"


def test_a_block_of_unknown_cause_is_not_taken_for_an_approval() -> None:
    assert answer(decision("s"), [gate("s", "ts", True)]) == "blocked"
    assert answer(decision("s"), [gate("s", "ts", True)], drop={"ts"}) == "unknown"


APPROVED = decision("s", "approved")
PASSED = gate("s", "ts", True, value=0.6, threshold=0.5, base_threshold=0.5, op=">=")


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({"threshold": {"ts": 0.6}}, "approved"),
        ({"threshold": {"ts": 0.7}}, "blocked"),
        ({"drop": {"ts"}}, "approved"),
        ({"threshold": {"halo": 0.7}}, "approved"),  # complete: it had no such gate
    ],
)
def test_an_approved_decision_goes_only_where_a_changed_gate_fails(policy: dict[str, object], expected: str) -> None:
    assert answer(APPROVED, [PASSED], **policy) == expected


def test_a_tightened_gate_that_may_have_been_there_makes_an_approval_unknown() -> None:
    assert answer(APPROVED | {"gates_complete": False}, [PASSED], threshold={"halo": 0.7}) == "unknown"
    assert answer(APPROVED | {"gates_complete": False}, [PASSED], drop={"halo"}) == "approved"


def test_an_explored_decision_stays_approved_although_its_gate_failed() -> None:
    overruled = PASSED | {"passed": False, "value": 0.4}
    assert answer(APPROVED, [overruled], drop={"halo"}) == "approved"
    assert answer(APPROVED, [overruled], threshold={"ts": 0.45}) == "approved"


def test_expired_and_cancelled_take_no_part_and_rows_come_by_signal() -> None:
    words = {"s4": "approved", "s3": "expired", "s2": "cancelled", "s1": "blocked"}
    found = redecide(*frames([decision(s, w) for s, w in words.items()], []), Policy())
    assert found.rows() == [("s1", "blocked", "blocked"), ("s4", "approved", "approved")]


def test_gates_of_another_version_do_not_count() -> None:
    tomorrow = {"day": DAY + dt.timedelta(days=1)}
    assert answer(BY_TS, [TS, gate("s", "halo", False) | tomorrow], drop={"ts"}) == "approved"


def test_two_versions_of_a_signal_are_refused() -> None:
    with pytest.raises(ContractBroken, match="one version per signal"):
        redecide(*frames([BY_TS, BY_TS | {"day": dt.date(2024, 1, 2)}], []), Policy())


def test_blocked_for_an_unknown_cause_a_limit_that_now_fails_blocks_it_for_sure() -> None:
    nobody = decision("s", "blocked", blocked_by=[])
    at_limit = gate("s", "halo", True, value=0.0, base_threshold=0.0, op=">=")
    assert answer(nobody, [at_limit], drop={"ts"}) == "unknown"
    assert answer(nobody, [at_limit], threshold={"halo": 0.5}) == "blocked"


def reweighted(parts: Parts, weights: dict[str, float], **gate_row: object) -> str:
    policy = Policy(weights={"ts": weights})
    return redecide(*frames([BY_TS], [TS | gate_row]), policy, signals({"s": parts}))["counterfactual"].item()


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ({"x": 0.5, "y": 0.5}, "blocked"),  # 0.5
        ({"x": 0.2, "y": 0.8}, "approved"),  # 0.56; the base is 0.55, the limit in force 0.6
        ({"y": 1.0}, "approved"),  # 0.6
        ({"x": 0.0, "y": 1.0, "z": 0.0}, "approved"),  # what weighs nothing need not be recorded
        ({"y": 0.9, "z": 0.1}, "unknown"),
    ],
)
def test_another_score_meets_the_base_threshold(weights: dict[str, float], expected: str) -> None:
    assert reweighted({"x": 0.4, "y": 0.6}, weights) == expected


def test_a_score_cannot_be_judged_without_components_base_or_comparator() -> None:
    assert reweighted(None, {"x": 1.0}) == "unknown"
    assert reweighted({"x": 1.0}, {"x": 1.0}, base_threshold=None) == "unknown"
    assert reweighted({"x": 1.0}, {"x": 1.0}, op=None) == "unknown"
    assert reweighted({"x": 1.0}, {"x": 1.0}, value=None) == "approved"  # the old score is not needed


def test_a_score_too_large_for_a_float_is_still_a_score() -> None:
    assert reweighted({"x": 1e300}, {"x": 1e300}) == "approved"


@modest
@given(worlds(), policies(), components())
def test_equals_the_plain_loop(world: World, policy: Policy, parts: dict[str, Parts]) -> None:
    decisions, gates = world
    of = {d["signal_id"]: {g["gate"]: g for g in gates if g["signal_id"] == d["signal_id"]} for d in decisions}
    part = [d for d in decisions if d["decision"] in ("approved", "blocked")]
    ids = [d["signal_id"] for d in part]
    answers = [plain_answer(d, of[s], policy, parts.get(s)) for s, d in zip(ids, part, strict=True)]
    expected = [(s, d["decision"], a) for s, d, a in zip(ids, part, answers, strict=True)]
    assert redecide(*frames(decisions, gates), policy, signals(parts)).rows() == expected


@modest
@given(worlds())
def test_dropping_nothing_changes_nothing(world: World) -> None:
    found = redecide(*frames(*world), Policy())
    assert found["base"].to_list() == found["counterfactual"].to_list()


@modest
@given(worlds(), st.lists(st.sampled_from(NAMES), unique=True))
def test_dropping_more_never_un_approves(world: World, order: list[str]) -> None:
    matrix = GateMatrix(*frames(*world))
    approved: set[str] = set()
    for n in range(len(order) + 1):
        found = matrix.redecide(Policy(drop=frozenset(order[:n])))
        now = set(found.filter(pl.col("counterfactual") == "approved")["signal_id"])
        assert approved <= now
        approved = now


@modest
@given(worlds(), policies(), st.randoms(use_true_random=True))
def test_order_of_rows_does_not_matter(world: World, policy: Policy, random: object) -> None:
    decisions, gates = (random.sample(rows, len(rows)) for rows in world)
    assert redecide(*frames(decisions, gates), policy).equals(redecide(*frames(*world), policy))


@modest
@given(worlds(), st.lists(policies(), max_size=4))
def test_a_matrix_can_be_used_again(world: World, several: list[Policy]) -> None:
    matrix = GateMatrix(*frames(*world))
    for policy in several:
        assert matrix.redecide(policy).equals(redecide(*frames(*world), policy))
