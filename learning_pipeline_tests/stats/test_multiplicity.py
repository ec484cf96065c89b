from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.stats import benjamini_hochberg


def test_published_example() -> None:
    # Benjamini and Hochberg 1995, section 3.2: fifteen comparisons, four of them rejected at .05.
    first = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p = [*first, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1.0]
    q = benjamini_hochberg(p)
    assert (q <= 0.05).sum() == 4
    assert q[3] == pytest.approx(0.0095 * 15 / 4)
    # p(5) to p(8): the least of 15 p(k) / k from there on is 15 x .0344 / 8.
    assert q[4:8] == pytest.approx([0.0603, 0.06386, 0.06386, 0.0645], abs=5e-5)


@given(st.lists(st.none() | st.floats(0, 1), max_size=12))
def test_is_the_step_up_rule_over_what_was_tested(p: list[float | None]) -> None:
    tested = sorted(x for x in p if x is not None)
    step_up = [min(len(tested) * x / k for k, x in list(enumerate(tested, 1))[i:]) for i in range(len(tested))]
    expected = [float("nan") if x is None else step_up[len(tested) - 1 - tested[::-1].index(x)] for x in p]
    assert benjamini_hochberg(p) == pytest.approx(np.minimum(expected, 1.0), nan_ok=True)


def test_nothing_to_correct() -> None:
    assert benjamini_hochberg([]).tolist() == []
    assert np.isnan(benjamini_hochberg([None, None])).all()
