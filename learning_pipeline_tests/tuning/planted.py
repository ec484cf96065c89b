"""The lifecycle on planted worlds: how often is a lesson without an edge ever in force, and how soon one with an edge?

``python -m learning_pipeline_tests.tuning.planted [WORLDS]``: 90 days, then 270 of one hundred independent lessons per
world, ten of them with a success rate of .7 just outside the halo. Prints one line per number of decisions and base
rate; many minutes. Exit code 1 where a goal is missed.
"""

from __future__ import annotations

import datetime as dt
import sys
from typing import NamedTuple

import numpy as np
import polars as pl

from learning_pipeline.tuning import LEVERS, Rule
from learning_pipeline.tuning.cells import OUT_OF_REACH
from learning_pipeline.tuning.evidence import forward, t_and_p
from learning_pipeline.tuning.grid import Grid
from learning_pipeline.tuning.lessons import mine
from learning_pipeline.tuning.lifecycle import EPOCH, Choice, Lesson, Selection, is_test_day, step
from learning_pipeline.tuning.permutation import draws_for, seed_of
from learning_pipeline.tuning.slices import Episodes

GRID = Grid.of(LEVERS)
POLICIES = {GRID.name(policy): policy for policy in GRID.looser}
N_LESSONS, N_PLANTED, WARM_UP, N_DAYS = 100, 10, 90, 360
CELLS = [(200, 0.2), (97, 0.2), (600, 0.2), (200, 0.08), (200, 0.4)]
GOALS = {(200, 0.2): 0.5, (600, 0.2): 0.9}


class Activation(NamedTuple):
    """When a policy of a lesson came into force; whether in truth it wins less than half of what it admits."""

    day: int
    lesson: int
    is_planted: bool
    is_harmful: bool


def world(rng: np.random.Generator, n: int, base: float) -> list[Episodes]:
    """Decisions of each lesson; the first ten have an edge."""
    return [lesson(rng, n, base, has_edge=k < N_PLANTED) for k in range(N_LESSONS)]


def lesson(rng: np.random.Generator, n: int, base: float, *, has_edge: bool) -> Episodes:
    n = rng.poisson(n * N_DAYS / 90)
    ts, halo, slope = rng.normal(0.5, 0.1, n), np.abs(rng.normal(1, 0.25, n)), rng.normal(0, 0.0015, n)
    passes = [
        np.stack([ts >= 0.55 + step for step in LEVERS[0].loosening]),
        np.stack([halo <= 1.0 + step for step in LEVERS[1].loosening]),
        np.stack([slope >= step for step in LEVERS[2].loosening]),
    ]
    positions = np.stack([(~lever).sum(axis=0) for lever in passes])
    cell = np.ravel_multi_index(tuple(np.minimum(positions, 4)), GRID.shape)
    cell = np.where((positions == 5).any(axis=0), GRID.size + OUT_OF_REACH, cell)
    near = has_edge & (halo > 1.0) & (halo <= 1.2)
    won = rng.random(n) < np.where(near, 0.7, base)
    acted, none = (positions <= 2).all(axis=0), np.full(n, -1)
    day = np.sort(rng.integers(0, N_DAYS, n))
    return Episodes([0], ["p"], {}, N_DAYS, np.zeros(n, np.int64), day, cell, {}, acted, won.astype(np.int64), none)


def choices(lessons: list[Episodes], day: int) -> dict[Lesson, Choice]:
    """What each lesson speaks for, of the 90 days up to a day."""
    frames = []
    for k, one in enumerate(lessons):
        rows = (one.day > day - 90) & (one.day <= day)
        columns = {"cell": one.cell[rows], "simulated": one.simulated[rows] == 1, "acted": one.acted[rows]}
        frames.append(
            pl.DataFrame(columns | {"decided_on": one.day[rows]}).with_columns(pattern_key=pl.lit(f"p{k:03}"))
        )
    known = pl.concat(frames).with_columns(scope=pl.lit("{}"), as_of=day, reported=pl.lit(None, pl.Boolean))
    mined = mine(Episodes.of(known, 90), GRID, 33, Rule()).filter(pl.col("policy").is_not_null())
    names = ["policy", "deltas", "n", "misses_caught", "failures_added", "t_statistic"]
    return {(row["pattern_key"], "{}"): Choice(*(row[name] for name in names)) for row in mined.to_dicts()}


def activations(lessons: list[Episodes], seed: int) -> list[Activation]:
    """Every policy that came into force."""
    live: list[Selection] = []
    found = []
    for day in range(WARM_UP, N_DAYS):
        chosen = choices(lessons, day)
        seen = {
            one.override_id: forward(
                lessons[number(one.lesson)], _after(one, lessons, day), POLICIES[one.choice.policy], GRID
            )
            for one in live
        }
        tests = _tests(lessons, live, chosen, day, seed) if is_test_day(_date(day)) else {}
        after, moved = step(live, _date(day), chosen, seen, tests)
        active = {t.override_id for t in moved if t.to_state == "active"}
        found += [
            Activation(day, number(one.lesson), *_truth(lessons, one)) for one in after if one.override_id in active
        ]
        live = [one for one in after if one.state != "retired"]
    return found


def number(lesson: Lesson) -> int:
    return int(lesson[0][1:])


def _after(one: Selection, lessons: list[Episodes], day: int) -> np.ndarray:
    since = (one.selected_on - EPOCH).days
    decided = lessons[number(one.lesson)].day
    return np.flatnonzero((decided > since) & (decided <= day))


def _tests(
    lessons: list[Episodes], live: list[Selection], chosen: dict[Lesson, Choice], day: int, seed: int
) -> dict[Lesson, float]:
    asked = chosen | {one.lesson: one.choice for one in live}
    p = {(f"p{k:03}", "{}"): 1.0 for k in range(len(lessons))}
    for which, choice in sorted(asked.items()):
        one = lessons[number(which)]
        rows = np.flatnonzero((one.day > day - 90) & (one.day <= day))
        draws = draws_for(len(lessons), 0.05)
        _, p[which] = t_and_p(one, rows, POLICIES[choice.policy], GRID, Rule(), seed_of(seed, day, *which), draws)
    return p


def _truth(lessons: list[Episodes], one: Selection) -> tuple[bool, bool]:
    """Whether the lesson has an edge, and whether the policy wins less than half of all it newly admits in truth."""
    all_of_it = lessons[number(one.lesson)]
    seen = forward(all_of_it, np.arange(len(all_of_it.day)), POLICIES[one.choice.policy], GRID)
    return number(one.lesson) < N_PLANTED, seen.benefit < seen.harm


def _date(day: int) -> dt.date:
    return EPOCH + dt.timedelta(days=day)


def line(n: int, base: float, n_worlds: int) -> tuple[str, bool]:
    """Shares of lessons ever in force, and whether the goals are met."""
    found = []
    for seed in range(n_worlds):
        lessons = world(np.random.default_rng([seed, n, int(100 * base)]), n, base)
        found += [one._replace(lesson=seed * N_LESSONS + one.lesson) for one in activations(lessons, seed)]
    null = len({one.lesson for one in found if not one.is_planted}) / (n_worlds * (N_LESSONS - N_PLANTED))
    power = len({one.lesson for one in found if one.is_planted}) / (n_worlds * N_PLANTED)
    on_null, harmful = sum(not one.is_planted for one in found), sum(one.is_harmful for one in found)
    good = null <= 0.05 and power >= GOALS.get((n, base), 0.0)
    words = f"n {n} base {base:.2f}: null ever in force {null:.4f}, power {power:.2f}"
    return f"{words}; {len(found)} activations, {on_null} without an edge, {harmful} harmful", good


def main() -> int:
    n_worlds, missed = int(sys.argv[1]) if len(sys.argv) > 1 else 6, 0
    for n, base in CELLS:
        words, good = line(n, base, n_worlds)
        missed += not good
        sys.stdout.write(f"{words} {'ok' if good else 'MISSED'}\n")
        sys.stdout.flush()
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
