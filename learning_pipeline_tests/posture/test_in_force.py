"""What a bot is told: postures in force, as far and as sure as the lesson of the day says, never another way."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from learning_pipeline.posture import read_document
from learning_pipeline.posture.in_force import document_of
from learning_pipeline.posture.settings import FeatureFlags, FlagDelta, PostureSettings
from learning_pipeline.tuning.strength import Strength, StrengthSelections

TODAY = dt.date(2024, 3, 5)


def selection(**more: Any) -> dict[str, Any]:
    row = {"day": TODAY, "override_id": "o1", "pattern_key": "p", "scope": '{"timeframe":"1h"}', "state": "active"}
    row |= {"state_since": TODAY - dt.timedelta(days=1), "reason": "forward", "selected_on": dt.date(2024, 1, 1)}
    row |= {"toward_a": -1, "toward_e": 1, "n": 33, "dir_a": -0.1, "dir_e": 0.1, "confidence": 0.3, "edge_raw_roi": 0.0}
    row |= {"n_tests": 0, "n_looked": 10, "forward_n": 10, "forward_agreement": 9, "forward_squares": 9}
    return row | more


def lesson(**more: Any) -> dict[str, Any]:
    row = {"day": TODAY, "as_of": TODAY, "pattern_key": "p", "scope": '{"timeframe":"1h"}', "n": 80, "n_unclear": 0}
    row |= {"edge_raw_roi": -0.01, "dir_a": -0.5, "dir_e": 0.4, "support": 0.8, "reliability": 0.9, "confidence": 0.72}
    return row | more


def told(selections: list[dict[str, Any]], lessons: list[dict[str, Any]], **settings: Any) -> dict[str, Any]:
    frames = StrengthSelections.frame(selections), Strength.frame(lessons)
    return document_of(*frames, PostureSettings(**settings))


def test_how_far_and_how_sure_is_that_of_the_day() -> None:
    document = told([selection()], [lesson()])
    (one,) = read_document(document).postures
    assert (one.dir_a, one.dir_e, one.confidence, one.edge_raw_roi, one.n) == (-0.5, 0.4, 0.72, -0.01, 80)
    assert one.scope == {"timeframe": "1h"}
    assert one.active_from == dt.datetime(2024, 3, 5, tzinfo=dt.UTC), "the day after it became active"
    assert one.expires_at == dt.datetime(2024, 6, 3, tzinfo=dt.UTC), "90 days later"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ({"dir_a": -0.5, "dir_e": -0.2}, [(-0.5, 0.0)]),  # E turned round
        ({"dir_a": 0.0, "dir_e": -0.2}, []),  # nothing of the way that was tested is left
        ({"dir_a": 0.3, "dir_e": -0.4}, []),
    ],
)
def test_a_direction_that_turned_round_does_not_count(
    now: dict[str, float], expected: list[tuple[float, float]]
) -> None:
    postures = read_document(told([selection()], [lesson(**now)])).postures
    assert [(one.dir_a, one.dir_e) for one in postures] == expected


def test_neither_the_shadow_nor_a_lesson_that_is_gone_counts() -> None:
    assert told([selection(state="shadow")], [lesson()])["postures"] == []
    assert told([selection(state="retired")], [lesson()])["postures"] == []
    assert told([selection()], [lesson(scope="{}")])["postures"] == []


def test_the_rules_go_with_them() -> None:
    flags = {"trend": FlagDelta(a=0.15, e=-0.05)}
    document = told([], [], feature_flags=FeatureFlags(ae_v2_enabled=False), flags=flags, base_bias=0.01)
    rules = read_document(document).rules
    assert (rules.ae_v2_enabled, rules.base_bias) == (False, 0.01)
    assert (rules.flags["trend"].a, rules.flags["trend"].e) == (0.15, -0.05)


def test_rows_in_another_order_give_the_same_document() -> None:
    some = [selection(override_id=name, scope=scope) for name, scope in (("b", "{}"), ("a", '{"timeframe":"1h"}'))]
    lessons = [lesson(), lesson(scope="{}")]
    assert told(some, lessons) == told(some[::-1], lessons[::-1])
    assert [one["override_id"] for one in told(some, lessons)["postures"]] == ["a", "b"]
