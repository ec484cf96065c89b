from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.stats import drawdown, max_drawdown


@given(st.lists(st.integers(-100, 100), max_size=40))
def test_is_the_deepest_fall_between_any_two_days(results: list[int]) -> None:
    account = [sum(results[:k]) for k in range(len(results) + 1)]
    falls = [account[i] - account[j] for i in range(len(account)) for j in range(i, len(account))]
    assert max_drawdown(results) == pytest.approx(max(falls, default=0))
    assert len(drawdown(results)) == len(results)
