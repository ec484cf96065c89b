"""Evidence for one policy of one lesson: p on the data of a window, and counts of what came after."""

from __future__ import annotations

import json
import math
from typing import NamedTuple

import numpy as np

from learning_pipeline.tuning.choice import least_successes
from learning_pipeline.tuning.forward import better_than_half, better_than_others
from learning_pipeline.tuning.grid import Bools, Grid, Ints
from learning_pipeline.tuning.permutation import Days, MaxT
from learning_pipeline.tuning.scores import pool_of
from learning_pipeline.tuning.settings import Rule
from learning_pipeline.tuning.slices import Episodes, Population

FORWARD_HALF, FORWARD_OTHERS = 0.05, 0.005
"""Levels of the two forward tests."""


class Forward(NamedTuple):
    """Labelled decisions after a selection: newly admitted by its policy, and all that the levers alone keep out."""

    benefit: int = 0
    harm: int = 0
    pool_successes: int = 0
    pool: int = 0

    @property
    def n_changed(self) -> int:
        """Decisions that the policy would have admitted."""
        return self.benefit + self.harm

    @property
    def p_half(self) -> float:
        """Chance of so many successes, were each as likely as not."""
        return better_than_half(self.benefit, self.n_changed)

    @property
    def p_others(self) -> float:
        """Chance of so many successes, were they drawn from the pool."""
        return better_than_others(self.benefit, self.n_changed, self.pool_successes, self.pool)

    def holds(self, min_ratio: float) -> bool:
        """Whether it passes all that is asked for at a look."""
        enough = self.benefit > 0 and self.benefit >= min_ratio * self.harm
        return enough and self.p_half <= FORWARD_HALF and self.p_others <= FORWARD_OTHERS


def members(found: Population, pattern_key: str, scope: str) -> Ints:
    """Rows of a slice, of one day; those of no slice where a name does not occur."""
    inside = np.full(len(found.pattern), pattern_key in found.patterns)
    if pattern_key in found.patterns:
        inside = found.pattern % len(found.patterns) == found.patterns.index(pattern_key)
    for name, value in json.loads(scope).items():
        values = found.values.get(name, [])
        inside &= found.dims[name] == values.index(value) if value in values else False
    return np.flatnonzero(inside)


def labels(found: Episodes, rows: Ints) -> Ints:
    """Labels of one source: reported where all labelled rows have one, else simulated; -1 where none."""
    simulated, reported = found.simulated[rows], found.reported[rows]
    all_told = (reported >= 0).any() and not ((reported < 0) & (simulated >= 0)).any()
    return reported if all_told else simulated


def t_and_p(
    found: Episodes, rows: Ints, policy: int, grid: Grid, rule: Rule, seed: int, max_draws: int
) -> tuple[float, float]:
    """T of a loosening policy on some rows, and its p.

    Returns
    -------
    t, p : float
        NaN and 1 where nothing can be exchanged. p is 1 where the policy does not satisfy the rule; else it is the
        share of shuffles in which the rule would have chosen a policy with a T at least as large.
    """
    label = labels(found, rows)
    best = MaxT(Days.of(pool_of(found.cell[rows], label, np.zeros_like(rows), found.day[rows], grid), grid), grid)
    which, seen = grid.looser.index(policy), forward(found, rows, policy, grid)
    t, least = float(best.t[which]), least_successes(best.n_admitted, dodge_rate(found.acted[rows], label), rule)
    return t, best.p(t, seed, max_draws, least=least) if seen.benefit >= least[which] else 1.0


def dodge_rate(acted: Bools, label: Ints) -> float:
    """Failures per labelled skipped decision; NaN where none was skipped."""
    skipped = label[~acted & (label >= 0)]
    return float((skipped == 0).sum() / len(skipped)) if len(skipped) else math.nan


def forward(found: Episodes, rows: Ints, policy: int, grid: Grid) -> Forward:
    """Counts of some rows, those decided after the selection."""
    label = labels(found, rows)
    pool = pool_of(found.cell[rows], label, np.zeros_like(rows), found.day[rows], grid)
    changed = newly_admitted(found, rows, policy, grid)
    benefit = int(label[changed].sum())
    return Forward(benefit, int(changed.sum()) - benefit, int(pool.success.sum()), len(pool.success))


def newly_admitted(found: Episodes, rows: Ints, policy: int, grid: Grid) -> Bools:
    """Which of the rows, labelled ones, a policy admits and base does not."""
    cell = found.cell[rows]
    inside = (cell < grid.size) & (labels(found, rows) >= 0)
    place = grid.positions[np.where(inside, cell, 0)]
    return inside & (place <= grid.positions[policy]).all(axis=1) & (place > grid.base).any(axis=1)
