"""Worlds of many small choices: hypothesis chooses how many rows there are and a seed for each, chance the rest.

A choice of hypothesis costs fifty times one of `random`; a world that fails still shrinks to the rows that it needs.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Dice = list[random.Random]
"""A generator per row."""

seeds = st.integers(0, 2**32 - 1)
rolls = seeds.map(random.Random)


@st.composite
def dice(draw: st.DrawFn, at_most: int) -> Dice:
    """Up to so many, each number as often as the others (of `st.lists` most are short)."""
    return [draw(rolls) for _ in range(draw(st.integers(0, at_most)))]


def some_of(rng: random.Random, values: Sequence[T], at_most: int, at_least: int = 0) -> list[T]:
    """A few of the values, in any order, each once."""
    return rng.sample(values, rng.randint(at_least, at_most))
