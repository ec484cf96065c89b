"""Average uniqueness of labels: how much of what a label saw, no other label of its market saw too."""

from __future__ import annotations

import numpy as np
import polars as pl


def uniqueness(symbol: pl.Series, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Mean of 1 / (labels under way) over the time of each label.

    Parameters
    ----------
    symbol : Series of shape (n,)
        Market; labels of different markets are not told apart by the same prices.
    begin, end : ndarray of shape (n,), int64
        Span of each label, microseconds, ``begin < end``; the end itself is not in it.

    Returns
    -------
    ndarray of shape (n,)
        In (0, 1]: 1 where no other label of the market was under way.

    References
    ----------
    Lopez de Prado (2018), "Advances in Financial Machine Learning", chapter 4; over time instead of bars, so that
    labels of several timeframes can be compared.
    """
    weight = np.empty(len(begin))
    for rows in symbol.to_frame("symbol").with_row_index("row").partition_by("symbol"):
        of = rows["row"].to_numpy()
        weight[of] = _of_one_market(begin[of], end[of])
    return weight


def _of_one_market(begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    instants = np.unique(np.concatenate([begin, end]))
    first, last = np.searchsorted(instants, begin), np.searchsorted(instants, end)
    n = instants.size
    under_way = np.cumsum(np.bincount(first, minlength=n) - np.bincount(last, minlength=n))[:-1]
    alone = np.diff(instants) / np.maximum(under_way, 1)
    shared = np.append(0.0, np.cumsum(alone))
    return np.minimum((shared[last] - shared[first]) / (end - begin), 1.0)
