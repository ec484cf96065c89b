"""Interval of a total over days: Student's t on day totals."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class TotalInterval(NamedTuple):
    """A total with its interval, in the unit of the day totals; None where it cannot be computed.

    ``p`` is two-sided, in [0, 1], of the hypothesis that the expected total is 0.
    """

    total: float
    low: float | None
    high: float | None
    p: float | None


class TotalIntervals(NamedTuple):
    """Totals with their intervals: arrays of shape (...,), NaN where they cannot be computed."""

    total: Floats
    low: Floats
    high: Floats
    p: Floats


def total_interval(day_totals: ArrayLike, n_days: int, level: float = 0.95) -> TotalInterval:
    """Total over ``n_days`` days with its interval and p.

    Parameters
    ----------
    day_totals : array-like of shape (n,), n <= n_days
        One total per UTC day. Days without anything may be left out: they count as 0, with the same bits either way.
    n_days : int
        D, the days of the window.
    level : float
        Coverage of the interval.

    Returns
    -------
    TotalInterval
        Bounds and p are None below two days. Where every day has the same total (all zero, say), the interval is that
        one point and p is None: no spread was seen, which is no proof.

    Examples
    --------
    >>> [round(x, 3) for x in total_interval([3.0, -1.0], n_days=3)]
    [2.0, -13.513, 17.513, 0.635]
    >>> total_interval([3.0], n_days=1)
    TotalInterval(total=3.0, low=None, high=None, p=None)
    """
    found = total_intervals(np.asarray(day_totals, dtype=np.float64), n_days, level)
    low, high, p = (None if np.isnan(x) else float(x) for x in (found.low, found.high, found.p))
    return TotalInterval(float(found.total), low, high, p)


def total_intervals(day_totals: ArrayLike, n_days: int, level: float = 0.95) -> TotalIntervals:
    """Many totals at once: `total_interval` along the last axis.

    Parameters
    ----------
    day_totals : array-like of shape (..., n), n <= n_days
        Day totals; each row is treated alone, so that its result does not depend on its neighbours.
    n_days, level
        As in `total_interval`.

    Returns
    -------
    TotalIntervals
        Arrays of shape (...,); NaN stands for None.

    Examples
    --------
    >>> total_intervals([[3.0, -1.0], [1.0, 1.0]], n_days=2).total.tolist()
    [2.0, 2.0]
    """
    from scipy import special  # noqa: PLC0415  # slow to import; who only reads tables never counts

    x = np.asarray(day_totals, dtype=np.float64)
    if x.shape[-1] > n_days:
        raise ValueError(f"expected at most {n_days} day totals, was {x.shape[-1]}")
    total = running_total(x)
    if n_days < 2:
        nothing = np.full_like(total, np.nan)
        return TotalIntervals(total, nothing, nothing, nothing)
    error = np.sqrt(n_days * _variance(x, total / n_days, n_days))
    half = special.stdtrit(n_days - 1, 0.5 + level / 2) * error
    with np.errstate(invalid="ignore", divide="ignore"):
        p = 2.0 * special.stdtr(n_days - 1, -np.abs(total / error))
    return TotalIntervals(total, total - half, total + half, np.where(error > 0, p, np.nan))


def running_total(x: Floats) -> Floats:
    """Sum along the last axis, strictly from first to last; NumPy's own sum pairs terms by memory layout.

    >>> running_total(np.array([[1.0, 2.0], [0.5, 0.25]])).tolist()
    [3.0, 0.75]
    """
    if x.shape[-1] == 0:
        return np.zeros(x.shape[:-1])
    return np.cumsum(x, axis=-1)[..., -1]


def _variance(x: Floats, mean: Floats, n_days: int) -> Floats:
    """Sample variance over n_days, counting zeros apart so that days given as 0 and days left out are the same."""
    seen = x != 0
    squares = running_total(np.where(seen, (x - mean[..., None]) ** 2, 0.0))
    n_zero = n_days - seen.sum(axis=-1)
    # Equal day totals have no spread, whatever rounding makes of their mean.
    first = x[..., :1] if x.shape[-1] else np.zeros((*x.shape[:-1], 1))
    equal = (x == first).all(axis=-1) & ((n_zero == 0) | (n_zero == n_days))
    return np.where(equal, 0.0, (squares + n_zero * mean**2) / (n_days - 1))
