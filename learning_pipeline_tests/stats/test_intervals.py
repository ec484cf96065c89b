from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from learning_pipeline.stats import running_total, total_interval, total_intervals

amounts = st.lists(st.integers(-400, 400).map(lambda k: k / 4), min_size=2, max_size=40)


def test_by_hand() -> None:
    # Days 4, 0, 2: total 6, mean 2, s = sqrt((4 + 4 + 0) / 2) = 2; t(.975, 2) = 4.302653; half = 4.302653 sqrt(3) 2.
    found = total_interval([4.0, 2.0], n_days=3)
    assert found.total == 6.0
    assert found.low == pytest.approx(6 - 14.904826, abs=1e-5)
    assert found.high == pytest.approx(6 + 14.904826, abs=1e-5)
    # t = 6 / (2 sqrt(3)) = sqrt(3); with 2 degrees of freedom p = 1 - t / sqrt(2 + t^2) = 1 - sqrt(3/5).
    assert found.p == pytest.approx(1 - np.sqrt(3 / 5))


@given(amounts, st.sampled_from([0.5, 0.9, 0.95]))
def test_is_the_interval_of_the_mean_times_days(x: list[float], level: float) -> None:
    found = total_interval(x, len(x), level)
    if len(set(x)) == 1:
        assert (found.low, found.high, found.p) == (found.total, found.total, None)
        return
    test = stats.ttest_1samp(x, 0.0)
    low, high = test.confidence_interval(level)
    assert (found.low, found.high) == pytest.approx((low * len(x), high * len(x)), abs=1e-8)
    assert found.p == pytest.approx(test.pvalue)


@given(amounts, st.integers(0, 10))
def test_days_given_as_zero_and_days_left_out_are_the_same_to_the_bit(x: list[float], n_idle: int) -> None:
    tenths = [0.1 * amount for amount in x]
    n_days = len(x) + n_idle
    assert total_interval(tenths, n_days) == total_interval([*tenths, *[0.0] * n_idle], n_days)


@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=5, max_size=5), min_size=1, max_size=7))
def test_a_row_does_not_depend_on_its_neighbours(rows: list[list[float]]) -> None:
    together = total_intervals(rows, 9)
    for k, row in enumerate(rows):
        alone = total_intervals([row], 9)
        assert all(a[0].tobytes() == b[k].tobytes() for a, b in zip(alone, together, strict=True))


@pytest.mark.parametrize("x", [[], [5.0]])
def test_nothing_can_be_said_from_one_day(x: list[float]) -> None:
    assert total_interval(x, 1)[1:] == (None, None, None)


@pytest.mark.parametrize(("x", "total"), [([], 0.0), ([0.1] * 7, sum([0.1] * 7))])
def test_no_spread_gives_a_point_and_no_p(x: list[float], total: float) -> None:
    # 0.1 summed seven times is not 7 x 0.1: rounding must not pass for spread.
    assert total_interval(x, 7) == (total, total, total, None)


def test_more_totals_than_days_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 1 day totals, was 2"):
        total_interval([1.0, 2.0], 1)


def test_sums_run_from_first_to_last() -> None:
    x = np.array([[1e16, 1.0, -1e16, 1.0]])
    assert running_total(x).tolist() == [1.0]  # ((1e16 + 1) - 1e16) + 1, the first 1 is lost
    assert running_total(np.array([1e16, *[1.0] * 31])) == 1e16  # NumPy's own sum keeps most of the ones
    assert running_total(np.asfortranarray(np.tile(x, (3, 1)))).tolist() == [1.0] * 3


def test_covers_what_it_says() -> None:
    # 400 worlds of 40 days; about one decision a day, all sharing the day's shock; the expected total is 0.
    # A perfect interval lands in .92 to .98 with probability above .99.
    rng = np.random.default_rng(11)
    n = rng.poisson(1.0, (400, 40))
    totals = n * rng.normal(0, 1, n.shape) + np.sqrt(n) * rng.normal(0, 1, n.shape)
    found = total_intervals(totals, 40)
    assert 0.92 <= np.mean((found.low <= 0) & (found.high >= 0)) <= 0.98
    assert np.mean(found.p <= 0.05) == pytest.approx(np.mean((found.low > 0) | (found.high < 0)))
