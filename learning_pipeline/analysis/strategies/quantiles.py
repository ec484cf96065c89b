"""Means and quantiles of many groups at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def group_means(values: Floats, group: NDArray[np.int64], n_groups: int) -> Floats:
    """Mean of each group, its values added in the order given; NaN for a group of none and for values that are NaN.

    >>> group_means(np.array([1.0, 4.0, np.nan]), np.array([0, 0, 0]), 2).tolist()
    [2.5, nan]
    """
    known = ~np.isnan(values)
    n = np.bincount(group[known], minlength=n_groups)
    total = np.bincount(group[known], weights=values[known], minlength=n_groups)
    return np.divide(total, n, out=np.full(n_groups, np.nan), where=n > 0)


def group_quantiles(values: Floats, group: NDArray[np.int64], n_groups: int, at: tuple[float, ...]) -> list[Floats]:
    """Quantiles of each group, linear between neighbours; NaN for a group of none.

    >>> group_quantiles(np.array([3.0, 1.0, 2.0, 8.0]), np.array([0, 0, 0, 1]), 3, (0.5, 0.9))[1].tolist()
    [2.8, 8.0, nan]
    """
    n = np.bincount(group, minlength=n_groups)
    ordered, start = _sorted(values, group, n_groups), np.cumsum(n) - n
    some = np.flatnonzero(n)
    return [_quantile(ordered, start, n, some, q) for q in at]


def _sorted(values: Floats, group: NDArray[np.int64], n_groups: int) -> Floats:
    """Values by group, then size."""
    # Twice as fast as lexsort and more: NumPy sorts small whole numbers by counting.
    order = np.argsort(values)
    small = group[order].astype(np.min_scalar_type(n_groups))
    return values[order[np.argsort(small, kind="stable")]]


def _quantile(
    ordered: Floats, start: NDArray[np.int64], n: NDArray[np.int64], some: NDArray[np.int64], q: float
) -> Floats:
    found = np.full(len(n), np.nan)
    place = q * (n[some] - 1)
    below, above = np.floor(place).astype(np.int64), np.ceil(place).astype(np.int64)
    low, high = ordered[start[some] + below], ordered[start[some] + above]
    found[some] = low + (place - below) * (high - low)
    return found
