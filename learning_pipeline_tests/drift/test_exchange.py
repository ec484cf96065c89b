"""Exchange of days: exact where it can be counted, and level under the null."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from learning_pipeline.drift.bins import Bins
from learning_pipeline.drift.distance import gathered, ks, psi
from learning_pipeline.drift.exchange import Exchange

RNG = np.random.default_rng


def counted(values: np.ndarray, day: np.ndarray, bins: Bins, n_days: int) -> np.ndarray:
    return bins.counted(values, day, n_days).astype(np.float64)


def test_p_is_the_share_of_all_exchanges() -> None:
    """Of 8 days 3 are the window's: all 56 choices, one by one."""
    counts = RNG(1).integers(0, 6, (8, 5)).astype(np.float64)
    found, p = Exchange(5, 3, 9999, "k").p(counts, ks, 0.0)
    every = [list(chosen) for chosen in itertools.combinations(range(8), 3)]
    whole = counts.sum(axis=0)
    beyond = [ks(whole - counts[one].sum(axis=0), counts[one].sum(axis=0)) >= found - 1e-12 for one in every]
    assert found == pytest.approx(ks(counts[:5].sum(axis=0), counts[5:].sum(axis=0)))
    assert p == pytest.approx(np.mean(beyond), abs=0.06)


def test_a_small_p_is_told_from_many_draws_only_where_it_matters() -> None:
    counts = np.zeros((40, 2))
    counts[:35, 0], counts[35:, 1] = 20, 20
    assert Exchange(35, 5, 9999, "k").p(counts, ks, 0.1) == (1.0, 1 / 10_000)
    assert Exchange(35, 5, 9999, "k").p(counts, ks, 1.1) == (1.0, 1 / 300)


def test_the_same_key_gives_the_same_p() -> None:
    counts = RNG(2).integers(0, 9, (30, 6)).astype(np.float64)
    assert Exchange(25, 5, 999, "k").p(counts, psi, 0.0) == Exchange(25, 5, 999, "k").p(counts, psi, 0.0)


@pytest.mark.parametrize("statistic", [ks, psi])
def test_days_that_share_their_market_are_no_drift(statistic: object) -> None:
    """Half of the variance is the day's: the textbook KS test calls most of these a drift, this one 5 %."""
    ours, textbook = [], []
    for seed in range(150):
        rng = RNG(seed)
        day = np.repeat(np.arange(48), 20)
        values = rng.normal(size=48)[day] + rng.normal(size=len(day))
        bins = Bins.of(values[day < 40], 10)
        counts = counted(values, day, bins, 48)
        shown = counts if statistic is ks else gathered(counts, bins.coarse)
        ours.append(Exchange(40, 8, 299, str(seed)).p(shown, statistic, 1e9)[1] <= 0.05)  # type: ignore[arg-type]
        textbook.append(stats.ks_2samp(values[day < 40], values[day >= 40], method="asymp").pvalue <= 0.05)
    assert np.mean(textbook) > 0.4
    assert np.mean(ours) < 0.11  # 150 draws of .05: above .11 once in 2,000


def test_bins_are_quantiles_and_what_is_missing_has_its_own() -> None:
    values = np.array([np.nan, *range(1, 101)])
    bins = Bins.of(values, 10)
    counts = counted(values, np.zeros(101, dtype=np.int64), bins, 1)[0]
    assert gathered(counts, bins.coarse).tolist() == [10.0] * 10 + [1.0]
    assert counts.tolist() == [0.0, *[2.0] * 50, 0.0, 1.0]


def test_a_constant_that_changes_is_seen_whichever_way() -> None:
    bins, day = Bins.of(np.full(30, 7.0), 10), np.zeros(10, dtype=np.int64)
    then = counted(np.full(10, 7.0), day, bins, 1)[0]
    for value in (6.0, 8.0, np.nan):
        assert ks(then, counted(np.full(10, value), day, bins, 1)[0]) == 1.0


def test_ks_on_bins_is_the_textbook_distance_to_within_a_bin() -> None:
    left, right = RNG(3).normal(size=4000), RNG(4).normal(0.4, 1.2, size=700)
    bins = Bins.of(left, 10)
    zeros = [np.zeros(len(x), dtype=np.int64) for x in (left, right)]
    ours = ks(counted(left, zeros[0], bins, 1)[0], counted(right, zeros[1], bins, 1)[0])
    exact = stats.ks_2samp(left, right).statistic
    assert exact - 0.02 <= ours <= exact + 1e-12


def test_psi_is_its_formula() -> None:
    left, right = np.array([30.0, 50.0, 20.0, 0.0]), np.array([10.0, 60.0, 25.0, 5.0])
    p, q = (left + 0.5) / 102, (right + 0.5) / 102
    assert psi(left, right) == pytest.approx(sum((a - b) * np.log(a / b) for a, b in zip(p, q, strict=True)))
    assert psi(left, left) == 0.0
    assert psi(left, right) == pytest.approx(psi(right, left))
