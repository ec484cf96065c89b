from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from learning_pipeline.tuning.forward import better_than_half, better_than_others


@given(st.integers(0, 90), st.data())
def test_binomial_equals_scipy(changed: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, changed))
    expected = stats.binomtest(successes, changed, 0.5, "greater").pvalue if changed else 1.0
    assert better_than_half(successes, changed) == pytest.approx(expected, rel=1e-9)


@given(st.integers(1, 300), st.data())
def test_hypergeometric_equals_scipy(pool: int, data: st.DataObject) -> None:
    changed, won = data.draw(st.integers(0, pool)), data.draw(st.integers(0, pool))
    successes = data.draw(st.integers(max(0, changed + won - pool), min(changed, won)))
    expected = stats.hypergeom.sf(successes - 1, pool, won, changed)
    assert better_than_others(successes, changed, won, pool) == pytest.approx(expected, rel=1e-8, abs=1e-14)


def test_the_seeds_five_to_one_survives_and_one_to_none_does_not() -> None:
    assert better_than_others(5, 6, 8, 97) * 124 < 1e-3
    assert better_than_others(1, 1, 8, 97) == pytest.approx(8 / 97)
