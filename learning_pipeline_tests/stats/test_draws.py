"""Whether draws agree with the chances written down: calibrated where they do, sharp where a budget hides."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from learning_pipeline.stats import DrawSums, as_logged, draw_measures

WORLDS, DAYS = 1000, 60


def p_of(admitted: np.ndarray, chance: np.ndarray) -> np.ndarray:
    hour = np.broadcast_to(np.linspace(0.0, 0.99, chance.shape[-1]), chance.shape)
    return as_logged(DrawSums(*(x.sum(axis=-1) for x in draw_measures(admitted, chance, hour))))


def drawn(n: int, rate: float, seed: int = 7) -> tuple[np.ndarray, np.ndarray]:
    chance = np.full((WORLDS, DAYS, n), rate)
    return np.random.default_rng(seed).random(chance.shape) < chance, chance


def before(admitted: np.ndarray) -> np.ndarray:
    """Admissions of the day so far."""
    return np.cumsum(admitted, axis=-1) - admitted


def test_three_looks_by_hand():
    # Two days of two draws at 1/2, at 0 h and 12 h; both late ones admitted: excess 0 every day.
    admitted, chance = np.array([[False, True], [False, True]]), np.full((2, 2), 0.5)
    sums = draw_measures(admitted, chance, np.array([[0.0, 0.5], [0.0, 0.5]]))
    days = DrawSums(*(x.sum(axis=-1) for x in sums))
    # Drift: 4 x 0.5 x 0.25 = 0.5 away from the mid hour, variance 4 x 0.25 x 0.25^2 = 1/16: z = 2.
    drift = 2 * stats.norm.sf(2.0)
    # Spread: squares 0 against 1/2 a day, variance 2 (1/2)^2 + 2 x 1/4 (1 - 6/4) = 1/4 a day: chi-square 0 of 4: p = 0.
    assert as_logged(days) == 0.0
    assert as_logged(days._replace(excess=np.array([1.0, 0.0]))) > 0
    only_drift = days._replace(fourth=-2 * days.variance**2)  # no variance of squares: the look is not taken
    assert as_logged(only_drift) == pytest.approx(3 * drift)


def test_nothing_was_drawn():
    assert np.isnan(p_of(np.zeros((3, 4), bool), np.zeros((3, 4))))


@pytest.mark.parametrize(("n", "rate"), [(20, 0.1), (60, 0.1), (5, 0.3), (20, 0.5)])
def test_draws_as_written_are_rarely_refused(n: int, rate: float):
    # 1,000 worlds at 1 %: 99.9 % of the time at most 20 are refused.
    p = p_of(*drawn(n, rate))
    assert (p < 0.01).sum() <= 20
    assert 20 <= (p < 0.05).sum() <= 75


def test_a_budget_inside_the_chance_is_as_written():
    wanted, nominal = drawn(60, 0.1)
    chance = np.where(before(wanted) < 3, nominal, 0.0)
    admitted = wanted & (chance > 0)
    assert (admitted.sum(axis=-1) == 3).mean() > 0.9
    assert (p_of(admitted, chance) < 0.01).sum() <= 20


@pytest.mark.parametrize(("n", "rate", "limit"), [(100, 0.3, 12), (60, 0.1, 4), (20, 0.1, 2)])
def test_a_binding_budget_behind_a_nominal_chance_is_caught(n: int, rate: float, limit: int):
    wanted, chance = drawn(n, rate)
    assert (p_of(wanted & (before(wanted) < limit), chance) < 0.01).mean() > 0.99


def test_losers_left_out_are_caught():
    """Half of the admissions never delivered: too few for what was written."""
    admitted, chance = drawn(20, 0.1)
    won = np.random.default_rng(1).random(chance.shape) < 0.5
    assert (p_of(admitted & won, chance) < 0.01).mean() > 0.99


def test_admitting_in_the_morning_only_is_caught():
    wanted, chance = drawn(20, 0.1)
    morning = np.arange(20) < 10
    twice = np.random.default_rng(2).random(chance.shape) < 2 * chance
    assert (p_of(twice & morning, chance) < 0.01).mean() > 0.99
    assert (p_of(wanted, chance) < 0.01).mean() < 0.03


def test_admitting_on_some_days_only_is_caught():
    _, chance = drawn(20, 0.1)
    twice = np.random.default_rng(3).random(chance.shape) < 2 * chance
    some_days = np.random.default_rng(4).random((WORLDS, DAYS, 1)) < 0.5
    assert (p_of(twice & some_days, chance) < 0.01).mean() > 0.9
