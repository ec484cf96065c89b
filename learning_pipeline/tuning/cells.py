"""Where each decision lies on the grid: the tightest position of every lever at which it passes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from learning_pipeline.policy import GateColumn, GateMatrix
from learning_pipeline.tuning.grid import Bools, Grid, Ints
from learning_pipeline.tuning.settings import Lever

OUT_OF_REACH, BARRED, UNTOLD, NO_PART = range(4)
"""Codes above the grid's cells, counted from its size.

The levers alone keep it out, beyond the loosest step; kept out for sure, by another gate as far as is known; cannot be
told under every policy; expired, so that no gate decided it.
"""


class _Places(NamedTuple):
    """Position per decision (number of steps that fail), and where that cannot be told; shapes (n,)."""

    position: Ints
    untold: Bools


def cells(matrix: GateMatrix, grid: Grid) -> Ints:
    """Cell of each decision when decided again at base limits.

    Parameters
    ----------
    matrix : GateMatrix
        Approved and blocked decisions with their gates.
    grid : Grid
        The levers.

    Returns
    -------
    ndarray of shape (n,)
        Number of the tightest policy that admits the decision: it is admitted by exactly those policies whose every
        position is at or beyond that one's. ``grid.size`` plus `OUT_OF_REACH`, `BARRED` or `UNTOLD` where there is
        none. Never `NO_PART`.
    """
    barred, untold = _other_gates(matrix, {lever.gate for lever in grid.levers})
    places = [_places(matrix, lever) for lever in grid.levers]
    for place in places:
        untold |= place.untold
    lengths = np.array(grid.shape)[:, None]
    positions = np.stack([place.position for place in places])
    beyond = (positions == lengths).any(axis=0)
    cell = np.ravel_multi_index(tuple(np.minimum(positions, lengths - 1)), grid.shape).astype(np.int64)
    cell[beyond] = grid.size + OUT_OF_REACH
    cell[untold & ~beyond] = grid.size + UNTOLD
    cell[barred | (untold & beyond)] = grid.size + BARRED
    return cell


def _other_gates(matrix: GateMatrix, levers: set[str]) -> tuple[Bools, Bools]:
    """Where a gate that is no lever fails at its base limit, and where that, or what caused a block, is not known."""
    n = len(matrix.blocked)
    n_failing, barred, untold = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    for gate, column in matrix.columns.items():
        n_failing[column.rows] += column.fails
        if gate not in levers:
            fails, not_at_base = column.against(column.base)
            # Without numbers the bot's own verdict stands.
            barred[column.rows] |= np.where(not_at_base, column.fails, fails)
            untold[column.rows] |= not_at_base & column.unknown
    return barred, untold | (matrix.blocked & (_incomplete(matrix) | (n_failing == 0)))


def _places(matrix: GateMatrix, lever: Lever) -> _Places:
    position = np.zeros(len(matrix.blocked), dtype=np.int64)
    # An approved decision may carry gates that were not recorded; one that has no such gate passes at every step.
    untold = _incomplete(matrix) & ~matrix.blocked
    column = matrix.columns.get(lever.gate)
    if column is not None:
        fails = np.stack([column.against(column.base + step)[0] for step in lever.loosening])
        unknown = column.against(column.base)[1] | _another_side(column, lever)
        position[column.rows] = np.where(unknown, 0, fails.sum(axis=0))
        untold[column.rows] = unknown
    return _Places(position, untold)


def _another_side(column: GateColumn, lever: Lever) -> Bools:
    """Where the comparator is not of the kind of limit that the lever moves."""
    sign = 1.0 if lever.limit == "floor" else -1.0
    return (column.sign == -sign) & ~column.overruled


def _incomplete(matrix: GateMatrix) -> Bools:
    complete: Bools = matrix.decided["gates_complete"].to_numpy()
    return ~complete
