from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.tuning import LEVERS
from learning_pipeline.tuning.grid import Grid, box_sums
from learning_pipeline_tests.tuning import plain

GRID = Grid.of(LEVERS)


def test_the_seeds_215_simulations_are_125_policies() -> None:
    """Singles, pairs and triples, each with five steps of which one is 0, repeat one another."""
    found = []
    for size in (1, 2, 3):
        for some in itertools.combinations(LEVERS, size):
            found += [
                dict(zip((x.name for x in some), steps, strict=True))
                for steps in itertools.product(*(x.steps for x in some))
            ]
    assert len(found) == 215 == GRID.n_simulations
    distinct = {tuple(sorted((name, delta) for name, delta in one.items() if delta)) for one in found}
    assert len(distinct) == 125 == GRID.size
    assert {GRID.name(k) for k in range(GRID.size)} == {",".join(f"{n}{d:+g}" for n, d in one) for one in distinct}


def test_26_loosen_26_tighten_and_one_does_nothing() -> None:
    looser, tighter = GRID.looser, GRID.tighter
    assert (len(looser), len(tighter), len({*looser, *tighter, GRID.at_base})) == (26, 26, 53)
    expected = [plain.name_of(p, LEVERS) for p in plain.policies(LEVERS) if plain.is_looser(p, LEVERS)]
    assert sorted(GRID.name(k) for k in looser) == sorted(expected)


def test_the_fewest_steps_come_first_then_the_name() -> None:
    assert [GRID.name(k) for k in GRID.looser[:5]] == [
        "halo+0.1",
        "slope_min-0.001",
        "ts_min-0.05",
        "halo+0.1,slope_min-0.001",
        "halo+0.1,ts_min-0.05",
    ]


def test_a_policy_names_the_change_of_every_lever() -> None:
    assert GRID.deltas(GRID.looser[4]) == {"halo": 0.1, "slope_min": 0.0, "ts_min": -0.05}
    assert (GRID.name(GRID.at_base), GRID.deltas(GRID.at_base)) == ("", {"halo": 0.0, "slope_min": 0.0, "ts_min": 0.0})


@given(st.lists(st.integers(2, 3), min_size=1, max_size=3), st.randoms(use_true_random=True))
def test_box_sums_equal_the_plain_sum(shape: list[int], rng: object) -> None:
    cells = np.array([rng.randrange(9) for _ in range(2 * int(np.prod(shape)) * 2)]).reshape(2, *shape, 2)
    found = box_sums(cells.copy(), shape)
    for place in np.ndindex(*shape):
        box = cells[(slice(None), *(slice(0, k + 1) for k in place))]
        assert (found[(slice(None), *place)] == box.sum(axis=tuple(range(1, len(shape) + 1)))).all()


def test_one_lever_with_uneven_steps() -> None:
    lever = LEVERS[0].model_copy(update={"steps": (-0.2, 0.0, 0.1, 0.3)})
    grid = Grid.of([lever])
    assert (grid.size, grid.n_simulations, grid.base) == (4, 4, (2,))
    assert [grid.name(k) for k in grid.looser] == ["ts_min-0.2"]
    assert [grid.name(k) for k in grid.tighter] == ["ts_min+0.1", "ts_min+0.3"]
