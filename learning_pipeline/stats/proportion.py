"""Interval of a share."""

from __future__ import annotations

import math
from statistics import NormalDist


def wilson_interval(successes: int, n: int, level: float = 0.95) -> tuple[float, float] | None:
    """Score interval of a share of ``n`` independent trials; None for none.

    Parameters
    ----------
    successes, n : int
        0 <= successes <= n.
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
