"""From a selection to an override in force and out again: a fold over days."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import Literal, NamedTuple

import numpy as np

from learning_pipeline.stats import benjamini_hochberg
from learning_pipeline.tuning.evidence import Forward

LOOKS = (10, 15, 20, 30, 40, 60, 80)
"""Numbers of changed decisions at which the forward evidence is looked at: testing at each of them inflates."""
TEST_EVERY_DAYS = 30
SHADOW_DAYS, ACTIVE_DAYS = 365, 90
MAX_Q = 0.05
ENOUGH = 10
"""Changed decisions without which nothing is held against a policy."""
EPOCH = dt.date(1970, 1, 1)

State = Literal["shadow", "active", "retired"]
Route = Literal["permutation", "forward", "unverified"]
Lesson = tuple[str, str]
"""pattern_key, scope."""


class Choice(NamedTuple):
    """What a lesson speaks for on a day: the columns of `Lessons` that are frozen with a selection."""

    policy: str
    deltas: str
    n: int
    benefit: int
    harm: int
    t_statistic: float | None


class Selection(NamedTuple):
    """A policy of a lesson, frozen on the day it was chosen.

    Attributes
    ----------
    override_id : str
        Of lesson, policy and day.
    state, since : str, date
        Where it stands, from the end of which day on.
    n_looked : int
        Changed decisions at the last look; 0 before the first.
    p_value, q_value : float or None
        Of the last test (route a); None before.
    n_tests : int
        Lessons tested together with it then.
    forward : Forward
        Decisions after ``selected_on``, as last counted.
    reason : str
        Why it is in this state.
    route : str or None
        By which evidence it came into force; None before.
    """

    override_id: str
    lesson: Lesson
    choice: Choice
    selected_on: dt.date
    state: State
    since: dt.date
    reason: str
    n_looked: int = 0
    p_value: float | None = None
    q_value: float | None = None
    n_tests: int = 0
    forward: Forward = Forward()
    route: Route | None = None


class Transition(NamedTuple):
    """A change of state; ``from_state`` is None where a selection is made."""

    override_id: str
    moved_on: dt.date
    from_state: State | None
    to_state: State
    reason: str


def is_test_day(day: dt.date) -> bool:
    """Every lesson is tested on these days and on no other.

    >>> [k for k in range(65) if is_test_day(EPOCH + dt.timedelta(days=k))]
    [0, 30, 60]
    """
    return (day - EPOCH).days % TEST_EVERY_DAYS == 0


def joins(standing: Collection[Selection], choice: Choice, day: dt.date) -> bool:
    """Whether what a lesson speaks for becomes a selection beside those that it has.

    The first one does at once. Later ones do on test days, while none is in force, where they are another policy: the
    first days of a lesson seldom name the best one, and one frozen alone would keep all others out for a year.
    """
    is_known = any(one.state == "active" or one.choice.policy == choice.policy for one in standing)
    return not standing or (is_test_day(day) and not is_known)


def under_test(live: Iterable[Selection], chosen: Mapping[Lesson, Choice], day: dt.date) -> dict[Lesson, str]:
    """Policy by lesson that a test is about: the one in force, else the newest."""
    by_lesson = _by_lesson(live)
    every = {lesson: _newest(standing).choice.policy for lesson, standing in by_lesson.items()}
    return every | {k: choice.policy for k, choice in chosen.items() if joins(by_lesson.get(k, []), choice, day)}


def step(
    live: Iterable[Selection],
    day: dt.date,
    chosen: Mapping[Lesson, Choice],
    forward: Mapping[str, Forward],
    tests: Mapping[Lesson, float],
    min_ratio: float = 2.0,
) -> tuple[list[Selection], list[Transition]]:
    """One day: what every selection becomes, and the selections that are made.

    Parameters
    ----------
    live : iterable of Selection
        Selections in state shadow or active at the end of the day before; of a lesson at most one is active.
    day : date
        The day, as of its end.
    chosen : mapping
        What each lesson speaks for; lessons that speak for nothing are left out.
    forward : mapping
        Counts after each selection, by override_id, as known at the end of the day.
    tests : mapping
        On a test day p of every lesson that was tested, one without a policy as 1; empty on other days. It is the p of
        the policy of `under_test`.
    min_ratio : float
        Misses caught per failure added that a look asks for.

    Returns
    -------
    selections : list of Selection
        By lesson and day of selection, those retired today included, for the last time.
    transitions : list of Transition
        By override_id.
    """
    by_lesson = _by_lesson(live)
    made = [_selected(k, choice, day) for k, choice in chosen.items() if joins(by_lesson.get(k, []), choice, day)]
    q = dict(zip(tests, benjamini_hochberg(list(tests.values())).tolist(), strict=True))
    after: list[Selection] = []
    changes = [Transition(one.override_id, day, None, "shadow", "selected") for one in made]
    for lesson, standing in sorted(_by_lesson([*(one for each in by_lesson.values() for one in each), *made]).items()):
        tested, is_free = _newest(standing), all(one.state != "active" for one in standing)
        for before in standing:
            # What is in force keeps the p that it came by.
            p = tests.get(lesson) if before is tested and is_free else None
            told = _told(before, forward.get(before.override_id, before.forward), p, q.get(lesson), len(q))
            one = _moved(told, before, day, min_ratio, is_tested=p is not None, is_free=is_free)
            is_free = is_free and one.state != "active"
            after.append(one)
            if one.state != before.state:
                changes.append(Transition(one.override_id, day, before.state, one.state, one.reason))
    return after, sorted(changes, key=lambda t: (t.override_id, t.from_state or ""))


def step_unverified(
    live: Iterable[Selection], day: dt.date, chosen: Mapping[Lesson, Choice], forward: Mapping[str, Forward]
) -> tuple[list[Selection], list[Transition]]:
    """One day of the seed's literal rule: what a lesson speaks for is in force at once, and for as long as it does.

    Parameters and returns as `step`.
    """
    counted = [one._replace(forward=forward.get(one.override_id, one.forward)) for one in live]
    standing = {one.lesson: one for one in counted}
    kept = {k: one for k, one in standing.items() if k in chosen and chosen[k].policy == one.choice.policy}
    gone = [_into(one, "retired", day, "rule_not_met") for k, one in standing.items() if k not in kept]
    fresh = [_selected(k, choice, day) for k, choice in chosen.items() if k not in kept]
    made = [one._replace(state="active", reason="unverified", route="unverified") for one in fresh]
    moves = [Transition(one.override_id, day, None, "active", one.reason) for one in made]
    moves += [Transition(one.override_id, day, "active", "retired", one.reason) for one in gone]
    every = sorted([*kept.values(), *gone, *made], key=lambda one: (one.lesson, one.override_id))
    return every, sorted(moves, key=lambda t: (t.override_id, t.from_state or ""))


def _selected(lesson: Lesson, choice: Choice, day: dt.date) -> Selection:
    named = "\n".join((*lesson, choice.policy, day.isoformat()))
    return Selection(hashlib.sha256(named.encode()).hexdigest()[:16], lesson, choice, day, "shadow", day, "selected")


def _by_lesson(selections: Iterable[Selection]) -> dict[Lesson, list[Selection]]:
    """In the order in which they were selected."""
    found: dict[Lesson, list[Selection]] = {}
    for one in sorted(selections, key=lambda one: (one.selected_on, one.override_id)):
        found.setdefault(one.lesson, []).append(one)
    return found


def _newest(standing: list[Selection]) -> Selection:
    """The one in force, else the newest."""
    return next((one for one in standing if one.state == "active"), standing[-1])


def _told(one: Selection, seen: Forward, p: float | None, q: float | None, n_tests: int) -> Selection:
    """With today's counts and, on a test day, today's p."""
    if p is None:
        return one._replace(forward=seen)
    return one._replace(forward=seen, p_value=p, q_value=q, n_tests=n_tests)


def _moved(
    one: Selection, before: Selection, day: dt.date, min_ratio: float, *, is_tested: bool, is_free: bool
) -> Selection:
    """Its next state; it comes into force only where its lesson has none in force (``is_free``)."""
    if one.state == "active":
        if does_harm(one.forward):
            return _into(one, "retired", day, "forward_ratio_below_1")
        return _into(one, "retired", day, "time_over") if (day - one.since).days >= ACTIVE_DAYS else one
    if is_tested and is_free and one.q_value is not None and one.q_value <= MAX_Q:
        return _into(one, "active", day, "permutation")._replace(route="permutation")
    if _is_look(before.n_looked, one.forward.n_changed):
        one = one._replace(n_looked=one.forward.n_changed)
        if is_free and one.forward.holds(min_ratio):
            return _into(one, "active", day, "forward")._replace(route="forward")
    return _into(one, "retired", day, "never_proven") if (day - one.since).days >= SHADOW_DAYS else one


def _into(one: Selection, state: State, day: dt.date, reason: str) -> Selection:
    return one._replace(state=state, since=day, reason=reason)


def _is_look(n_looked: int, n_changed: int) -> bool:
    """Whether a number at which one looks was reached since the last look."""
    passed = np.searchsorted(LOOKS, [n_looked, n_changed], side="right")
    return bool(passed[1] > passed[0])


def does_harm(seen: Forward) -> bool:
    """Whether enough changed decisions show more failures than successes."""
    return seen.n_changed >= ENOUGH and seen.benefit < seen.harm
