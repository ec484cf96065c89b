"""From the shadow into force and out again."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.tuning.lifecycle import Lesson
from learning_pipeline.tuning.strength.forward import Forward
from learning_pipeline.tuning.strength.lifecycle import Leaning, Selection, step

START = dt.date(2024, 1, 1)
P = ("p", "{}")
BACK = Leaning(40, -0.3, 0.2, 0.4, -0.01)
GOOD, BAD = Forward(10, 12, 12), Forward(10, -1, 30)


def on(k: int) -> dt.date:
    return START + dt.timedelta(days=k)


class Fold:
    """Days one after the other, each with what is new on it."""

    def __init__(self, **said: Leaning) -> None:
        self.live: list[Selection] = []
        self.log: list[tuple[dt.date, str, str]] = []
        self.said: dict[Lesson, Leaning] = {P: BACK}

    def day(self, k: int, seen: Forward | None = None, tests: dict[Lesson, float] | None = None) -> str:
        """The state of the lesson's selection at the end of the day."""
        forward = {one.override_id: seen for one in self.live} if seen else {}
        after = step(self.live, on(k), self.said, forward, tests or {})
        self.log += [(one.since, one.state, one.reason) for one in after if one.since == on(k)]
        self.live = [one for one in after if one.state != "retired"]
        return next((one.state for one in after if one.lesson == P), "none")


def test_signs_are_frozen_in_the_shadow() -> None:
    fold = Fold()
    assert fold.day(0) == "shadow"
    fold.said = {P: BACK._replace(dir_a=0.1, dir_e=-0.5)}
    assert fold.day(1) == "shadow"
    assert [(one.signs, one.chosen, one.selected_on) for one in fold.live] == [((-1, 1), BACK, on(0))]


def test_what_leans_no_way_is_not_selected() -> None:
    fold = Fold()
    fold.said = {P: BACK._replace(dir_a=0.0, dir_e=0.0)}
    assert fold.day(0, tests={P: 1.0}) == "none"


@pytest.mark.parametrize(("others", "state"), [([], "active"), ([1.0] * 4, "active"), ([1.0] * 5, "shadow")])
def test_route_a_counts_every_lesson_tested_that_day(others: list[float], state: str) -> None:
    fold = Fold()
    fold.day(0)
    tests = {P: 0.01} | {(f"x{k}", "{}"): p for k, p in enumerate(others)}
    assert fold.day(1, tests=tests) == state
    assert (fold.live[0].q_value, fold.live[0].n_tests) == (pytest.approx(0.01 * len(tests)), len(tests))
    assert fold.day(2) == state, "an old p is not looked at again"


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        (GOOD, "active"),  # t 4.3 on 29 days
        (Forward(9, 12, 12), "shadow"),  # no look yet
        (Forward(10, 6, 12), "shadow"),  # t 1.8
        (Forward(10, 0, 12), "shadow"),
        (BAD, "shadow"),
    ],
)
def test_route_b(seen: Forward, state: str) -> None:
    fold = Fold()
    fold.day(0)
    assert fold.day(29, seen) == state


def test_forward_evidence_is_looked_at_only_when_a_look_is_reached() -> None:
    fold = Fold()
    fold.day(0)
    assert fold.day(28, Forward(11, 5, 15)) == "shadow"
    assert fold.day(29, Forward(14, 14, 14)) == "shadow"
    assert fold.day(30, Forward(15, 14, 14)) == "active"


def test_a_shadow_ends_after_a_year_and_a_posture_after_90_days() -> None:
    fold = Fold()
    fold.day(0)
    assert [fold.day(364), fold.day(365)] == ["shadow", "retired"]
    assert fold.day(366, tests={P: 0.001}) == "active"
    assert [fold.day(455), fold.day(456), fold.day(457)] == ["active", "retired", "shadow"]
    assert [reason for _, _, reason in fold.log] == ["selected", "never_proven", "permutation", "time_over", "selected"]


@pytest.mark.parametrize(
    ("seen", "state"),
    [(BAD, "retired"), (Forward(9, -9, 9), "active"), (Forward(10, 0, 30), "active"), (Forward(80, -1, 90), "retired")],
)
def test_a_posture_that_trades_speak_against_is_retired(seen: Forward, state: str) -> None:
    fold = Fold()
    fold.day(0, tests={P: 0.001})
    assert fold.day(1, seen) == state


def test_a_lesson_that_is_gone_or_turns_round_retires_nothing() -> None:
    fold = Fold()
    fold.day(0, tests={P: 0.001})
    fold.said = {}
    assert fold.day(1) == "active"
    fold.said = {P: BACK._replace(dir_a=0.1, dir_e=-0.5)}
    assert fold.day(2, tests={P: 1.0}) == "active"


counts = st.tuples(st.integers(0, 90), st.integers(-180, 180), st.integers(0, 400)).map(lambda c: Forward(*c))
days = st.lists(st.tuples(st.integers(1, 60), counts, st.none() | st.floats(0, 1)), max_size=20)


@given(days)
def test_every_path_is_one_of_the_lifecycle(world: list[tuple[int, Forward, float | None]]) -> None:
    """What is retired stays so, what is in force has a reason, and there is never more than one."""
    fold, k, paths = Fold(), 0, {}
    for later, seen, p in world:
        k += later
        before = {one.override_id: one.state for one in fold.live}
        fold.day(k, seen, {} if p is None else {P: p})
        for one in fold.live:
            paths.setdefault(one.override_id, []).append(one.state)
        assert all(one.state == "active" for one in fold.live if before.get(one.override_id) == "active")
        assert len(fold.live) <= 1
    assert all(states == sorted(states, key=["shadow", "active"].index) for states in paths.values())
    assert {reason for _, state, reason in fold.log if state == "active"} <= {"permutation", "forward"}


def test_order_does_not_matter() -> None:
    other = ("q", "{}")
    first = step([], on(0), {P: BACK, other: BACK}, {}, {P: 0.3, other: 0.01})
    assert step([], on(0), {other: BACK, P: BACK}, {}, {other: 0.01, P: 0.3}) == first
    assert step(first[::-1], on(1), {}, {}, {}) == step(first, on(1), {}, {}, {})


class TestForward:
    @given(st.lists(st.integers(-6, 6), min_size=2, max_size=60))
    def test_p_is_that_of_a_t_test_on_day_totals(self, totals: list[int]) -> None:
        from scipy import stats

        seen = Forward()
        for total in totals:
            seen = seen.after(1, total)
        p = seen.p(len(totals))
        if len(set(totals)) == 1:
            assert p is None
        else:
            assert p == pytest.approx(stats.ttest_1samp(totals, 0, alternative="greater").pvalue, rel=1e-9, abs=1e-14)

    def test_one_day_proves_nothing(self) -> None:
        assert (Forward(10, 20, 400).p(1), Forward().mean, Forward(4, 2, 4).mean) == (None, None, 0.5)
