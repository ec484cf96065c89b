"""p of the best of many policies, by shuffling outcomes within days."""

from __future__ import annotations

import hashlib
from typing import NamedTuple, cast

import numpy as np

from learning_pipeline.tuning.counts import Floats
from learning_pipeline.tuning.grid import Grid, Ints, box_sums
from learning_pipeline.tuning.scores import Pool, loosening_shape, looser_places, moments

_BATCH = 512
"""Draws at a time; part of what a seed means."""
ROUNDING = 1e-9
"""T of two sets of decisions may differ by this much and be the same."""


class Days(NamedTuple):
    """The pool of one lesson by day: all that a shuffle within days depends on.

    Attributes
    ----------
    size, won : ndarray of shape (n_days,)
        Decisions and successes.
    within_reach : ndarray of shape (n_days, n_reach)
        Decisions by the tightest loosening policy that admits them.
    caught : ndarray of shape (n_reach,)
        Successes by the same, over all days.
    """

    size: Ints
    won: Ints
    within_reach: Ints
    caught: Ints

    @classmethod
    def of(cls, pool: Pool, grid: Grid) -> Days:
        """Counts of a pool of one slice."""
        n_reach, n_days = int(np.prod(loosening_shape(grid))), int(pool.day.max(initial=-1)) + 1
        table = np.bincount(pool.day * (n_reach + 1) + pool.reach, minlength=n_days * (n_reach + 1))
        won = np.bincount(pool.day[pool.success == 1], minlength=n_days)
        caught = np.bincount(pool.reach[pool.success == 1], minlength=n_reach + 1)
        by_day = table.reshape(n_days, n_reach + 1)
        return cls(by_day.sum(axis=1), won, by_day[:, :-1], caught[:-1])


class MaxT:
    """The largest T over all loosening policies, and its distribution where labels are exchanged within days.

    Parameters
    ----------
    days : Days
        The pool of one lesson.
    grid : Grid
        The levers.

    Attributes
    ----------
    t : ndarray of shape (n_loosening,)
        T of each policy of ``grid.looser``; NaN where no exchange would change anything.
    n_admitted : ndarray of shape (n_loosening,)
        Decisions that each newly admits.
    """

    def __init__(self, days: Days, grid: Grid) -> None:
        shape, self._places = loosening_shape(grid), looser_places(grid)
        n_reach = days.within_reach.shape[1]
        boxes = box_sums(days.within_reach.T.reshape(*shape, -1).copy(), shape).reshape(n_reach, -1)
        expected, variance = moments(boxes[self._places][..., None], days.size[:, None], days.won[:, None])
        self._expected, self._sd = expected[:, 0], np.sqrt(variance[:, 0])
        self.n_admitted: Ints = boxes[self._places].sum(axis=1)
        self._days, self._admits = days, _admits(shape)[:, self._places]
        self.t: Floats = self._t(days.caught @ self._admits)[0]

    @property
    def largest(self) -> float:
        """The largest T; NaN where no exchange would change anything."""
        return float(np.fmax.reduce(self.t))

    def p(self, observed: float, seed: int, max_draws: int, stop_after: int = 20, least: Ints | None = None) -> float:
        """Share of shuffles whose largest T is at least the one observed.

        Parameters
        ----------
        observed : float
            T of the policy in question, or the largest of ``t``.
        seed : int
            The same seed and pool give the same p, whatever the order of rows and whichever other lessons there are.
        max_draws : int
            Shuffles at most: p is never below ``1 / (max_draws + 1)``.
        stop_after : int
            Fewer shuffles where that many have reached the observed one already.
        least : ndarray of shape (n_loosening,), optional
            Successes without which a policy could not be chosen: in a shuffle it counts only with as many. For a policy
            that satisfies the rule itself, this is the law of the largest T that the rule would have chosen.

        Returns
        -------
        float
            ``stop_after / draws`` where it stopped, else ``(reached + 1) / (max_draws + 1)``: valid either way. 1 where
            no exchange would change anything.

        References
        ----------
        Besag, Clifford (1991), Sequential Monte Carlo p-values. Westfall, Young (1993), Resampling-based multiple
        testing (single-step max T).
        """
        if np.isnan(observed):
            return 1.0
        rng, drawn, reached = np.random.default_rng(seed), 0, 0
        while drawn < max_draws:
            largest = self._largest(self._shuffled(rng), least)[: max_draws - drawn]
            so_far = reached + np.cumsum(largest >= observed - ROUNDING)
            if so_far[-1] >= stop_after:
                return stop_after / (drawn + int(np.argmax(so_far >= stop_after)) + 1)
            drawn, reached = drawn + len(largest), int(so_far[-1])
        return (reached + 1) / (max_draws + 1)

    def _largest(self, successes: Floats, least: Ints | None) -> Floats:
        t = self._t(successes)
        return np.fmax.reduce(t if least is None else np.where(successes >= least, t, -np.inf), axis=1)

    def _t(self, successes: Floats | Ints) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            t = (np.atleast_2d(successes) - self._expected) / self._sd
        return np.where(self._sd > 0, t, np.nan)

    def _shuffled(self, rng: np.random.Generator) -> Floats:
        """Successes that each policy admits in each of a batch of shuffles; shape (batch, n_loosening).

        Within a day the decisions within reach draw their labels one after the other, without putting back: the k-th is
        a success with probability (successes left) / (labels left).
        """
        n_within = self._days.within_reach.sum(axis=1)
        order = np.argsort(-n_within, kind="stable")
        reach = _in_turn(self._days.within_reach[order])
        labels, left = self._days.size[order], np.tile(self._days.won[order], (_BATCH, 1))
        successes = np.zeros((_BATCH, len(self._places)))
        for turn, cell in enumerate(reach):
            n = len(cell)
            hit = rng.random((_BATCH, n)) * (labels[:n] - turn) < left[:, :n]
            left[:, :n] -= hit
            # Whole numbers: exact in whatever order they are added.
            successes += hit.astype(np.float64) @ self._admits[cell]
        return successes


def seed_of(*parts: object) -> int:
    """A seed from what names a test, such as as_of, pattern and scope."""
    return int.from_bytes(hashlib.sha256("\n".join(map(str, parts)).encode()).digest()[:8], "big")


def draws_for(n_tests: int, q: float, at_least: int = 1999) -> int:
    """Shuffles that let one of ``n_tests`` pass Benjamini-Hochberg at level q with room: ten times ``n_tests / q``.

    >>> draws_for(100, 0.05)
    20000
    """
    return max(at_least, int(np.ceil(10 * n_tests / q)))


def _admits(shape: tuple[int, ...]) -> Floats:
    """1 where the policy of the column admits the cell of the row."""
    places = np.array(list(np.ndindex(*shape)))
    inside = (places[:, None] <= places[None]).all(axis=2)
    return cast("Floats", inside.astype(np.float64))


def _in_turn(within_reach: Ints) -> list[Ints]:
    """Of days in order of how many they hold: the first decision of each day, the second of those that have one, ..."""
    each = [np.repeat(np.arange(len(day)), day) for day in within_reach]
    return [
        np.array([day[turn] for day in each if len(day) > turn], dtype=np.int64)
        for turn in range(max(map(len, each), default=0))
    ]
