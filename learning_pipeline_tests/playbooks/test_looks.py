"""Looks: when they are taken, what they say, and how seldom they are wrong."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from learning_pipeline.playbooks.looks import LEVELS, look, looks_due
from learning_pipeline_tests.playbooks.builders import claim, counted


def test_a_win_rate_is_bounded_as_wilson_bounds_it() -> None:
    trades = [counted(k, 1.0 if k % 4 else -1.0) for k in range(40)]
    found = look(claim(), trades, 0.05)
    by_scipy = stats.binomtest(30, 40).proportion_ci(0.90, method="wilson")
    assert (found.status, found.n, found.value) == ("validated", 40, 0.75)
    assert (found.low, found.high) == pytest.approx((by_scipy.low, by_scipy.high))


def test_an_average_r_is_bounded_by_t() -> None:
    rng = np.random.default_rng(1)
    r = rng.normal(-0.4, 1, 30).tolist()
    found = look(claim("avg_r", 0.0), [counted(k, x) for k, x in enumerate(r)], 0.05)
    by_scipy = stats.ttest_1samp(r, 0.0).confidence_interval(0.90)
    assert found.status == "refuted"
    assert (found.low, found.high) == pytest.approx((by_scipy.low, by_scipy.high))


def test_what_may_be_either_is_inconclusive() -> None:
    assert look(claim(), [counted(k, 1.0 if k % 2 else -1.0) for k in range(20)], 0.05).status == "inconclusive"


def test_trades_all_alike_prove_nothing_about_an_average() -> None:
    assert look(claim("avg_r", 0.0), [counted(k, 1.0) for k in range(20)], 0.05).status == "inconclusive"


def test_trades_without_a_stop_have_no_r() -> None:
    found = look(claim("avg_r", 0.0), [counted(k, None) for k in range(20)], 0.05)
    assert (found.status, found.value, found.low) == ("inconclusive", None, None)


def test_a_look_takes_the_first_trades_by_close_then_by_id() -> None:
    early, late = [counted(k, -1.0) for k in range(20)], [counted(k, 1.0) for k in range(20, 39)]
    (found,) = looks_due(claim(), [*late, *early], 0)
    assert (found.status, found.n, found.value) == ("refuted", 20, 0.0)
    same = [trade._replace(exit_us=0) for trade in [*late[:1], *early]]
    assert looks_due(claim(), same, 0)[0].value == 1 / 20  # t20 sorts before t3: it is in, t9 is not


def test_looks_are_taken_once_at_one_two_four_and_eight_times_the_sample() -> None:
    trades = [counted(k, 1.0) for k in range(170)]
    assert [(found.n, found.level) for found in looks_due(claim(), trades, 0)] == list(
        zip([20, 40, 80, 160], LEVELS, strict=True)
    )
    assert [found.n for found in looks_due(claim(), trades[:159], 1)] == [40, 80]
    assert looks_due(claim(), trades[:19], 0) == []
    assert looks_due(claim(), trades, 4) == []


def ever_validated(p: float, sizes: list[int], levels: list[float], n_worlds: int = 4000) -> float:
    """Share of playbooks with a true win rate p, claimed to be above .5, that some look validates."""
    wins = np.cumsum(np.random.default_rng(7).random((n_worlds, sizes[-1])) < p, axis=1)
    verdicts = {}
    for n, level in zip(sizes, levels, strict=True):
        for k in np.unique(wins[:, n - 1]):
            trades = [counted(j, 1.0 if j < k else -1.0) for j in range(n)]
            verdicts[n, int(k)] = look(claim(), trades, level).status == "validated"
    return float(np.mean([any(verdicts[n, int(world[n - 1])] for n in sizes) for world in wins]))


def test_a_playbook_without_an_edge_is_validated_in_a_tenth_of_worlds_at_most() -> None:
    sizes = [20, 40, 80, 160]
    assert ever_validated(0.5, sizes, list(LEVELS)) <= 0.10


def test_a_look_at_every_trade_would_validate_far_more() -> None:
    sizes = list(range(20, 161))
    assert ever_validated(0.5, sizes, [0.05] * len(sizes)) > 0.20


def test_a_playbook_with_an_edge_is_validated_mostly() -> None:
    assert ever_validated(0.65, [20, 40, 80, 160], list(LEVELS), n_worlds=1000) > 0.85
