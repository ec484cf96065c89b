"""The nearest move: exact against trying every set of bounds, and against a solver of another make."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import lsq_linear

from learning_pipeline.allocation.projection import UNITS, bounds_of_move, nearest_zero_sum
from learning_pipeline_tests.allocation.plain import nearest


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[int], list[int], list[int]]:
    n = draw(st.integers(2, 4))
    size = draw(st.sampled_from([3, 20, 10**6, UNITS]))
    wanted = draw(st.lists(st.integers(-size, size), min_size=n, max_size=n))
    low = draw(st.lists(st.integers(-size, 0), min_size=n, max_size=n))
    high = draw(st.lists(st.integers(0, size), min_size=n, max_size=n))
    return wanted, low, high


@given(problems())
def test_it_is_the_exact_solution_but_for_less_than_a_unit(problem: tuple[list[int], list[int], list[int]]) -> None:
    wanted, low, high = problem
    moves = nearest_zero_sum(wanted, low, high)
    assert sum(moves) == 0
    assert all(least <= move <= most for least, move, most in zip(low, moves, high, strict=True))
    exact = nearest(*([Fraction(x) for x in xs] for xs in problem))
    assert all(abs(move - best) < 1 for move, best in zip(moves, exact, strict=True))


@pytest.mark.parametrize("seed", range(20))
def test_a_general_solver_finds_no_nearer_move(seed: int) -> None:
    rng = random.Random(seed)
    n, c = rng.choice([2, 3]), rng.choice([0.003, 0.0006])
    gaps = np.array([rng.uniform(-0.01, 0.01) for _ in range(n)])
    spare = [rng.choice([0.0, 0.0001, c]) for _ in range(n)]
    low, high = [-round(s * UNITS) for s in spare], [round(c * UNITS)] * n
    ours = np.array(nearest_zero_sum([round(gap * UNITS) for gap in gaps], low, high)) / UNITS
    # Least squares with bounds; the sum is held at 0 by a row of great weight. Scaled to about 1.
    rows, right = np.vstack([np.eye(n), np.full(n, 1e4)]), np.append(gaps * 1000, 0.0)
    bounds = [-s * 1000 for s in spare], [c * 1000] * n
    solved = lsq_linear(rows, right, bounds, method="bvls", tol=1e-14)
    assert ours * 1000 == pytest.approx(solved.x, abs=1e-6)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(1e-9, 1))
def test_bounds_keep_the_floor_and_the_cap(share: float, floor: float, cap: float) -> None:
    low, high = bounds_of_move(share, cap, floor)
    assert low <= 0 <= high
    assert max(-low, high) / UNITS <= cap
    assert Fraction(share) + Fraction(low, UNITS) >= min(Fraction(share), Fraction(floor))
    assert low / UNITS <= min(0.0, -min(cap, share - floor) + 3 / UNITS), (
        "no more room is given away than the grid asks"
    )
