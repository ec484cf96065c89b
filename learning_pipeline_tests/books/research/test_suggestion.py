"""A judge's suggestion: what fits becomes an experiment, what does not a reason; never an exception."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.books.research.suggestion import ExperimentSuggestion, read_suggestion

GOOD = {
    "playbook_id": "rsi_extremes",
    "hypothesis": "it turns",
    "target_symbols": ["BTCUSD"],
    "trigger_categories": [],
    "rationale": "12 losses of 20",
}


@pytest.mark.parametrize(
    "payload", [GOOD, {"experiment_suggestion": GOOD}, {"experiment_suggestion": GOOD, "score": 3}]
)
def test_what_fits_is_read_with_the_seeds_defaults(payload: dict[str, Any]) -> None:
    said = read_suggestion(json.dumps(payload))
    assert isinstance(said, ExperimentSuggestion)
    assert (said.min_sample_size, said.max_loss_usd) == (20, 50.0)
    spec = said.spec("event-1")
    assert (spec.playbook_id, spec.target_symbols, spec.trigger_categories) == ("rsi_extremes", ("BTCUSD",), ())
    assert spec.fault() is None
    assert spec.experiment_id == said.spec("event-1").experiment_id != said.spec("event-2").experiment_id


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"max_loss_usd": -1.0}, "max_loss_usd"),
        ({"max_loss_usd": "50"}, "max_loss_usd"),
        ({"min_sample_size": 0}, "min_sample_size"),
        ({"min_sample_size": True}, "min_sample_size"),
        ({"playbook_id": "../secret"}, "playbook_id"),
        ({"playbook_id": "Rsi"}, "playbook_id"),
        ({"playbook_id": "rsi\n"}, "playbook_id"),
        ({"hypothesis": ""}, "hypothesis"),
        ({"hypothesis": "x" * 2001}, "hypothesis"),
        ({"target_symbols": ["x"] * 65}, "target_symbols"),
        ({"trigger_categories": "breakout"}, "trigger_categories"),
        ({"rationale": None}, "rationale"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_what_does_not_fit_is_one_line_that_names_the_field(changed: dict[str, Any], where: str) -> None:
    said = read_suggestion(json.dumps(GOOD | changed))
    assert isinstance(said, str)
    assert said.startswith(where)
    assert "\n" not in said


NAMES = st.sampled_from([*GOOD, "experiment_suggestion"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner),
    max_leaves=12,
)


@given(payload=st.dictionaries(NAMES, values))
def test_whatever_comes_is_a_suggestion_or_a_reason(payload: dict[str, Any]) -> None:
    said = read_suggestion(json.dumps(payload))
    assert isinstance(said, ExperimentSuggestion) or said


def test_no_payload_is_a_reason_too() -> None:
    assert isinstance(read_suggestion(None), str)
