"""Counts of every slice at once: rates, and what each policy would have admitted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from learning_pipeline.tuning.cells import UNTOLD
from learning_pipeline.tuning.grid import Bools, Grid, Ints, box_sums
from learning_pipeline.tuning.slices import Episodes, Slices

Floats = NDArray[np.float64]


class Rates(NamedTuple):
    """Counts and rates per slice: arrays of shape (n_slices,), rates NaN where nothing stands below the line.

    ``n`` labelled episodes, of them ``n_approved`` and ``n_skipped``; ``n_unknown`` of n whose answer cannot be told
    under every policy; ``n_unlabelled`` besides n.
    """

    n: Ints
    n_approved: Ints
    n_skipped: Ints
    n_unknown: Ints
    n_unlabelled: Ints
    wr: Floats
    fpr: Floats
    mr: Floats
    dr: Floats


class Effects(NamedTuple):
    """What policies change against base, per slice: arrays of shape (n_policies, n_slices)."""

    misses_caught: Ints
    failures_added: Ints
    failures_avoided: Ints
    successes_lost: Ints


class Tally(NamedTuple):
    """What each episode adds to, by source of labels: arrays of shape (2, n), simulated first; (1, n): none reported.

    ``label`` 1, 0, -1 (none); ``kind`` of answer and label; ``cell`` and label, the last number for none.
    """

    label: Ints
    kind: Ints
    cell: Ints

    @classmethod
    def of(cls, episodes: Episodes, grid: Grid) -> Tally:
        """Numbers that do not depend on the slice."""
        sources = [episodes.simulated, episodes.reported]
        label = np.stack(sources if (episodes.reported >= 0).any() else sources[:1])
        kind = np.where(label < 0, 4, 2 * episodes.acted + label) * 2 + (episodes.cell == grid.size + UNTOLD)
        inside = (label >= 0) & (episodes.cell < grid.size)
        return cls(label, kind, np.where(inside, label * grid.size + episodes.cell, 2 * grid.size))


def is_reported(found: Slices, tally: Tally) -> Bools:
    """Slices in which the bot reported how every labelled episode ended; shape (n_slices,)."""
    if len(tally.label) == 1:
        return np.zeros(found.n, dtype=np.bool_)
    simulated, reported = tally.label >= 0
    told = np.bincount(found.code[reported[found.rows]], minlength=found.n) > 0
    missing = np.bincount(found.code[(simulated & ~reported)[found.rows]], minlength=found.n) > 0
    return told & ~missing


def by_source(found: Slices, reported: Bools, either: Ints) -> Ints:
    """Of two numbers per episode the one of its slice's label source; shape (n_members,)."""
    if not reported.any():
        return either[0][found.rows]
    return either[reported[found.code].astype(np.int64), found.rows]


def rates(found: Slices, reported: Bools, tally: Tally) -> Rates:
    """Rates of every slice, from what was really answered."""
    key = by_source(found, reported, tally.kind) * found.n + found.code
    counts = np.bincount(key, minlength=10 * found.n).reshape(5, 2, found.n)
    dodged, missed, lost, won, n_unlabelled = counts.sum(axis=1)
    n_approved, n_skipped = lost + won, dodged + missed
    shares = (_share(won, n_approved), _share(lost, n_approved), _share(missed, n_skipped), _share(dodged, n_skipped))
    return Rates(n_approved + n_skipped, n_approved, n_skipped, counts[:4, 1].sum(axis=0), n_unlabelled, *shares)


def admissions(found: Slices, reported: Bools, tally: Tally, grid: Grid) -> Ints:
    """Failures and successes that each policy admits, from one table of counts by cell.

    A policy admits the cells at or below its positions: sums over boxes of the table.

    Returns
    -------
    ndarray of shape (2, n_policies, n_slices)
        Failures, successes.
    """
    key = by_source(found, reported, tally.cell) * found.n + found.code
    table = np.bincount(key, minlength=(2 * grid.size + 1) * found.n)[: 2 * grid.size * found.n]
    return box_sums(table.reshape(2, *grid.shape, found.n), grid.shape).reshape(2, grid.size, found.n)


def effects(admitted: Ints, grid: Grid, policies: Sequence[int]) -> Effects:
    """What some policies change; what one shares with base is admitted by the policy with the tighter positions."""
    both, base = grid.common[policies], grid.at_base
    kept = admitted[:, both]
    added, dropped = admitted[:, policies] - kept, admitted[:, [base]] - kept
    return Effects(
        misses_caught=added[1], failures_added=added[0], failures_avoided=dropped[0], successes_lost=dropped[1]
    )


def n_unchanging(admitted: Ints, grid: Grid) -> Ints:
    """Policies whose swap-set is empty, per slice."""
    total = admitted.sum(axis=0)
    n = np.zeros(total.shape[1], dtype=np.int64)
    for policy, both in enumerate(grid.common):
        n += (total[policy] == total[both]) & (total[grid.at_base] == total[both])
    return n


def _share(part: Ints, whole: Ints) -> Floats:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
