"""The lifecycle on planted worlds: how often is a lesson without an edge ever in force, and how soon one with an edge?

``python -m learning_pipeline_tests.tuning.planted [WORLDS]`` (``make bench-truth``): the first 360 days of one hundred
independent lessons per world, the lifecycle running from the start, ten of them with a success rate of .7 just outside
the halo; beside it the seed's literal rule (``verification = none``) on the same worlds. A line per number of decisions
per 90 days and base rate. Twelve worlds, 1,080 null lessons per line, by default. Exit code 1 where a goal is missed.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import sys
from typing import NamedTuple

import numpy as np
import polars as pl

from learning_pipeline.tuning import LEVERS, Rule
from learning_pipeline.tuning.cells import OUT_OF_REACH
from learning_pipeline.tuning.evidence import Forward, newly_admitted, t_and_p
from learning_pipeline.tuning.grid import Grid
from learning_pipeline.tuning.lessons import mine
from learning_pipeline.tuning.lifecycle import (
    EPOCH,
    Choice,
    Lesson,
    Selection,
    is_test_day,
    step,
    step_unverified,
    under_test,
)
from learning_pipeline.tuning.permutation import draws_for, seed_of
from learning_pipeline.tuning.scores import reach_of
from learning_pipeline.tuning.slices import Episodes

GRID = Grid.of(LEVERS)
POLICIES = {GRID.name(policy): policy for policy in GRID.looser}
N_LESSONS, N_PLANTED, FIRST, N_DAYS = 100, 10, 10, 360
CELLS = [(n, base) for n in (97, 200, 600) for base in (0.08, 0.2, 0.4)]
RULES = {"lifecycle": Rule(), "literal": Rule(verification="none")}
MOST_NULL, MOST_FALSE = 0.05, 0.10
POWER = {(200, 0.2): 0.5, (600, 0.2): 0.9}


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


def choices(lessons: list[Episodes], day: int, rule: Rule) -> dict[Lesson, Choice]:
    """What each lesson speaks for, of the 90 days up to a day."""
    inside = [(one.day > day - 90) & (one.day <= day) for one in lessons]
    columns = {
        "cell": np.concatenate([one.cell[rows] for one, rows in zip(lessons, inside, strict=True)]),
        "simulated": np.concatenate([one.simulated[rows] == 1 for one, rows in zip(lessons, inside, strict=True)]),
        "acted": np.concatenate([one.acted[rows] for one, rows in zip(lessons, inside, strict=True)]),
        "decided_on": np.concatenate([one.day[rows] for one, rows in zip(lessons, inside, strict=True)]),
        "pattern_key": np.repeat([f"p{k:03}" for k in range(len(lessons))], [rows.sum() for rows in inside]),
    }
    known = pl.DataFrame(columns).with_columns(scope=pl.lit("{}"), as_of=day, reported=pl.lit(None, pl.Boolean))
    mined = mine(Episodes.of(known, 90), GRID, 33, rule).filter(pl.col("policy").is_not_null())
    names = ["policy", "deltas", "n", "misses_caught", "failures_added", "t_statistic"]
    return {(row["pattern_key"], "{}"): Choice(*(row[name] for name in names)) for row in mined.to_dicts()}


class After:
    """Forward counts of a selection at the end of every day."""

    def __init__(self, one: Selection, found: Episodes) -> None:
        policy, every = POLICIES[one.choice.policy], np.arange(len(found.day))
        later = found.day > (one.selected_on - EPOCH).days
        changed = newly_admitted(found, every, policy, GRID) & later
        pool, won = (reach_of(GRID)[found.cell] > 0) & later, found.simulated == 1
        parts = (changed & won, changed & ~won, pool & won, pool)
        self._counts = np.stack([np.cumsum(np.bincount(found.day[part], minlength=N_DAYS)) for part in parts])

    def on(self, day: int) -> Forward:
        return Forward(*self._counts[:, day].tolist())


def activations(lessons: list[Episodes], seed: int, rule: Rule) -> list[Activation]:
    """Every policy that came into force."""
    live: list[Selection] = []
    after: dict[str, After] = {}
    found = []
    for day in range(FIRST, N_DAYS):
        chosen, date = choices(lessons, day, rule), EPOCH + dt.timedelta(days=day)
        seen = {one.override_id: after[one.override_id].on(day) for one in live}
        if rule.verification == "none":
            every, moved = step_unverified(live, date, chosen, seen)
        else:
            tests = _tests(lessons, under_test(live, chosen, date), day, seed) if is_test_day(date) else {}
            every, moved = step(live, date, chosen, seen, tests)
        active = {t.override_id for t in moved if t.to_state == "active"}
        found += [
            Activation(day, number(one.lesson), *_truth(lessons, one)) for one in every if one.override_id in active
        ]
        live = [one for one in every if one.state != "retired"]
        after = {one.override_id: after.get(one.override_id) or After(one, lessons[number(one.lesson)]) for one in live}
    return found


def number(lesson: Lesson) -> int:
    return int(lesson[0][1:])


def _tests(lessons: list[Episodes], tested: dict[Lesson, str], day: int, seed: int) -> dict[Lesson, float]:
    p = {(f"p{k:03}", "{}"): 1.0 for k in range(len(lessons))}
    for which, policy in sorted(tested.items()):
        one = lessons[number(which)]
        rows = np.flatnonzero((one.day > day - 90) & (one.day <= day))
        draws = draws_for(len(lessons), 0.05)
        _, p[which] = t_and_p(one, rows, POLICIES[policy], GRID, Rule(), seed_of(seed, day, *which), draws)
    return p


def _truth(lessons: list[Episodes], one: Selection) -> tuple[bool, bool]:
    """Whether the lesson has an edge, and whether the policy wins less than half of all it newly admits in truth."""
    found = lessons[number(one.lesson)]
    changed = newly_admitted(found, np.arange(len(found.day)), POLICIES[one.choice.policy], GRID)
    won = int((found.simulated[changed] == 1).sum())
    return number(one.lesson) < N_PLANTED, 2 * won < int(changed.sum())


def one_world(asked: tuple[int, int, float]) -> dict[str, list[Activation]]:
    """Activations by rule; lessons numbered across worlds."""
    seed, n, base = asked
    lessons = world(np.random.default_rng([seed, n, int(100 * base)]), n, base)
    return {
        name: [a._replace(lesson=seed * N_LESSONS + a.lesson) for a in activations(lessons, seed, rule)]
        for name, rule in RULES.items()
    }


def summary(found: list[Activation], n_worlds: int) -> dict[str, float]:
    """Shares of lessons ever in force, of activations that are false, and how long it took."""
    first: dict[int, int] = {}
    for one in found:
        first.setdefault(one.lesson, one.day)
    planted = {one.lesson for one in found if one.is_planted}
    days = [first[lesson] for lesson in planted]
    return {
        "null": len(first.keys() - planted) / (n_worlds * (N_LESSONS - N_PLANTED)),
        "n": len(found),
        "false": sum(not one.is_planted for one in found),
        "harmful": sum(one.is_harmful for one in found),
        "power": len(planted) / (n_worlds * N_PLANTED),
        "days": float(np.median(days)) if days else float("nan"),
    }


def words(name: str, said: dict[str, float]) -> str:
    return (
        f"{name:9} null ever in force {said['null']:.4f}; {said['n']:.0f} activations, {said['false']:.0f} of them "
        f"without an edge, {said['harmful']:.0f} harmful; power {said['power']:.2f}, median {said['days']:.0f} days"
    )


def main() -> int:
    n_worlds, missed, pooled = int(sys.argv[1]) if len(sys.argv) > 1 else 12, 0, np.zeros(2)
    with multiprocessing.Pool() as pool:
        for n, base in CELLS:
            worlds = pool.map(one_world, [(seed, n, base) for seed in range(n_worlds)], chunksize=1)
            by_rule = {name: summary([a for found in worlds for a in found[name]], n_worlds) for name in RULES}
            ours = by_rule["lifecycle"]
            pooled += ours["false"], ours["n"]
            good = ours["null"] <= MOST_NULL and ours["power"] >= POWER.get((n, base), 0.0)
            missed += not good
            sys.stdout.write(f"{n} decisions in 90 days, base rate {base:.2f}: {'PASS' if good else 'FAIL'}\n")
            sys.stdout.writelines(f"  {words(name, said)}\n" for name, said in by_rule.items())
            sys.stdout.flush()
    share = pooled[0] / pooled[1]
    missed += share > MOST_FALSE
    verdict = "PASS" if share <= MOST_FALSE else "FAIL"
    sys.stdout.write(f"false among all {pooled[1]:.0f} activations: {share:.3f} (at most {MOST_FALSE}) {verdict}\n")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
