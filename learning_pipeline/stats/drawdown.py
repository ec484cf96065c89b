"""Deepest fall of an account from its highest point so far."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def drawdown(results: ArrayLike) -> NDArray[np.float64]:
    """How far below its highest point the account stood after each result: >= 0, in the unit of the results.

    Parameters
    ----------
    results : array-like of shape (n,)
        Results that are added up, each of the same stake, in order of time; the account begins at 0.

    Examples
    --------
    >>> drawdown([1.0, -2.0, 0.5, 2.0]).tolist()
    [0.0, 2.0, 1.5, 0.0]
    """
    account = np.cumsum(np.asarray(results, dtype=np.float64))
    return np.maximum.accumulate(np.maximum(account, 0.0)) - account


def max_drawdown(results: ArrayLike) -> float:
    """Deepest of `drawdown`; 0 for an account that never falls, or has no result.

    Examples
    --------
    >>> max_drawdown([-1.0, 3.0, -1.5])
    1.5
    """
    return float(drawdown(results).max(initial=0.0))
