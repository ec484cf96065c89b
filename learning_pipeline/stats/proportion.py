"""Interval of a share, and of the difference of two."""

from __future__ import annotations

import math
from statistics import NormalDist


def wilson_interval(successes: float, n: float, level: float = 0.95) -> tuple[float, float] | None:
    """Score interval of a share of ``n`` independent trials; None for none.

    Parameters
    ----------
    successes, n : float
        0 <= successes <= n; both scaled down where the trials are worth fewer independent ones.
    level : float
        Coverage.

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference.

    Examples
    --------
    >>> tuple(round(x, 4) for x in wilson_interval(7, 10))
    (0.3968, 0.8922)
    """
    if not n:
        return None
    z, share = NormalDist().inv_cdf((1 + level) / 2), successes / n
    centre, width = share + z * z / (2 * n), z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max((centre - width) / (1 + z * z / n), 0.0), min((centre + width) / (1 + z * z / n), 1.0)


def difference_interval(
    one: tuple[int, int], other: tuple[int, int], level: float = 0.95
) -> tuple[float, float] | None:
    """Interval of one share minus another, of independent trials: Newcombe's hybrid of two score intervals.

    Parameters
    ----------
    one, other : tuple of int
        Successes and trials of each.
    level : float
        Coverage.

    Returns
    -------
    tuple of float or None
        None where one of them has no trial.

    References
    ----------
    Newcombe (1998), Interval estimation for the difference between independent proportions, method 10.

    Examples
    --------
    Newcombe's own first example, 56 of 70 against 48 of 80:

    >>> tuple(round(x, 4) for x in difference_interval((56, 70), (48, 80)))
    (0.0524, 0.3339)
    """
    first, second = wilson_interval(*one, level), wilson_interval(*other, level)
    if first is None or second is None:
        return None
    p, q = one[0] / one[1], other[0] / other[1]
    low = p - q - math.hypot(p - first[0], second[1] - q)
    high = p - q + math.hypot(first[1] - p, q - second[0])
    return low, high
