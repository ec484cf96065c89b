"""From a strength lesson to a posture in force and out again: one day of a fold."""

from __future__ import annotations

import datetime as dt
import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from learning_pipeline.stats import benjamini_hochberg
from learning_pipeline.tuning.lifecycle import ACTIVE_DAYS, ENOUGH, LOOKS, MAX_Q, SHADOW_DAYS, Lesson, State
from learning_pipeline.tuning.strength.exchange import Signs
from learning_pipeline.tuning.strength.forward import Forward

FORWARD_P = 0.0025
"""Level of the forward test at each look: seven looks together stay below .0175, however they hang together."""


class Leaning(NamedTuple):
    """What a lesson says on a day: the columns of `Strength` that are kept with a selection."""

    n: int
    dir_a: float
    dir_e: float
    confidence: float
    edge_raw_roi: float

    @property
    def signs(self) -> Signs:
        """Which way it leans."""
        return _sign(self.dir_a), _sign(self.dir_e)


class Selection(NamedTuple):
    """The signs of a lesson, frozen on the day they were chosen; as `StrengthSelections`."""

    override_id: str
    lesson: Lesson
    selected_on: dt.date
    signs: Signs
    chosen: Leaning
    state: State
    since: dt.date
    reason: str
    p_value: float | None = None
    q_value: float | None = None
    n_tests: int = 0
    n_looked: int = 0
    forward: Forward = Forward()


def step(
    live: Iterable[Selection],
    day: dt.date,
    lessons: Mapping[Lesson, Leaning],
    forward: Mapping[str, Forward],
    tests: Mapping[Lesson, float],
) -> list[Selection]:
    """One day: what every selection becomes, and the selections that are made.

    Parameters
    ----------
    live : iterable of Selection
        Selections in state shadow or active at the end of the day before, one per lesson.
    day : date
        The day, as of its end.
    lessons : mapping
        All lessons of the day; those that lean no way are never selected.
    forward : mapping
        Counts after each selection, by override_id, as known at the end of the day.
    tests : mapping
        On a test day p of every lesson, one that leans no way as 1; empty on other days. Of a lesson with a live
        selection p is of that selection's signs.

    Returns
    -------
    list of Selection
        By lesson, those retired today included, for the last time.
    """
    standing = {one.lesson: one for one in live}
    fresh = {k: _selected(k, said, day) for k, said in lessons.items() if k not in standing and any(said.signs)}
    q = dict(zip(tests, benjamini_hochberg(list(tests.values())).tolist(), strict=True))
    told = {
        k: _told(one, forward.get(one.override_id, one.forward), tests.get(k), q.get(k), len(q))
        for k, one in (standing | fresh).items()
    }
    return [_moved(told[k], day, is_tested=k in tests) for k in sorted(told)]


def _selected(lesson: Lesson, said: Leaning, day: dt.date) -> Selection:
    named = "\n".join((*lesson, *map(str, said.signs), day.isoformat()))
    override_id = hashlib.sha256(named.encode()).hexdigest()[:16]
    return Selection(override_id, lesson, day, said.signs, said, "shadow", day, "selected")


def _told(one: Selection, seen: Forward, p: float | None, q: float | None, n_tests: int) -> Selection:
    """With today's counts and, on a test day, today's p."""
    if p is None:
        return one._replace(forward=seen)
    return one._replace(forward=seen, p_value=p, q_value=q, n_tests=n_tests)


def _moved(one: Selection, day: dt.date, *, is_tested: bool) -> Selection:
    if one.state == "active":
        if one.forward.n >= ENOUGH and one.forward.agreement < 0:
            return _into(one, "retired", day, "forward_mean_below_0")
        return _into(one, "retired", day, "time_over") if (day - one.since).days >= ACTIVE_DAYS else one
    if is_tested and one.q_value is not None and one.q_value <= MAX_Q:
        return _into(one, "active", day, "permutation")
    if bisect_right(LOOKS, one.forward.n) > bisect_right(LOOKS, one.n_looked):
        one = one._replace(n_looked=one.forward.n)
        if _holds(one, day):
            return _into(one, "active", day, "forward")
    return _into(one, "retired", day, "never_proven") if (day - one.since).days >= SHADOW_DAYS else one


def _holds(one: Selection, day: dt.date) -> bool:
    p = one.forward.p((day - one.selected_on).days)
    return p is not None and p <= FORWARD_P


def _into(one: Selection, state: State, day: dt.date, reason: str) -> Selection:
    return one._replace(state=state, since=day, reason=reason)


def _sign(x: float) -> int:
    return (x > 0) - (x < 0)
