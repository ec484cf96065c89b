"""From one day to the next: lessons, what they select, and where each selection stands."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Sequence
from typing import NamedTuple

import polars as pl

from learning_pipeline.contracts import end_of
from learning_pipeline.stats import benjamini_hochberg
from learning_pipeline.tuning.changes import Changes
from learning_pipeline.tuning.episodes import episodes, known_episodes, n_in_window
from learning_pipeline.tuning.grid import Grid
from learning_pipeline.tuning.held import Held, held_of, rows_of
from learning_pipeline.tuning.lessons import mine
from learning_pipeline.tuning.lifecycle import (
    EPOCH,
    MAX_Q,
    Choice,
    Lesson,
    Selection,
    Transition,
    is_test_day,
    step,
    step_unverified,
    under_test,
)
from learning_pipeline.tuning.permutation import draws_for
from learning_pipeline.tuning.settings import Rule, TuningSettings
from learning_pipeline.tuning.slices import Episodes
from learning_pipeline.tuning.tables import Lessons, Selections, Transitions
from learning_pipeline.tuning.window import Window

MAX_ROWS = 2**20
"""Episodes counted together, at most: bounds the memory."""
SPOKEN = ["policy", "deltas", "n", "misses_caught", "failures_added", "t_statistic"]


class Learned(NamedTuple):
    """`Lessons`, `Selections` and `Transitions` of the days asked for."""

    lessons: pl.DataFrame
    selections: pl.DataFrame
    transitions: pl.DataFrame


def learn(
    decisions: pl.DataFrame,
    gates: pl.DataFrame,
    outcomes: pl.DataFrame,
    episode_outcomes: pl.DataFrame,
    as_ofs: list[dt.date],
    before: pl.DataFrame,
    settings: TuningSettings,
    rule: Rule,
    books: Collection[str] = ("profit",),
) -> Learned:
    """Lessons as of the end of each day, and the lifecycle of what they select.

    Parameters
    ----------
    decisions, gates, outcomes, episode_outcomes : DataFrame
        ``events.decisions``, ``events.gates``, ``shadow.outcomes``, ``events.episode_outcomes`` from ``lookback_days``
        before the first day on; rows after a day do not count for it.
    as_ofs : list of date
        Days, one after the other.
    before : DataFrame
        `Selections` as of the day before the first; empty where there is none.
    settings, rule : TuningSettings, Rule
        What makes a lesson, and which policy it may speak for.
    books : collection of str
        Books whose decisions count.
    """
    grid, days = Grid.of(settings.levers), [(as_of - EPOCH).days for as_of in sorted(as_ofs)]
    if not days:
        return Learned(Lessons.frame(), Selections.frame(), Transitions.frame())
    known = known_episodes(decisions, gates, outcomes, episode_outcomes, grid, books)
    changes = Changes(known, days[0], days[-1], settings.lookback_days, grid)
    fold = _Fold(held_of(before), changes, grid, settings, rule)
    mined = [Lessons.frame()]
    for part in in_parts(days, n_in_window(known.decided, days, settings.lookback_days)):
        found = episodes(known, part, settings)
        told = mine(Episodes.of(found, settings.lookback_days), grid, settings.n_min, rule)
        of_day, lessons = _by_day(found, part), _by_day(told, [EPOCH + dt.timedelta(days=day) for day in part])
        mined += [
            fold.day(Window(day, window, gates, settings), day, said)
            for day, window, said in zip(part, of_day, lessons, strict=True)
        ]
    return Learned(Lessons.checked(pl.concat(mined)), rows_of(fold.rows), _transitions(fold.moves))


class _Fold:
    """The selections that stand, moved on day by day; ``rows`` and ``moves`` of all days so far."""

    def __init__(self, held: list[Held], changes: Changes, grid: Grid, settings: TuningSettings, rule: Rule) -> None:
        self._held = {one.selection.override_id: one for one in held}
        self._changes, self._grid, self._settings, self._rule = changes, grid, settings, rule
        self._policies = {grid.name(policy): policy for policy in grid.looser}
        self.rows: list[tuple[dt.date, Held]] = []
        self.moves: list[Transition] = []

    def day(self, window: Window, day: int, lessons: pl.DataFrame) -> pl.DataFrame:
        """One day; its lessons, on test days with p and q."""
        if lessons.is_empty() and not self._held:
            return lessons
        as_of, chosen = EPOCH + dt.timedelta(days=day), _chosen(lessons)
        self._held = {name: self._counted(one, day) for name, one in self._held.items()}
        live = [one.selection for one in self._held.values()]
        tested = under_test(live, chosen, as_of) if self._is_tested(as_of) else None
        tests = {} if tested is None else self._tests(window, tested, lessons)
        seen = {name: one.seen.forward for name, one in self._held.items()}
        after, moves = (
            step(live, as_of, chosen, seen, tests, self._rule.min_ratio)
            if self._rule.verification == "lifecycle"
            else step_unverified(live, as_of, chosen, seen)
        )
        held = [self._standing(one, window, lessons) for one in after]
        self.rows += [(as_of, one) for one in held]
        self.moves += moves
        self._held = {one.selection.override_id: one for one in held if one.selection.state != "retired"}
        return _with_tests(lessons, tests)

    def _is_tested(self, as_of: dt.date) -> bool:
        return is_test_day(as_of) and self._rule.verification == "lifecycle"

    def _counted(self, held: Held, day: int) -> Held:
        """With what the day changed in its forward counts."""
        one = held.selection
        after, policy = (one.selected_on - EPOCH).days, self._policies[one.choice.policy]
        return held._replace(seen=held.seen.plus(self._changes.on(day, *one.lesson, policy, after)))

    def _tests(self, window: Window, tested: dict[Lesson, str], lessons: pl.DataFrame) -> dict[Lesson, float]:
        """P of every lesson of the day: of the policy that is tested, 1 where there is none."""
        p = dict.fromkeys(_names(lessons), 1.0)
        draws = draws_for(len(p), MAX_Q)
        for lesson in sorted(tested.keys() & p.keys()):
            p[lesson] = window.p(lesson, self._policies[tested[lesson]], self._grid, self._rule, draws)
        return p

    def _standing(self, one: Selection, window: Window, lessons: pl.DataFrame) -> Held:
        """With what was noted of it before or, new, its worth; in force, with the slices that it harms."""
        before, policy = self._held.get(one.override_id), self._policies[one.choice.policy]
        held = before or Held(one, window.worth(one.lesson, policy, self._grid))
        is_active = one.state == "active" and self._rule.verification == "lifecycle"
        narrower = _narrower(one.lesson, lessons) if is_active else []
        harmed = window.harmed_by(one.lesson, policy, narrower, self._grid) if narrower else ()
        return held._replace(selection=one, no_change_scopes=harmed)


def in_parts(days: list[int], n: list[int]) -> list[list[int]]:
    """The days in parts that hold at most `MAX_ROWS` rows together, or one day.

    >>> in_parts([1, 2, 3], [MAX_ROWS, 1, 1])
    [[1], [2, 3]]
    """
    parts: list[list[int]] = []
    room = 0
    for day, rows in zip(days, n, strict=True):
        if not parts or rows > room:
            parts, room = [*parts, []], MAX_ROWS
        parts[-1].append(day)
        room -= rows
    return parts


def _by_day(rows: pl.DataFrame, as_ofs: Sequence[object]) -> list[pl.DataFrame]:
    """Rows of each day."""
    parts = rows.partition_by("as_of", as_dict=True)
    return [parts.get((as_of,), rows.clear()) for as_of in as_ofs]


def _names(lessons: pl.DataFrame) -> list[Lesson]:
    return list(zip(lessons["pattern_key"], lessons["scope"], strict=True))


def _chosen(lessons: pl.DataFrame) -> dict[Lesson, Choice]:
    """What each lesson of a day speaks for, where it speaks for anything."""
    spoken = zip(_names(lessons), map(Choice._make, lessons.select(SPOKEN).rows()), strict=True)
    return {lesson: choice for lesson, choice in spoken if choice.policy is not None}


def _narrower(lesson: Lesson, lessons: pl.DataFrame) -> list[str]:
    """Scopes of the day's lessons of that pattern that hold its dimensions and more."""
    asked = json.loads(lesson[1]).items()
    scopes = lessons.filter(pl.col("pattern_key") == lesson[0], pl.col("scope") != lesson[1])["scope"]
    return [scope for scope in scopes if asked <= json.loads(scope).items()]


def _with_tests(lessons: pl.DataFrame, tests: dict[Lesson, float]) -> pl.DataFrame:
    if not tests:
        return lessons
    p = list(tests.values())
    return lessons.with_columns(p_value=pl.Series(p), q_value=pl.Series(benjamini_hochberg(p)))


def _transitions(moves: list[Transition]) -> pl.DataFrame:
    rows = [t._asdict() | {"moved_at": end_of(t.moved_on), "day": t.moved_on} for t in moves]
    return Transitions.checked(Transitions.frame([{k: v for k, v in row.items() if k != "moved_on"} for row in rows]))
