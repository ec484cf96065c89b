"""p of the way a lesson leans, by exchanging directions between its trades and the others of the same days."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from learning_pipeline.tuning.counts import Floats
from learning_pipeline.tuning.grid import Ints
from learning_pipeline.tuning.permutation import ROUNDING
from learning_pipeline.tuning.strength.directions import Trades

Signs = tuple[int, int]
WAYS = np.array([(1, -1), (-1, 1), (-1, -1), (-1, 0), (0, -1)])
"""Signs of (dir_a, dir_e) that a lesson may have: their sum is never above 0."""
_SMALLEST, _LARGEST = 64, 512
"""Draws at a time, twice as many each time; part of what a seed means."""
_MOST_CELLS = 2**22
"""Cards on the table at once, about: bounds the memory."""
_NO_SPREAD = 1e-12


class Exchange(NamedTuple):
    """The trades of a window on those days on which a lesson and others both closed some.

    Attributes
    ----------
    day : ndarray of shape (n,)
        Number of the day, ascending.
    lean : ndarray of shape (n, 2)
        Weight times direction, for A and E.
    own : ndarray of shape (n_days,)
        Trades of the lesson by day.
    total : ndarray of shape (2,)
        Sum of its trades' lean.
    """

    day: Ints
    lean: Floats
    own: Ints
    total: Floats

    @classmethod
    def of(cls, found: Trades, rows: Ints) -> Exchange:
        """Of a lesson's rows among the trades of one as_of."""
        inside = np.zeros(len(found.counted), dtype=np.bool_)
        inside[rows] = True
        pool, inside = np.flatnonzero(found.counted), inside[found.counted]
        _, day = np.unique(found.closed_on[pool], return_inverse=True)
        own, every = np.bincount(day[inside], minlength=day.max(initial=-1) + 1), np.bincount(day)
        mixed = ((own > 0) & (own < every))[day]
        lean = found.weight[pool, None] * np.stack([found.way_a[pool], found.way_e[pool]], axis=1)
        days, numbered = np.unique(day[mixed], return_inverse=True)
        return cls(numbered, lean[mixed], own[days], _running_sum(lean[mixed & inside]))

    def p(self, signs: Signs, seed: int, max_draws: int, stop_after: int = 20) -> float:
        """Share of exchanges in which the best of all ways is as far from what to expect as this one is.

        Parameters
        ----------
        signs : tuple of int
            Of dir_a and dir_e.
        seed, max_draws, stop_after
            As in `MaxT.p`: sequential after Besag and Clifford.

        Returns
        -------
        float
            1 where nothing can be exchanged: no day has trades of the lesson and others, or all lean alike.
        """
        expected, sd = self._moments()
        of_signs = np.array(signs) @ (self.total - expected)
        spread = sd[(np.array(signs) == WAYS).all(axis=1)]
        if not spread.size or np.isnan(spread[0]):
            return 1.0
        observed, deal, drawn, reached = of_signs / spread[0], _Deal(self, seed), 0, 0
        while drawn < max_draws:
            t = (deal.totals()[: max_draws - drawn] - expected) @ WAYS.T / sd
            so_far = reached + np.cumsum(np.fmax.reduce(t, axis=1) >= observed - ROUNDING)
            if so_far[-1] >= stop_after:
                return stop_after / (drawn + int(np.argmax(so_far >= stop_after)) + 1)
            drawn, reached = drawn + len(t), int(so_far[-1])
        return (reached + 1) / (max_draws + 1)

    def _moments(self) -> tuple[Floats, Floats]:
        """Mean of the total, shape (2,), and sd of it along each of `WAYS`; NaN where nothing would change."""
        n = np.bincount(self.day)
        mean = np.stack([np.bincount(self.day, weights=x) for x in self.lean.T], axis=1) / n[:, None]
        along = (self.lean - mean[self.day]) @ WAYS.T
        squares = np.stack([np.bincount(self.day, weights=x) for x in (along**2).T], axis=1)
        drawn = (self.own * (n - self.own) / (n * np.maximum(n - 1, 1)))[:, None]
        variance = _running_sum(drawn * squares)
        return _running_sum(self.own[:, None] * mean), np.sqrt(np.where(variance > _NO_SPREAD, variance, np.nan))


class _Deal:
    """Each day's trades dealt out anew, again and again: to the lesson as many as it had."""

    def __init__(self, trades: Exchange, seed: int) -> None:
        self._lean, self._rng, n = trades.lean, np.random.default_rng(seed), np.bincount(trades.day)
        # The fewer are dealt the faster: to the others where they are fewer.
        self._to_others = trades.own.sum() > len(trades.day) / 2
        dealt = n - trades.own if self._to_others else trades.own
        order = np.argsort(-dealt, kind="stable")
        self._n, self._dealt, self._start = n[order], dealt[order], (np.cumsum(n) - n)[order]
        self._most = int(np.clip(_MOST_CELLS // max(len(trades.day), 1), _SMALLEST, _LARGEST))
        self._cards = np.empty((0, len(trades.day)), dtype=np.int32)

    def totals(self) -> Floats:
        """Totals of the lesson's share in some deals, in twice as many the next time; shape (n_deals, 2).

        The first of each day's cards change places with any later one (Fisher-Yates): uniform, however they lie.
        """
        if len(self._cards) < self._most:
            size = min(max(_SMALLEST, 2 * len(self._cards)), self._most)
            self._cards = np.tile(np.arange(self._cards.shape[1], dtype=np.int32), (size, 1))
        cards = self._cards
        each, total = np.arange(len(cards))[:, None], np.zeros((len(cards), 2))
        for turn in range(self._dealt.max(initial=0)):
            days = int((self._dealt > turn).sum())
            to = self._start[:days] + turn
            by = to + (self._rng.random((len(cards), days)) * (self._n[:days] - turn)).astype(np.int64)
            drawn = cards[each, by]
            cards[each, by] = cards[:, to]
            cards[:, to] = drawn
            total += self._lean[drawn].sum(axis=1)
        return _running_sum(self._lean) - total if self._to_others else total


def _running_sum(x: Floats) -> Floats:
    """Sum along the first axis, from first to last."""
    return np.cumsum(x, axis=0)[-1] if len(x) else np.zeros(x.shape[1])
