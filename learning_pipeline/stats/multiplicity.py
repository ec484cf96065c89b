"""Correction for many tests at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def benjamini_hochberg(p: Sequence[float | None] | NDArray[np.float64]) -> NDArray[np.float64]:
    """q-value of each p: the smallest false discovery rate at which it would be called a discovery.

    Parameters
    ----------
    p : sequence of shape (n,)
        p-values in [0, 1]; None or NaN where a test could not be made: it is no member of the family.

    Returns
    -------
    ndarray of shape (n,)
        q-values in [0, 1], in the order given; NaN where p is.

    References
    ----------
    Benjamini, Hochberg (1995), Controlling the false discovery rate.

    Examples
    --------
    >>> benjamini_hochberg([0.01, None, 0.04]).tolist()
    [0.02, nan, 0.04]
    """
    q = np.array(p, dtype=np.float64)
    tested = ~np.isnan(q)
    q[tested] = _step_up(q[tested])
    return q


def _step_up(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least ``n p / rank`` over all p at least as large, at most 1."""
    # SciPy has it too, in a module whose import costs a command more time than all else.
    order, n = np.argsort(p), len(p)
    least = np.minimum.accumulate((p[order] * (n / np.arange(1, n + 1)))[::-1])[::-1]
    q = np.empty(n)
    q[order] = np.minimum(least, 1.0)
    return q
