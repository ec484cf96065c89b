"""All combinations of the levers' steps: each is one policy, and each is evaluated once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from learning_pipeline.tuning.settings import Lever

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Grid(NamedTuple):
    """Policies numbered in C order of the levers' positions, 0 the tightest.

    Attributes
    ----------
    levers : tuple of Lever
        In the order of the axes.
    shape, base : tuple of int
        Number of steps per lever; position of step 0.
    positions : ndarray of shape (n_policies, n_levers)
        Position of each lever under each policy.
    moved : ndarray of shape (n_policies,)
        Steps away from base, over all levers.
    common : ndarray of shape (n_policies,)
        Number of the policy that admits what both each policy and base admit.
    looser, tighter : list of int
        Policies that drop nothing base admits, the only ones that can act (26 of 125); those that admit nothing base
        refuses. By `preference`, without the one that moves nothing.
    """

    levers: tuple[Lever, ...]
    shape: tuple[int, ...]
    base: tuple[int, ...]
    positions: Ints
    moved: Ints
    common: Ints
    looser: list[int]
    tighter: list[int]

    @classmethod
    def of(cls, levers: Sequence[Lever]) -> Grid:
        """The grid of some levers."""
        shape = tuple(len(lever.steps) for lever in levers)
        base = tuple(lever.loosening.index(0.0) for lever in levers)
        positions = np.array(list(np.ndindex(*shape)))
        moved = np.abs(positions - base).sum(axis=1)
        common = np.ravel_multi_index(tuple(np.minimum(positions, base).T), shape).astype(np.int64)
        grid = cls(tuple(levers), shape, base, positions, moved, common, [], [])
        looser, tighter = (grid._beyond(side) for side in (positions >= base, positions <= base))
        return grid._replace(looser=looser, tighter=tighter)

    @property
    def size(self) -> int:
        """Number of policies, the one that moves nothing included."""
        return len(self.positions)

    @property
    def n_simulations(self) -> int:
        """What the seed counts: singles, pairs, triples and so on, with their repetitions.

        >>> from learning_pipeline.tuning.settings import LEVERS
        >>> Grid.of(LEVERS).n_simulations, Grid.of(LEVERS).size
        (215, 125)
        """
        return int(np.prod(np.array(self.shape) + 1)) - 1

    @property
    def at_base(self) -> int:
        """Number of the policy that moves nothing."""
        return self.number(self.base)

    def number(self, positions: Sequence[int]) -> int:
        """Number of the policy at some positions."""
        return int(np.ravel_multi_index(tuple(positions), self.shape))

    def preference(self, policy: int) -> tuple[int, str]:
        """Of equals the one that moves fewest steps, then the first by name."""
        return int(self.moved[policy]), self.name(policy)

    def deltas(self, policy: int) -> dict[str, float]:
        """What a policy adds to each lever's base limit, 0 included, by lever name."""
        places = zip(self.levers, self.positions[policy], strict=True)
        return {lever.name: lever.loosening[place] for lever, place in sorted(places, key=lambda at: at[0].name)}

    def name(self, policy: int) -> str:
        """The levers that a policy moves, by name.

        >>> from learning_pipeline.tuning.settings import LEVERS
        >>> grid = Grid.of(LEVERS)
        >>> grid.name(grid.number((4, 3, 2)))
        'halo+0.1,ts_min-0.1'
        """
        return ",".join(f"{name}{delta:+g}" for name, delta in self.deltas(policy).items() if delta)

    def _beyond(self, side: Bools) -> list[int]:
        others = np.flatnonzero(side.all(axis=1) & (self.moved > 0)).tolist()
        return sorted(others, key=self.preference)


def box_sums(cells: Ints, shape: Sequence[int]) -> Ints:
    """Sums over all cells at or below each in every axis, in place.

    Parameters
    ----------
    cells : ndarray of shape (..., *shape, n)
        Counts; overwritten.
    shape : sequence of int
        The axes to sum over, before the last one.

    Examples
    --------
    >>> box_sums(np.array([[1, 2], [4, 8]])[..., None], (2, 2))[..., 0].tolist()
    [[1, 3], [5, 15]]
    """
    for axis in range(-1 - len(shape), -1):
        along = np.moveaxis(cells, axis, 0)
        for place in range(1, along.shape[0]):
            along[place] += along[place - 1]
    return cells
