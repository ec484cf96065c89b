"""Average uniqueness against counting instant by instant."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.datasets.uniqueness import uniqueness

spans = st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 30), st.integers(1, 12)), min_size=1, max_size=14)


def slow(symbols: list[str], begin: list[int], end: list[int]) -> list[float]:
    """1 / labels under way, averaged over each instant of the label."""
    labels = list(zip(symbols, begin, end, strict=True))
    found = []
    for symbol, b, e in labels:
        under_way = [sum(s == symbol and lo <= t < hi for s, lo, hi in labels) for t in range(b, e)]
        found.append(sum(1 / n for n in under_way) / (e - b))
    return found


def test_hand_worked() -> None:
    """Two labels share the second half of the first and the first half of the second; a third market is by itself."""
    found = uniqueness(pl.Series(["A", "A", "B"]), np.array([0, 10, 0]), np.array([20, 30, 20]))
    assert found.tolist() == [0.75, 0.75, 1.0]


@given(labels=spans)
def test_it_is_what_counting_gives(labels: list[tuple[str, int, int]]) -> None:
    symbols, begin, length = map(list, zip(*labels, strict=True))
    end = [b + n for b, n in zip(begin, length, strict=True)]
    found = uniqueness(pl.Series(symbols), np.array(begin), np.array(end))
    assert found.tolist() == pytest.approx(slow(symbols, begin, end), rel=1e-12)
    assert ((found > 0) & (found <= 1)).all()


def test_many_labels_of_one_span_count_as_one() -> None:
    n, day = 1000, 86_400_000_000
    weight = uniqueness(pl.Series(["A"] * n), np.full(n, 7), np.full(n, 7 + day))
    assert weight.sum() == pytest.approx(1.0)
