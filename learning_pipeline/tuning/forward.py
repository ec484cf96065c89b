"""Tests of a frozen policy on decisions made after it was chosen."""

from __future__ import annotations

from functools import lru_cache
from math import comb


def better_than_half(successes: int, changed: int) -> float:
    """P of at least that many successes among the changed decisions, were each a success with probability 1/2.

    >>> better_than_half(8, 10)
    0.0546875
    """
    return sum(comb(changed, k) for k in range(successes, changed + 1)) / 2**changed


@lru_cache(2**12)  # a selection is asked every day, and its counts seldom change
def better_than_others(successes: int, changed: int, all_successes: int, pool: int) -> float:
    """P of at least that many successes, were the changed decisions drawn from the pool at random (hypergeometric).

    Parameters
    ----------
    successes, changed : int
        Of the changed decisions.
    all_successes, pool : int
        Of all decisions that the levers alone keep out at base in the same span, the changed ones among them.

    Examples
    --------
    >>> f"{better_than_others(5, 6, 8, 97):.1e}"
    '5.1e-06'
    """
    most = min(changed, all_successes)
    ways = sum(comb(all_successes, k) * comb(pool - all_successes, changed - k) for k in range(successes, most + 1))
    return ways / comb(pool, changed)
