from __future__ import annotations

import pytest
from pydantic import ValidationError

from learning_pipeline.policy import Policy


@pytest.mark.parametrize(
    "twice",
    [
        {"drop": {"a"}, "scale": {"a": 2.0}},
        {"threshold": {"a": 1.0}, "scale": {"a": 2.0}},
        {"scale": {"a": 2.0}, "weights": {"a": {"x": 1.0}}},
    ],
)
def test_a_gate_is_changed_once(twice: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="at most one change per gate"):
        Policy(**twice)


@pytest.mark.parametrize("limit", [float("nan"), float("inf")])
def test_limits_are_finite(limit: float) -> None:
    with pytest.raises(ValidationError):
        Policy(threshold={"a": limit})


def test_equal_policies_have_one_fingerprint() -> None:
    one = Policy(drop=frozenset(["c", "d"]), threshold={"a": 1.0, "b": 2.0})
    assert one.sha256() == Policy(drop=frozenset(["d", "c"]), threshold={"b": 2.0, "a": 1.0}).sha256()
    assert one.model_dump_json() == '{"drop":["c","d"],"threshold":{"a":1.0,"b":2.0},"scale":{},"weights":{}}'
    assert Policy.model_validate_json(one.model_dump_json()) == one


def test_weights_are_written_in_the_order_of_names() -> None:
    one, other = Policy(weights={"a": {"x": 1.0, "y": 2.0}}), Policy(weights={"a": {"y": 2.0, "x": 1.0}})
    assert one.sha256() == other.sha256() != Policy(weights={"a": {"y": 1.0, "x": 2.0}}).sha256()
