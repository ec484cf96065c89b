"""What the log says: what moved, and why the rest does not steer."""

from __future__ import annotations

from learning_pipeline.tuning.strength import Strength, StrengthSelections
from learning_pipeline.tuning.strength.wording import MAX_LINES, entries
from learning_pipeline_tests.posture.test_in_force import TODAY, lesson, selection


def said(selections: list[dict], lessons: list[dict]) -> list[str]:
    return [str(one) for one in entries(StrengthSelections.frame(selections), Strength.frame(lessons), 33)]


def test_what_became_active_today_is_told_with_its_evidence() -> None:
    (line,) = said([selection(state_since=TODAY, forward_mean=0.9, forward_p=0.001)], [lesson()])
    assert line == (
        "STRENGTH OVERRIDE | pattern=p | scope={timeframe:1h} | override=o1 | day=2024-03-05 | state=active | "
        "reason=forward | edge_raw=0 | dir_a=-0.1 | dir_e=0.1 | n=33 | confidence=0.3 | forward_n=10 | "
        "forward_mean=0.9 | forward_p=0.001 | p_value=- | q_value=- | next_look=15"
    )


def test_what_stays_active_is_not_told_again() -> None:
    assert said([selection()], [lesson()]) == []


def test_every_lesson_that_does_not_steer_has_its_reason() -> None:
    shadow = {"state": "shadow", "reason": "selected"}
    cases = {
        "leans_no_way": [],
        "too_few_forward_trades": [selection(**shadow, forward_n=9)],
        "not_proven": [selection(**shadow)],
        "forward_mean_below_0": [selection(state="retired", reason="forward_mean_below_0")],
    }
    for reason, selections in cases.items():
        (line,) = said(selections, [lesson()])
        assert line.startswith("STRENGTH SKIP | pattern=p | scope={timeframe:1h} | day=2024-03-05 ")
        assert f" | reason={reason} | " in line


def test_no_lesson_at_all_is_said_once_as_a_warning() -> None:
    (one,) = entries(StrengthSelections.frame(), Strength.frame(), 33)
    assert (str(one), one.level) == ("STRENGTH SKIP | reason=no_lesson | trades_needed=33", "WARNING")


def test_many_are_counted_not_listed() -> None:
    lines = said([], [lesson(pattern_key=f"p{k:03}") for k in range(MAX_LINES + 7)])
    assert len(lines) == MAX_LINES + 1
    assert lines[-1] == "STRENGTH SKIP | more_lessons=7"
