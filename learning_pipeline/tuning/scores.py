"""T: how far the newly admitted successes lie above what exchanging labels within days would give."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from learning_pipeline.tuning.cells import OUT_OF_REACH
from learning_pipeline.tuning.counts import Floats
from learning_pipeline.tuning.grid import Grid, Ints, box_sums

_CHUNK = 2**22
"""Cells of one table of counts, at most (32 MiB)."""


class Pool(NamedTuple):
    """Labelled decisions that the levers alone keep out at base, of some slices: arrays of shape (n,).

    ``reach``: the tightest loosening policy that admits it, as a number in `loosening_shape`; the number of those where
    none does. ``success``: 1 or 0. ``code``, ``day``: numbers of its slice and of its day.
    """

    reach: Ints
    success: Ints
    code: Ints
    day: Ints


def loosening_shape(grid: Grid) -> tuple[int, ...]:
    """Positions from base to the loosest, per lever."""
    return tuple(length - base for length, base in zip(grid.shape, grid.base, strict=True))


def pool_of(cell: Ints, label: Ints, code: Ints, day: Ints, grid: Grid) -> Pool:
    """The pool of some episodes, by cell and label (-1: none)."""
    reach = reach_of(grid)[cell]
    inside = (reach > 0) & (label >= 0)
    return Pool(reach[inside], label[inside], code[inside], day[inside])


def t_statistics(pool: Pool, n: int, n_days: int, grid: Grid) -> Floats:
    """T of every loosening policy.

    Parameters
    ----------
    pool : Pool
        Decisions of ``n`` slices over ``n_days`` days.

    Returns
    -------
    ndarray of shape (n_loosening, n)
        In the order of ``grid.looser``. With N decisions of the pool on a day, K of them successes and m of them
        newly admitted: ``T = sum(successes admitted - m K/N) / sqrt(sum(m (N - m)/(N - 1) K/N (1 - K/N)))`` over days.
        NaN where no exchange would change anything.
    """
    per = max(1, _CHUNK // (n_days * (int(np.prod(loosening_shape(grid))) + 1)))
    order = np.argsort(pool.code, kind="stable")
    bounds = np.searchsorted(pool.code[order], np.arange(0, n + per, per))
    chunks = [
        _some(Pool(*(x[order[low:high]] for x in pool)), start, min(per, n - start), n_days, grid)
        for start, low, high in zip(range(0, n, per), bounds, bounds[1:], strict=False)
    ]
    return np.concatenate(chunks, axis=1)


def looser_places(grid: Grid) -> Ints:
    """Number in `loosening_shape` of each policy of ``grid.looser``."""
    away = grid.positions[grid.looser] - np.array(grid.base)
    return np.ravel_multi_index(tuple(away.T), loosening_shape(grid)).astype(np.int64)


def _some(pool: Pool, start: int, n: int, n_days: int, grid: Grid) -> Floats:
    shape = loosening_shape(grid)
    size, at = int(np.prod(shape)), pool.day * n + (pool.code - start)
    table = np.bincount(pool.reach * n_days * n + at, minlength=(size + 1) * n_days * n).reshape(size + 1, n_days, n)
    per_day = table.sum(axis=0)
    won = np.bincount(at[pool.success == 1], minlength=n_days * n).reshape(n_days, n)
    caught = np.bincount((pool.reach * n + pool.code - start)[pool.success == 1], minlength=(size + 1) * n)
    places = looser_places(grid)
    admitted = box_sums(table[:size].reshape(*shape, n_days * n), shape).reshape(size, n_days, n)[places]
    successes = box_sums(caught.reshape(size + 1, n)[:size].reshape(*shape, n), shape).reshape(size, n)[places]
    expected, variance = moments(admitted, per_day, won)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(variance > 0, (successes - expected) / np.sqrt(variance), np.nan)


def moments(admitted: Ints, per_day: Ints, won: Ints) -> tuple[Floats, Floats]:
    """Mean and variance of the successes among the admitted, labels exchanged within days.

    Parameters
    ----------
    admitted : ndarray of shape (n_policies, n_days, n)
        Newly admitted decisions.
    per_day, won : ndarray of shape (n_days, n)
        Decisions of the pool and their successes.

    Returns
    -------
    expected, variance : ndarray of shape (n_policies, n)
        Summed day after day, so that the same counts give the same bits.
    """
    expected, variance = np.zeros((len(admitted), won.shape[1])), np.zeros((len(admitted), won.shape[1]))
    for day, (size, successes) in enumerate(zip(per_day, won, strict=True)):
        share = successes / np.maximum(size, 1)
        spread = share * (1.0 - share) / np.maximum(size - 1, 1)
        expected += admitted[:, day] * share
        variance += admitted[:, day] * (size - admitted[:, day]) * spread
    return expected, variance


def reach_of(grid: Grid) -> Ints:
    """By cell and code: the tightest loosening policy that admits it; 0 where the pool does not hold it."""
    shape = loosening_shape(grid)
    away = np.maximum(grid.positions - np.array(grid.base), 0)
    reach = np.zeros(grid.size + 4, dtype=np.int64)
    reach[: grid.size] = np.ravel_multi_index(tuple(away.T), shape)
    reach[grid.size + OUT_OF_REACH] = int(np.prod(shape))
    return reach
