"""How much better one series' Sharpe ratio is than another's of the same days: a studentised block bootstrap."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
_AT_ONCE = 500


class SharpeDifference(NamedTuple):
    """A difference of two Sharpe ratios, per observation.

    Attributes
    ----------
    difference : float
        The first's minus the second's.
    low, high : float or None
        One-sided bounds at the level asked for, each; None where the difference has no spread.
    p_value : float or None
        One-sided, of the hypothesis that the true difference is at most the one asked about; at most the level exactly
        where ``low`` is at least that difference.
    """

    difference: float
    low: float | None
    high: float | None
    p_value: float | None


def sharpe_difference(
    one: ArrayLike,
    other: ArrayLike,
    *,
    level: float = 0.01,
    beyond: float = 0.0,
    block: int | None = None,
    draws: int = 4999,
    seed: int = 0,
) -> SharpeDifference:
    """Difference of the Sharpe ratios of two series of the same days, with its bounds.

    Days are drawn in circular blocks, for both series alike, so that what the two share and what carries over from day
    to day is kept. Each draw is divided by its own error (of the block sums of its influence values), which keeps the
    level where results are skewed or few.

    Parameters
    ----------
    one, other : array-like of shape (n,)
        Results by day, in order of time. A series without any spread has the ratio 0: nothing was done.
    level : float
        Chance that a bound is on the wrong side.
    beyond : float
        Difference that ``p_value`` asks about.
    block : int, optional
        Days of a block; by default the cube root of n, rounded.
    draws, seed : int
        Same seed, same result.

    References
    ----------
    Ledoit and Wolf (2008), Robust performance hypothesis testing with the Sharpe ratio.

    Examples
    --------
    >>> days = np.random.default_rng(1).normal(size=(300, 2))
    >>> found = sharpe_difference(days[:, 0] + 0.5, days[:, 1])
    >>> round(found.difference, 2), found.low > 0, found.p_value
    (0.43, True, 0.0002)
    """
    pair = np.stack([np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)])
    length = block or max(1, round(pair.shape[1] ** (1 / 3)))
    difference, influence = _difference(pair)
    error = _error_of_all_blocks(influence, length)
    if not error > 0:
        return SharpeDifference(float(difference), None, None, None)
    t = np.sort(_studentised(pair, float(difference), length, draws, seed))
    k = math.floor(level * (draws + 1))
    low, high = (difference - t[draws - k] * error, difference - t[k - 1] * error) if k else (None, None)
    asked = (difference - beyond) / error
    p = (1 + int((t >= asked).sum())) / (draws + 1)
    return SharpeDifference(float(difference), _number(low), _number(high), p)


def _number(bound: float | None) -> float | None:
    return float(bound) if bound is not None and math.isfinite(bound) else None


def _studentised(pair: Floats, difference: float, length: int, draws: int, seed: int) -> Floats:
    rng, n = np.random.default_rng(seed), pair.shape[1]
    n_blocks = -(-n // length)
    found = []
    for start in range(0, draws, _AT_ONCE):
        first = rng.integers(0, n, size=(min(_AT_ONCE, draws - start), n_blocks))
        days = (first[:, :, None] + np.arange(length)) % n
        drawn = pair[:, days.reshape(len(first), -1)[:, :n]]
        drawn_difference, influence = _difference(drawn)
        error = _error_of_blocks(influence, length)
        found.append(_ratio(drawn_difference - difference, error))
    return np.concatenate(found)


def _ratio(away: Floats, error: Floats) -> Floats:
    """A draw without spread of its own says nothing about the error: as far away as can be, on its side."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(away == 0, 0.0, away / error)


def _difference(pair: Floats) -> tuple[Floats, Floats]:
    """Difference of the ratios of (2, ..., n) and each day's influence on it, (..., n)."""
    mean = pair.mean(axis=-1, keepdims=True)
    around = pair - mean
    spread = np.sqrt((around**2).sum(axis=-1, keepdims=True) / (pair.shape[-1] - 1))
    moved = spread > 1e-12 * np.abs(pair).max(axis=-1, keepdims=True)
    sharpe = np.divide(mean, spread, out=np.zeros_like(mean), where=moved)
    scaled = np.divide(around, spread, out=np.zeros_like(around), where=np.broadcast_to(moved, around.shape))
    influence = np.where(moved, scaled - sharpe / 2 * (scaled**2 - 1), 0.0)
    return (sharpe[0] - sharpe[1])[..., 0], influence[0] - influence[1]


def _error_of_all_blocks(influence: Floats, length: int) -> float:
    """Error of the mean influence, from the sums of all circular blocks."""
    n = len(influence)
    around = np.concatenate([[0.0], np.cumsum(np.concatenate([influence, influence[: length - 1]]))])
    sums = around[length : length + n] - around[:n]
    return math.sqrt(float((sums**2).mean()) / length / n)


def _error_of_blocks(influence: Floats, length: int) -> Floats:
    """Error of the mean influence of drawn series (n_draws, n), from the sums of the blocks they consist of."""
    n = influence.shape[-1]
    whole = n // length
    sums = influence[:, : whole * length].reshape(len(influence), whole, length).sum(axis=-1)
    return np.sqrt((sums**2).mean(axis=-1) / length / n)
