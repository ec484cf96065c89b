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


def dice(max_size: int, min_size: int = 0) -> st.SearchStrategy[Dice]:
    return st.lists(seeds.map(random.Random), min_size=min_size, max_size=max_size)


def some_of(rng: random.Random, values: Sequence[T], at_most: int, at_least: int = 0) -> list[T]:
    """A few of the values, in any order, each once."""
    return rng.sample(values, rng.randint(at_least, at_most))
