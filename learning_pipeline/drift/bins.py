"""What is compared: how many values of each day lie in which bin of the training snapshot."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FINE_PER_COARSE = 5
"""Bins that distances are taken on, per bin of PSI."""


class Bins(NamedTuple):
    """Bins of one feature, read off its values in training.

    Attributes
    ----------
    edges : ndarray of shape (b - 2,)
        Upper ends of the fine bins, values of the training; the first lies just below its least value. A value above
        the last is in a bin of its own, and so is a value that is missing.
    coarse : ndarray of shape (b,)
        Bin of PSI that each fine bin is a part of: deciles by default, open at both ends, and one for what is missing.
    """

    edges: Floats
    coarse: Ints

    @classmethod
    def of(cls, values: Floats, n_coarse: int) -> Bins:
        """Bins at quantiles of the values; fewer where many values are alike. NaN is missing."""
        known = np.sort(values[~np.isnan(values)])
        if not len(known):
            return cls(np.zeros(0), np.array([0, 1]))
        fine = _quantiles(known, n_coarse * FINE_PER_COARSE)
        inner = np.unique(_quantiles(known, n_coarse)[:-1])
        edges = np.unique([np.nextafter(known[0], -np.inf), *fine])
        coarse = np.searchsorted(inner, [*edges, np.inf])
        return cls(edges, np.append(coarse, coarse[-1] + 1))

    def find(self, values: Floats) -> Ints:
        """Fine bin of each value."""
        found = np.searchsorted(self.edges, values)  # NaN sorts behind everything
        return np.where(np.isnan(values), len(self.edges) + 1, found)

    def counted(self, values: Floats, day: Ints, n_days: int) -> Ints:
        """Values per day and fine bin, shape (n_days, b); ``day`` is the number of each value's day."""
        n_bins = len(self.coarse)
        return np.bincount(day * n_bins + self.find(values), minlength=n_days * n_bins).reshape(n_days, n_bins)


def _quantiles(ordered: Floats, n: int) -> Floats:
    """Values that so many n-ths of all values do not exceed, from 1/n to all."""
    return ordered[-(-np.arange(1, n + 1) * len(ordered) // n) - 1]
