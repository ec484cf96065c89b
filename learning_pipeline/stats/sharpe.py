"""Sharpe ratio of a series of returns, and how sure it is after many were tried.

All ratios are per observation (not annualised): a daily series has a daily ratio, ``sqrt(365)`` times smaller than the
annual one.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

_NORMAL = NormalDist()
_EULER_MASCHERONI = 0.5772156649015329


class Moments(NamedTuple):
    """What a Sharpe ratio and its error are made of.

    Attributes
    ----------
    sharpe : float
        Mean over standard deviation (``n - 1``), per observation.
    n : int
        Observations.
    skew, kurtosis : float
        Third and fourth standardised moments; 0 and 3 for a normal distribution.
    """

    sharpe: float
    n: int
    skew: float = 0.0
    kurtosis: float = 3.0


def moments(returns: ArrayLike) -> Moments | None:
    """Sharpe ratio and shape of a series; None below two observations or where all are alike.

    Parameters
    ----------
    returns : array-like of shape (n,)
        Returns, one per observation; their order does not matter.

    Examples
    --------
    >>> found = moments([0.02, -0.01, 0.0, 0.0])
    >>> round(found.sharpe, 4), found.n, round(found.skew, 4), round(found.kurtosis, 4)
    (0.1987, 4, 0.652, 2.097)
    >>> moments([0.0, 0.0, 0.0])
    """
    x: NDArray[np.float64] = np.asarray(returns, dtype=np.float64)
    if len(x) < 2 or (x == x[0]).all():
        return None
    mean = math.fsum(x) / len(x)
    second, third, fourth = (math.fsum((x - mean) ** k) / len(x) for k in (2, 3, 4))
    if second == 0:
        return None
    sharpe = mean / math.sqrt(second * len(x) / (len(x) - 1))
    return Moments(sharpe, len(x), third / second**1.5, fourth / second**2)


def probabilistic_sharpe(found: Moments, benchmark: float = 0.0) -> float | None:
    """Probability that the true ratio is above a benchmark; None where the shape leaves no error to speak of.

    References
    ----------
    Bailey and Lopez de Prado (2012), The Sharpe ratio efficient frontier.

    Examples
    --------
    >>> round(probabilistic_sharpe(Moments(1.59 / math.sqrt(12), 24)), 3)
    0.982
    """
    variance = _variance(found)
    if variance <= 0:
        return None
    return _NORMAL.cdf((found.sharpe - benchmark) * math.sqrt(found.n - 1) / math.sqrt(variance))


def expected_maximum(n_trials: int) -> float:
    """Expected maximum of independent standard normals, by extreme value theory; 0 for a single one.

    Examples
    --------
    >>> round(expected_maximum(100), 4)
    2.5306
    """
    if n_trials < 1:
        raise ValueError(f"expected at least one trial, was {n_trials}")
    if n_trials == 1:
        return 0.0
    upper, further = (_NORMAL.inv_cdf(1 - 1 / k) for k in (n_trials, n_trials * math.e))
    return (1 - _EULER_MASCHERONI) * upper + _EULER_MASCHERONI * further


def deflated_sharpe(found: Moments, n_trials: int, trial_variance: float) -> float | None:
    """Probability that the true ratio is above what the best of as many worthless trials would have shown.

    Parameters
    ----------
    n_trials : int
        All that were tried, failed ones too.
    trial_variance : float
        Variance of the trials' ratios, per observation.

    References
    ----------
    Bailey and Lopez de Prado (2014), The deflated Sharpe ratio.

    Examples
    --------
    >>> round(deflated_sharpe(Moments(2.5 / math.sqrt(250), 1250, -3, 10), 100, 0.002), 4)
    0.9004
    """
    return probabilistic_sharpe(found, math.sqrt(trial_variance) * expected_maximum(n_trials))


def min_track_record(found: Moments, benchmark: float = 0.0, level: float = 0.95) -> float | None:
    """Observations from which on the ratio would be above the benchmark at a level; None where it is not above it.

    References
    ----------
    Bailey and Lopez de Prado (2012), The Sharpe ratio efficient frontier.

    Examples
    --------
    >>> round(min_track_record(Moments(2 / math.sqrt(252), 0), 1 / math.sqrt(252)) / 252, 2)
    2.73
    """
    if found.sharpe <= benchmark:
        return None
    return 1 + _variance(found) * (_NORMAL.inv_cdf(level) / (found.sharpe - benchmark)) ** 2


def _variance(found: Moments) -> float:
    """Variance of the estimated ratio, times ``n - 1``."""
    return 1 - found.skew * found.sharpe + (found.kurtosis - 1) / 4 * found.sharpe**2
