"""Estimators from admissions: against every way in which the draws can fall, and by hand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.stats import aipw_scores, effective_size, ipw_scores, snipw_day_scores, total_intervals, weights

REAL = np.array([3.0, -2.0, 0.5, 8.0, -1.25])
MODEL = np.array([1.0, -4.0, 2.0, 2.0, 40.0])
CHANCE = np.array([0.1, 0.25, 0.5, 0.9, 0.3])
ALL = [np.array(drawn) for drawn in itertools.product([False, True], repeat=len(REAL))]


def probability(drawn: np.ndarray, chance: np.ndarray = CHANCE) -> float:
    return math.prod(np.where(drawn, chance, 1 - chance))


def over_all_draws(score) -> float:
    """Expectation of a total over every way in which the draws can fall."""
    return math.fsum(probability(drawn) * score(weights(drawn, CHANCE)).sum() for drawn in ALL)


def test_ipw_is_unbiased_over_all_draws():
    assert over_all_draws(lambda w: ipw_scores(w, REAL)) == pytest.approx(REAL.sum(), abs=1e-12)


def test_aipw_is_unbiased_over_all_draws_whatever_the_model_says():
    assert over_all_draws(lambda w: aipw_scores(MODEL, w, REAL)) == pytest.approx(REAL.sum(), abs=1e-12)


def test_a_chance_that_was_not_the_one_used_is_a_bias():
    nominal = np.full(5, 0.5)
    expected = math.fsum(probability(d) * ipw_scores(weights(d, nominal), REAL).sum() for d in ALL)
    assert expected != pytest.approx(REAL.sum(), abs=0.5)


def test_leaving_out_what_was_lost_is_a_bias():
    """An admission that is dropped because of its result: the losers count as if they had not been drawn."""
    kept = REAL > 0
    expected = over_all_draws(lambda w: aipw_scores(MODEL, np.where(kept, w, 0.0), REAL))
    assert expected == pytest.approx(np.where(kept, REAL, MODEL).sum(), abs=1e-12)
    assert expected > REAL.sum() + 30


def test_a_budget_inside_the_chance_keeps_the_estimate_unbiased():
    """Two admissions and no more: the chance follows from the draws before it, and 0 leaves a unit out of the total."""
    error, mass = 0.0, 0.0
    for wanted in ALL:
        chance, admitted = np.zeros(5), np.zeros(5, bool)
        for k in range(5):
            chance[k] = CHANCE[k] if admitted.sum() < 2 else 0.0
            admitted[k] = wanted[k] and chance[k] > 0
        if (admitted != wanted).any():
            continue  # the same course as with the draws that were not made left out
        p = probability(admitted, chance)
        had_a_chance = chance > 0
        w = weights(admitted, np.where(had_a_chance, chance, 1.0))
        error += p * (aipw_scores(MODEL, w, REAL) - REAL)[had_a_chance].sum()
        mass += p
    assert mass == pytest.approx(1.0)
    assert error == pytest.approx(0.0, abs=1e-12)


def test_self_normalised_by_hand():
    # Two days of 3 and 1 units; weights 2 and 2 on day one (y = 1, 3), 4 on day two (y = 2): r = (2 + 6 + 8) / 8 = 2.
    scores = snipw_day_scores(np.array([3.0, 1.0]), np.array([4.0, 4.0]), np.array([8.0, 8.0]))
    assert scores.tolist() == [6.0, 2.0]  # on both days the weighted mean is 2, so nothing spreads but n
    # Another result on day two (y = 6): r = 32/8 = 4; scores 12 + (4/8)(8 - 16), 4 + (4/8)(24 - 16).
    assert snipw_day_scores(np.array([3.0, 1.0]), np.array([4.0, 4.0]), np.array([8.0, 24.0])).tolist() == [8.0, 8.0]


@given(st.integers(0, 2**32 - 1))
def test_self_normalised_scores_are_the_derivative_of_the_ratio(seed: int):
    """Day by day, against a numeric derivative: more of one day moves the estimate by that day's score."""
    rng = np.random.default_rng(seed)
    n, weight = rng.integers(1, 20, 6).astype(float), rng.uniform(1, 30, 6)
    weighted = weight * rng.normal(size=6)

    def estimate(share):
        return (n * share).sum() * (weighted * share).sum() / (weight * share).sum()

    scores = snipw_day_scores(n, weight, weighted)
    assert scores.sum() == pytest.approx(estimate(np.ones(6)))
    for k in range(6):
        up, down = np.ones(6), np.ones(6)
        up[k] += 1e-5
        down[k] -= 1e-5
        assert scores[k] == pytest.approx((estimate(up) - estimate(down)) / 2e-5, rel=1e-4, abs=1e-4)


def test_self_normalised_is_exact_where_all_results_are_equal():
    """Then IPW is off by the luck of the draw, and the weighted mean is not: its interval is a point."""
    n, weight = np.array([5.0, 7.0, 6.0]), np.array([4.0, 0.0, 12.0])
    found = total_intervals(snipw_day_scores(n, weight, 2.5 * weight), 3)
    assert found.total == pytest.approx(2.5 * 18)


def test_nothing_admitted_has_no_self_normalised_estimate():
    assert np.isnan(snipw_day_scores(np.array([3.0]), np.array([0.0]), np.array([0.0]))).all()


def test_effective_size():
    w = np.array([10.0, 10.0, 10.0])
    assert effective_size(w.sum(), (w**2).sum()) == pytest.approx(3)
    assert effective_size(np.array(0.0), np.array(0.0)) == 0
