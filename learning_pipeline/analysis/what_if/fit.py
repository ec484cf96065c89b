"""Weights of a score, chosen on the days before a window: the best of a stated grid, by net PnL of what it approves.

For a window of W days up to D the training data are the decisions of the `TRAINING_DAYS` days up to D - W, in the
version, and with the outcome, known at the end of that day: nothing of the window, and nothing that the window's first
day could not have known. The result on the window is therefore out of sample.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from learning_pipeline.analysis.what_if.capital import Bools
from learning_pipeline.analysis.what_if.known import SETTLED, Versions, known_on
from learning_pipeline.policy import APPROVED, GateMatrix, Policy
from learning_pipeline.stats import running_total

TRAINING_DAYS = 90
MIN_TRAINED = 100
"""Settled decisions with every component, at least."""
MAX_TRIALS = 100
FINEST = 4
"""Steps from weight 0 to weight 1, at most."""


class Fit(NamedTuple):
    """What was chosen: answers of all versions under it, or why nothing could be.

    Attributes
    ----------
    answers : ndarray of shape (n,)
        As `GateMatrix.answers` gives them.
    weights : str
        Chosen weights by component, canonical JSON text.
    n_trials : int
        Size of the grid.
    reason : str or None
        Why there is no fit.
    """

    answers: NDArray[np.int8]
    weights: str | None = None
    n_trials: int | None = None
    reason: str | None = None


class _Grid(NamedTuple):
    weights: list[dict[str, float]]
    answers: NDArray[np.int8]
    told: Bools


class Fitter:
    """Fits of one gate's weights by the last day of their training data; each is made once.

    Attributes
    ----------
    gate : str
        The gate.
    scorable : ndarray of shape (n,)
        Versions on which it can be told under some weights.
    """

    def __init__(self, matrix: GateMatrix, versions: Versions, policy: Policy, gate: str) -> None:
        self.gate = gate
        self._matrix, self._versions, self._policy = matrix, versions, policy
        carries = _mask(len(versions.approved), matrix.told(Policy(), gate))
        self._recorded = {name: has & carries for name, has in matrix.components.recorded().items()}
        self.scorable = np.zeros(len(carries), dtype=np.bool_)
        for name in self._recorded:
            self.scorable[matrix.told(self._weighted({name: 1.0}), gate)] = True
        self._grids: dict[tuple[str, ...], _Grid] = {}
        self._fits: dict[dt.date, Fit] = {}

    def before(self, first_day: dt.date) -> Fit:
        """The fit for a window that begins on this day."""
        if first_day not in self._fits:
            self._fits[first_day] = self._fit(first_day - dt.timedelta(days=1))
        return self._fits[first_day]

    def _fit(self, eve: dt.date) -> Fit:
        known = known_on(self._versions, eve, TRAINING_DAYS)
        settled = known.state == SETTLED
        rows, pnl = known.rows[settled], known.pnl[settled]
        names = tuple(name for name, has in self._recorded.items() if has[rows].any())
        grid = self._grid(names)
        usable = grid.told[rows]
        if usable.sum() < MIN_TRAINED:
            return Fit(grid.answers[0], reason=_too_few(int(usable.sum()), self.gate))
        totals = [running_total(pnl[usable & (answers[rows] == APPROVED)]) for answers in grid.answers]
        best = int(np.argmax(totals))
        return Fit(grid.answers[best], json.dumps(grid.weights[best]), len(totals))

    def _grid(self, names: tuple[str, ...]) -> _Grid:
        if names not in self._grids:
            weights = simplex(names) if names else [{}]
            policies = [self._weighted(some) for some in weights]
            answers = np.stack([self._matrix.answers(policy) for policy in policies])
            every = self._matrix.told(self._weighted(dict.fromkeys(names, 1.0)), self.gate)
            told = _mask(answers.shape[1], every if names else every[:0])
            # Names seldom change from day to day: one grid is kept.
            self._grids = {names: _Grid(weights, answers, told)}
        return self._grids[names]

    def _weighted(self, weights: dict[str, float]) -> Policy:
        return self._policy.model_copy(update={"weights": {**self._policy.weights, self.gate: weights}})


def simplex(names: tuple[str, ...]) -> list[dict[str, float]]:
    """Weights that add up to 1, in quarters, or in coarser steps where those were more than `MAX_TRIALS`.

    >>> [list(weights.values()) for weights in simplex(("a", "b"))][:3]
    [[0.0, 1.0], [0.25, 0.75], [0.5, 0.5]]
    """
    k = len(names)
    steps = next((n for n in range(FINEST, 1, -1) if math.comb(n + k - 1, n) <= MAX_TRIALS), 1)
    shares = itertools.combinations_with_replacement(range(k), steps)
    counts = sorted(tuple(share.count(j) for j in range(k)) for share in shares)
    return [{name: n / steps for name, n in zip(names, count, strict=True)} for count in counts]


def _mask(n: int, rows: NDArray[np.intp]) -> Bools:
    mask = np.zeros(n, dtype=np.bool_)
    mask[rows] = True
    return mask


def _too_few(n: int, gate: str) -> str:
    days = f"in the {TRAINING_DAYS} days before the window"
    return f"expected {MIN_TRAINED} settled decisions with all score components and gate {gate} {days}, found {n}"
