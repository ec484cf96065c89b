"""What would have come of all, from the few that were admitted with a known chance.

Of ``n`` units each was admitted with a chance ``e > 0``; ``y`` is what came of an admitted one, ``m`` what a model says
of every one. Each estimator of the total of ``y`` over all units is a sum of one score per unit, so that scores of one
day can be added and the days taken as the independent observations.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from learning_pipeline.stats.intervals import running_total

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def weights(admitted: Bools, chance: Floats) -> Floats:
    """``1/e`` of an admitted unit, 0 of others; shape (...,).

    >>> weights(np.array([True, False]), np.array([0.25, 0.25])).tolist()
    [4.0, 0.0]
    """
    return np.divide(1.0, chance, out=np.zeros_like(chance), where=admitted)


def ipw_scores(weight: Floats, real: Floats) -> Floats:
    """Inverse probability weighting (Horvitz-Thompson): ``y/e`` of an admitted unit, 0 of others.

    Unbiased where every chance is the one used; far off where few are admitted. ``real`` of others is not looked at.

    >>> ipw_scores(np.array([4.0, 0.0]), np.array([3.0, np.nan])).tolist()
    [12.0, 0.0]
    """
    return np.where(weight > 0, weight * real, 0.0)


def aipw_scores(model: Floats, weight: Floats, real: Floats) -> Floats:
    """Augmented IPW (doubly robust): what the model says, corrected where an admission shows that it is wrong.

    ``m``, and ``(y - m)/e`` more of an admitted unit. Unbiased as IPW is, whatever the model; the better the model, the
    narrower.

    References
    ----------
    Dudik, Langford, Li (2011), Doubly robust policy evaluation and learning.

    Examples
    --------
    >>> aipw_scores(np.array([2.0, 5.0]), np.array([4.0, 0.0]), np.array([3.0, np.nan])).tolist()
    [6.0, 5.0]
    """
    return model + np.where(weight > 0, weight * (real - model), 0.0)


def snipw_day_scores(n: Floats, weight: Floats, weighted: Floats) -> Floats:
    """Self-normalised IPW (Hajek) by day: ``n`` units at the weighted mean, linearised.

    Parameters
    ----------
    n, weight, weighted : ndarray of shape (..., n_days)
        Units, sum of weights and sum of IPW scores by day.

    Returns
    -------
    ndarray of shape (..., n_days)
        With ``r = sum(weighted) / sum(weight)``: ``r n + (sum(n) / sum(weight)) (weighted - r weight)``. They add up to
        the estimate ``r sum(n)``; their spread is that of the ratio to first order. NaN where nothing was admitted.

    Examples
    --------
    >>> snipw_day_scores(np.array([3.0, 1.0]), np.array([4.0, 4.0]), np.array([8.0, 0.0])).tolist()
    [5.0, -1.0]
    """
    total_n, total_weight, total = (running_total(x)[..., None] for x in (n, weight, weighted))
    some = np.where(total_weight > 0, total_weight, np.nan)
    mean = total / some
    return mean * n + total_n / some * (weighted - mean * weight)


def effective_size(weight: Floats, squared: Floats) -> Floats:
    """Kish's effective sample size from the sums of weights and of their squares: ``(sum w)^2 / sum w^2``.

    As many equal weights tell as much; 0 where nothing was admitted.

    >>> effective_size(np.array([12.0, 0.0]), np.array([4.0**2 + 8.0**2, 0.0])).tolist()
    [1.8, 0.0]
    """
    return np.divide(weight**2, squared, out=np.zeros_like(weight), where=squared > 0)
