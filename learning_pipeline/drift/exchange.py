"""Whether a difference is more than days differ anyway: days of the window and of the reference are exchanged.

Decisions of one day share its market, so a two-sample test that takes them for independent calls ordinary days a
drift. The day is the unit: under no drift the days of the window are any days of the two. That a market keeps its mood
for days is no part of it: such a mood is a shift while it lasts, which is why a breach needs a size as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Statistic = Callable[[Floats, Floats], Floats]

FIRST_DRAWS = 299
ENOUGH = 10
"""Exchanges as extreme as what was found, after which p is known well enough (Besag, Clifford 1991)."""
AT_ONCE = 1000
ROUNDING = 1e-12


class Exchange:
    """Days of two groups, exchanged at random; the same for everything that is counted on these days.

    Parameters
    ----------
    n_reference, n_window : int
        Days with decisions in each.
    n_draws : int
        Exchanges that a small p is told from.
    key : str
        What the draws are made from: the same key, the same draws.
    """

    def __init__(self, n_reference: int, n_window: int, n_draws: int, key: str) -> None:
        self._n, self._n_window, self._n_draws = n_reference + n_window, n_window, n_draws
        self._rng = np.random.default_rng(int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big"))
        self._drawn: list[Ints] = []

    def p(self, counts: Floats, statistic: Statistic, matters: float) -> tuple[float, float]:
        """A statistic of reference against window, and its p.

        Parameters
        ----------
        counts : ndarray of shape (n_reference + n_window, b)
            Whole numbers per day, those of the reference first: sums of them are exact in any order.
        statistic : function
            Sums of the reference and of the window, each of shape (..., b) -> (...,); larger is further apart.
        matters : float
            Statistic below which nothing follows from a small p: it is told from the first draws then.

        Returns
        -------
        tuple of float
            Statistic; p in (0, 1]: share of exchanges at least as far apart, the one that was found among them.
        """
        whole = counts.sum(axis=0)
        window = counts[self._n - self._n_window :].sum(axis=0)
        found = float(statistic(whole - window, window))
        n = n_beyond = k = 0
        while n < (self._n_draws if found >= matters else FIRST_DRAWS) and n_beyond < ENOUGH:
            drawn = counts[self._batch(k)].sum(axis=1)
            n_beyond += int((statistic(whole - drawn, drawn) >= found - ROUNDING).sum())
            n, k = n + len(drawn), k + 1
        return found, (1 + n_beyond) / (1 + n)

    def _batch(self, k: int) -> Ints:
        """Which days are the window's in each of the k-th exchanges, shape (n, n_window); drawn once for all."""
        while len(self._drawn) <= k:
            n = sum(map(len, self._drawn))
            self._drawn.append(self._draw(min(AT_ONCE if n else FIRST_DRAWS, self._n_draws - n)))
        return self._drawn[k]

    def _draw(self, n: int) -> Ints:
        return np.argpartition(self._rng.random((n, self._n)), self._n_window - 1, axis=1)[:, : self._n_window]
