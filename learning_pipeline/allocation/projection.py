"""The move nearest to what is wanted that takes nothing from the whole: exact, in whole units of money's share."""

from __future__ import annotations

import math

UNITS = 2**53
"""Units of a whole. Shares that are moved by multiples of 2^-53 are added and compared by floats without any error."""

Ints = list[int]


def nearest_zero_sum(wanted: Ints, low: Ints, high: Ints) -> Ints:
    """Euclidean projection of ``wanted`` on {low <= move <= high, sum of moves = 0}, in whole units.

    Parameters
    ----------
    wanted : list of int
        Move that each would make by itself, units.
    low, high : list of int
        Bounds of each move, ``low <= 0 <= high``.

    Returns
    -------
    list of int
        Each is ``wanted - shift`` cut to its bounds, with one shift for all; what whole units leave over is taken from
        the first ones, a unit each.

    Examples
    --------
    >>> nearest_zero_sum([56, -21], [-6, -6], [6, 6])
    [6, -6]
    >>> nearest_zero_sum([9, 9, -30], [-20, -20, -5], [20, 20, 20])
    [2, 3, -5]
    """
    bounds = list(zip(wanted, low, high, strict=True))
    edges = {w - at for w, least, most in bounds for at in (least, most)}
    # The sum falls as the shift grows: from the sum of all `high` at the first edge to that of all `low` at the last.
    shift = max(edge for edge in edges if sum(_cut(bounds, edge)) >= 0)
    free = [k for k, (w, least, most) in enumerate(bounds) if least < w - shift <= most]
    rest = sum(_cut(bounds, shift))
    if not rest:
        return _cut(bounds, shift)
    further, left_over = divmod(rest, len(free))
    moves = _cut(bounds, shift + further)
    for k in free[:left_over]:
        moves[k] -= 1
    return moves


def bounds_of_move(share: float, cap: float, floor: float) -> tuple[int, int]:
    """Largest moves down and up, units: none above the cap, none down to below the floor (where it is above)."""
    most = math.floor(cap * UNITS)
    spare = max(0, math.floor((share - floor) * UNITS))
    if spare and share - spare / UNITS < floor:
        spare -= 1
    return -min(most, spare), most


def _cut(bounds: list[tuple[int, int, int]], shift: int) -> Ints:
    return [max(least, min(most, w - shift)) for w, least, most in bounds]
