"""Interval of a mean: Student's t."""

from __future__ import annotations

import math
from collections.abc import Sequence


def mean_interval(
    x: Sequence[float], level: float = 0.95, effective_n: float | None = None
) -> tuple[float, float] | None:
    """Interval of the mean of some observations, two-sided.

    Parameters
    ----------
    x : sequence of float, shape (n,)
        Observations, in any order: their sums are exact before they are rounded.
    level : float
        Coverage; a one-sided bound at level ``1 - a`` is one end of the two-sided interval at ``1 - 2 a``.
    effective_n : float, optional
        As how many independent observations they count; by default as ``n``.

    Returns
    -------
    tuple of float or None
        None where they count as fewer than two, or are all alike: no spread was seen, which is no proof.

    Examples
    --------
    >>> [round(bound, 3) for bound in mean_interval([1.0, 2.0, 3.0, 4.0])]
    [0.446, 4.554]
    >>> mean_interval([1.0, 1.0])
    """
    from scipy import special  # noqa: PLC0415  # slow to import; who only reads tables never counts

    n = float(len(x)) if effective_n is None else effective_n
    if n < 2 or len(set(x)) < 2:
        return None
    mean = math.fsum(x) / len(x)
    variance = math.fsum((each - mean) ** 2 for each in x) / (len(x) - 1)
    half = float(special.stdtrit(n - 1, 0.5 + level / 2)) * math.sqrt(variance / n)
    return mean - half, mean + half
