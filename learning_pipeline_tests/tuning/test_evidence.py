from __future__ import annotations

import random

import pytest

from learning_pipeline.tuning import LEVERS, Rule, TuningSettings
from learning_pipeline.tuning.episodes import episodes, known_episodes
from learning_pipeline.tuning.evidence import Forward, forward, labels, members, t_and_p
from learning_pipeline.tuning.grid import Grid
from learning_pipeline.tuning.slices import Episodes
from learning_pipeline_tests.tuning.test_lessons import golden, lessons
from learning_pipeline_tests.tuning.worlds import FIRST, World, day, frames, some_world

GRID = Grid.of(LEVERS)
EPOCH_DAY = (FIRST - FIRST.replace(1970)).days


def arrays(world: World, as_of: int) -> Episodes:
    known = known_episodes(*frames(world), GRID, ["profit"])
    return Episodes.of(episodes(known, [EPOCH_DAY + as_of], TuningSettings()), 90)


@pytest.mark.parametrize("seed", range(4))
def test_a_lesson_alone_is_the_lesson_among_all(seed: int) -> None:
    """Counts and T of one policy from the rows of one slice are those mined with all slices at once."""
    world, rule = some_world(random.Random(seed), 300, seed % 2), Rule(min_benefit=1, min_ratio=0.5, cautious_ratio=0.5)
    found = arrays(world, 13)
    mined = lessons(*frames(world), [day(13)], TuningSettings(n_min=3), rule).to_dicts()
    by_name = {GRID.name(policy): policy for policy in GRID.looser}
    chosen = [lesson for lesson in mined if lesson["policy"]]
    assert chosen
    for lesson in mined:
        rows = members(found, lesson["pattern_key"], lesson["scope"])
        assert (labels(found, rows) >= 0).sum() == lesson["n"]
    for lesson in chosen:
        rows = members(found, lesson["pattern_key"], lesson["scope"])
        policy = by_name[lesson["policy"]]
        seen = forward(found, rows, policy, GRID)
        assert (seen.benefit, seen.harm) == (lesson["misses_caught"], lesson["failures_added"])
        t, p = t_and_p(found, rows, policy, GRID, rule, 0, 199)
        assert lesson["t_statistic"] is None or t == lesson["t_statistic"]
        assert 0 < p <= 1


def test_the_seeds_lesson_is_more_than_luck() -> None:
    found = arrays(golden(), 20)
    rows = members(found, "p", "{}")
    halo = next(policy for policy in GRID.looser if GRID.name(policy) == "halo+0.1")
    assert forward(found, rows, halo, GRID) == Forward(benefit=5, harm=1, pool_successes=8, pool=97)
    _, p = t_and_p(found, rows, halo, GRID, Rule(), 0, 19_999)
    assert p < 0.002


def test_no_slice_of_an_unknown_name() -> None:
    found = arrays(golden(), 20)
    assert [len(members(found, *lesson)) for lesson in (("x", "{}"), ("p", '{"chain":"sol"}'), ("p", "{}"))] == [
        0,
        0,
        104,
    ]
