"""What the room says of guards whose worth is known: right signs, honest intervals, silence where there is nothing.

2,000 worlds are 0.5 % of standard error on a coverage of 95 %. ``make worlds`` prints all of it.
"""

from __future__ import annotations

import numpy as np
import pytest

from learning_pipeline_tests.planted import guards
from learning_pipeline_tests.planted.guards import GUARDS, asked_of_the_room, judged, planted
from learning_pipeline_tests.planted.same import assert_same

WORLDS = 2000


@pytest.fixture(scope="module", params=[40, 90])
def found(request: pytest.FixtureRequest) -> dict[str, float]:
    return guards.measure(WORLDS, request.param, rising=False)


@pytest.mark.parametrize("guard", ["saves", "costs", "neutral"])
def test_intervals_cover_what_was_planted(found: dict[str, float], guard: str) -> None:
    assert 0.93 <= found[f"covered {guard}"] <= 0.97


@pytest.mark.parametrize("guard", ["saves", "costs"])
def test_the_sign_is_right(found: dict[str, float], guard: str) -> None:
    assert found[f"sign {guard}"] > 0.985
    assert found[f"verdict {guard}"] > 0.5
    assert found["wrong verdict"] == 0


def test_a_neutral_guard_is_left_alone(found: dict[str, float]) -> None:
    assert found["verdict on neutral"] <= 0.065


def test_two_guards_that_block_as_one_are_never_judged(found: dict[str, float]) -> None:
    """Neither ever blocked alone: what either is worth cannot be known."""
    assert found["verdict on a twin"] == 0


def test_where_counts_rise_with_the_shock_intervals_cover_less() -> None:
    """A measured limit, said on the room's page; not a goal."""
    by_days = {n_days: guards.measure(WORLDS, n_days, rising=True) for n_days in (40, 90)}
    assert 0.88 <= by_days[40]["covered neutral"] < 0.93
    assert 0.90 <= by_days[90]["covered neutral"] < 0.945


@pytest.mark.parametrize("rising", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_the_shortcut_says_what_the_room_says(seed: int, rising: bool) -> None:
    world = planted(np.random.default_rng(seed), 40, rising=rising)
    short, rows = judged(world), asked_of_the_room(world).rows(named=True)
    assert [row["guard"] for row in rows] == GUARDS
    for row in rows:
        assert_same(short[row["guard"]], row, leaving_out={"guard", "as_of", "day"})
