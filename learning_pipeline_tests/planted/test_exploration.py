"""What exploration makes of a simulator that promises too much: ``make worlds`` prints all of it at full size."""

from __future__ import annotations

import numpy as np
import pytest

from learning_pipeline_tests.planted.exploration import NO_LIMITS, Bot, asked_of_the_room, estimated, measure, planted
from learning_pipeline_tests.planted.same import assert_same

NOMINAL = Bot(rate=0.3, a_day=100, share=0.2, limit=12, honest=False)


@pytest.mark.parametrize("a_day", [20, 60])
def test_aipw_covers_the_planted_value_that_the_simulator_misses(a_day: int) -> None:
    found = measure(1000, Bot(a_day=a_day))
    assert max(found["covered shadow"], found["covered dm"]) < 0.03
    for estimator in ("ipw", "snipw", "aipw"):
        assert 0.93 <= found[f"covered {estimator}"] <= 0.97
    assert found["refused"] <= 0.02


def test_a_budget_inside_the_propensity_costs_nothing() -> None:
    found = measure(500, Bot(a_day=60, limit=6))
    assert 0.93 <= found["covered aipw"] <= 0.97
    assert found["refused"] <= 0.02


def test_a_binding_budget_behind_a_nominal_propensity_is_refused() -> None:
    """It would cover about a third of the time, with an interval that looks as good as any."""
    found = measure(300, NOMINAL)
    assert 0.25 < found["covered aipw"] < 0.4
    assert found["propensity_not_as_logged"] == 1


def test_winners_alone_are_refused() -> None:
    found = measure(200, Bot(tells_losers=False))
    assert found["covered aipw"] < 0.05
    assert found["refused"] == 1
    assert found["admissions_open"] > 0.95


@pytest.mark.parametrize(
    ("seed", "bot"),
    [
        (0, Bot(a_day=8, n_days=45)),
        (1, Bot(rate=0.3, a_day=10, share=0.5, limit=2, n_days=30)),
        (2, Bot(rate=0.3, a_day=8, n_days=30, tells_losers=False)),
    ],
)
def test_the_shortcut_says_what_the_room_says(seed: int, bot: Bot) -> None:
    world = planted(np.random.default_rng(seed), bot)
    short, rows = estimated(world, NO_LIMITS), asked_of_the_room(world, NO_LIMITS).rows(named=True)
    assert {row["estimator"] for row in rows} == short.keys()
    for row in rows:
        named = {"as_of", "day", "window_days", "guard", "estimator", "min_propensity"}
        assert_same(short[row["estimator"]], row, leaving_out=named)
