"""Whether the chances that were written down are those that were used.

A chance written down without the limits that cut it (a daily budget, say) makes every estimate from the draws wrong,
and nothing in the estimate shows it. The draws themselves do: there are too few, every day too nearly as many as the
last, or fewer late in the day than early.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from learning_pipeline.stats.intervals import running_total

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class DrawSums(NamedTuple):
    """Sums over the draws of a day: arrays of shape (..., n_days).

    ``v = e (1 - e)`` is the variance of a draw, ``h`` its time of day in [0, 1).

    Attributes
    ----------
    n, hours : units and sum of ``h`` of all that might have been drawn, those without a chance included.
    excess, excess_hours : sums of ``admitted - e``, and of that times ``h``.
    variance, variance_hours, variance_hours2 : sums of ``v``, ``v h`` and ``v h^2``.
    fourth : sum of ``v (1 - 6 v)``, the fourth cumulant.
    """

    n: Floats
    hours: Floats
    excess: Floats
    excess_hours: Floats
    variance: Floats
    variance_hours: Floats
    variance_hours2: Floats
    fourth: Floats


def draw_measures(admitted: Bools, chance: Floats, hour: Floats) -> DrawSums:
    """What `DrawSums` adds up, for each unit; shapes (...,)."""
    excess, v = admitted - chance, chance * (1.0 - chance)
    one = np.ones_like(chance)
    return DrawSums(one, hour, excess, excess * hour, v, v * hour, v * hour**2, v * (1.0 - 6.0 * v))


def as_logged(days: DrawSums) -> Floats:
    """Two-sided p of the hypothesis that every draw had the chance that was written down for it.

    Three looks at the excess of admissions over their chances, of which the smallest p counts three times: its total;
    how much it varies from day to day (more, or less, than independent draws do); whether it drifts with the time of
    day. Each holds also where the chances follow from earlier draws, as they do under a budget that is in them.

    Parameters
    ----------
    days : DrawSums
        Sums by day, shape (..., n_days).

    Returns
    -------
    ndarray of shape (...,)
        p in [0, 1]; NaN where no draw could have gone either way.

    Examples
    --------
    >>> admitted = np.tile([True, False], (40, 5))
    >>> fair = draw_measures(admitted, np.full((40, 10), 0.5), np.linspace(0, 0.9, 10))
    >>> bool(as_logged(DrawSums(*(x.sum(axis=-1) for x in fair))) < 0.001)  # every day exactly half
    True
    """
    variance = running_total(days.variance)
    looks = [_total(days, variance), _spread(days, variance), _drift(days)]
    smallest = np.fmin.reduce(looks)
    return np.where(variance > 0, np.minimum(1.0, len(looks) * smallest), np.nan)


def _total(days: DrawSums, variance: Floats) -> Floats:
    return _two_sided(running_total(days.excess), variance)


def _spread(days: DrawSums, variance: Floats) -> Floats:
    """Squares of the days' excess, as a scaled chi-square with their mean and variance."""
    from scipy import special  # noqa: PLC0415  # slow to import; who only reads tables never counts

    of_squares = running_total(np.maximum(2.0 * days.variance**2 + days.fourth, 0.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        freedom = 2.0 * variance**2 / of_squares
        squares = freedom * running_total(days.excess**2) / variance
    p = 2.0 * np.minimum(special.chdtr(freedom, squares), special.chdtrc(freedom, squares))
    return np.where(of_squares > 0, p, np.nan)


def _drift(days: DrawSums) -> Floats:
    """Excess by time of day, around the mean time of all that might have been drawn on that day."""
    mid = np.divide(days.hours, days.n, out=np.zeros_like(days.n), where=days.n > 0)
    excess = days.excess_hours - mid * days.excess
    variance = days.variance_hours2 - 2.0 * mid * days.variance_hours + mid**2 * days.variance
    return _two_sided(running_total(excess), running_total(variance))


def _two_sided(excess: Floats, variance: Floats) -> Floats:
    from scipy import special  # noqa: PLC0415  # as above

    with np.errstate(invalid="ignore", divide="ignore"):
        p = 2.0 * special.ndtr(-np.abs(excess) / np.sqrt(variance))
    return np.where(variance > 1e-12, p, np.nan)
