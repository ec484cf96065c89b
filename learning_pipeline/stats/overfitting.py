"""Whether the best of several trials is the best for a reason: combinatorially symmetric cross-validation."""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class Overfitting(NamedTuple):
    """What became of the choices on one half of the time in the other.

    Attributes
    ----------
    pbo : float
        Share of choices that came out no better than the middle: the probability of backtest overfitting. About 1/2
        for worthless trials, and for trials that are all equally good.
    loss : float
        Share of choices that earned nothing (Sharpe ratio 0 or less), which tells those two apart.
    """

    pbo: float
    loss: float


def backtest_overfitting(results: ArrayLike, n_blocks: int = 16) -> Overfitting | None:
    """Probability that the trial that is best on one half of the time is no better than the middle on the other.

    The time is cut into blocks; every choice of half of them is looked at once. A series without any spread counts as
    a Sharpe ratio of 0; equal ratios share their mean rank; of equally good trials the first is chosen.

    Parameters
    ----------
    results : array-like of shape (n_days, n_trials)
        Results of each trial on each day, days in order.
    n_blocks : int
        Even; where days cannot be shared out evenly, the first ones are left out.

    Returns
    -------
    Overfitting or None
        None below two trials or two days a block.

    References
    ----------
    Bailey, Borwein, Lopez de Prado and Zhu (2017), The probability of backtest overfitting.

    Examples
    --------
    >>> days = np.random.default_rng(0).normal(size=(160, 5))
    >>> backtest_overfitting(days + [0, 0, 0, 0, 2.0])  # one of them is good
    Overfitting(pbo=0.0, loss=0.0)
    """
    x = np.asarray(results, dtype=np.float64)
    if n_blocks < 2 or n_blocks % 2:
        raise ValueError(f"expected an even number of blocks, was {n_blocks}")
    per_block = len(x) // n_blocks
    if x.ndim != 2 or x.shape[1] < 2 or per_block < 2:
        return None
    blocks = x[len(x) - per_block * n_blocks :].reshape(n_blocks, per_block, -1)
    inside = _halves(n_blocks)
    first, second = _sharpes(blocks, inside), _sharpes(blocks, ~inside)
    best = first.argmax(axis=1)
    chosen = np.take_along_axis(second, best[:, None], axis=1)[:, 0]
    share = _mean_rank(second, chosen) / (x.shape[1] + 1)
    return Overfitting(float((share <= 0.5).mean()), float((chosen <= 0).mean()))


def _halves(n_blocks: int) -> NDArray[np.bool_]:
    """(n_choices, n_blocks): every choice of half of the blocks."""
    chosen = np.array(list(combinations(range(n_blocks), n_blocks // 2)))
    inside = np.zeros((len(chosen), n_blocks), dtype=np.bool_)
    np.put_along_axis(inside, chosen, values=True, axis=1)
    return inside


def _sharpes(blocks: Floats, inside: NDArray[np.bool_]) -> Floats:
    """(n_choices, n_trials): Sharpe ratio over the days of the chosen blocks."""
    weights, n = inside.astype(np.float64), inside[0].sum() * blocks.shape[1]
    # Around each trial's mean of all days: sums of squares then lose no digits to a large mean.
    centre = blocks.mean(axis=(0, 1))
    around = blocks - centre
    sums, squares = weights @ around.sum(axis=1), weights @ (around**2).sum(axis=1)
    spread = np.sqrt(np.maximum(squares - sums**2 / n, 0.0) / (n - 1))
    moved = spread > 1e-12 * np.abs(blocks).max(initial=0.0)
    return np.divide(sums / n + centre, spread, out=np.zeros_like(spread), where=moved)


def _mean_rank(ratios: Floats, own: Floats) -> Floats:
    """Rank from below, 1 to n_trials, of one ratio of each row; equal ones share theirs."""
    return (ratios < own[:, None]).sum(axis=1) + ((ratios == own[:, None]).sum(axis=1) + 1) / 2
