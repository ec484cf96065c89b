"""Differences by day add up to what a fresh count of every day gives."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning_pipeline.tuning.changes import Changes, Seen, differences
from learning_pipeline.tuning.episodes import known_episodes
from learning_pipeline.tuning.evidence import Forward
from learning_pipeline.tuning.grid import Grid
from learning_pipeline.tuning.settings import LEVERS, TuningSettings
from learning_pipeline_tests.tuning import plain
from learning_pipeline_tests.tuning.worlds import World, day, decided, ended, frames, gate, some_world, told

GRID = Grid.of(LEVERS)
EPOCH = 19723
"""2024-01-01 in days since 1970."""
LONG = 90


def counted(world: World, policy: int, last: int, after: int, scope: str = "{}", pieces: int = 1) -> list[Forward]:
    """Counts at the end of each day, added up over runs of so many days."""
    seen, found, known = Seen(), [], known_episodes(*frames(world), GRID, ["profit"])
    for first in range(0, last + 1, pieces):
        part = Changes(known, EPOCH + first, EPOCH + min(first + pieces - 1, last), LONG, GRID)
        for k in range(first, min(first + pieces, last + 1)):
            seen = seen.plus(part.on(EPOCH + k, "p", scope, policy, EPOCH + after))
            found.append(seen.forward)
    return found


def plainly(world: World, policy: int, as_of: int, after: int, scope: str = "{}") -> Forward:
    """The same by loops over the episodes of one day."""
    asked, moved = plain.json.loads(scope), dict(GRID.deltas(policy))
    by_gate = {lever.gate: moved[lever.name] for lever in LEVERS}
    loosest = {lever.gate: lever.loosening[-1] for lever in LEVERS}
    every = [
        e for e in plain.episodes(world, day(as_of), TuningSettings(lookback_days=LONG)) if e["pattern_key"] == "p"
    ]
    began = plain.first_days(world, day(as_of))
    mine = [
        e
        for e in every
        if asked.items() <= plain.json.loads(e["scope"]).items() and began[plain.episode_of(e)] > day(after)
    ]
    labelled = [e for e in mine if (e["simulated"], e["reported"]) != (None, None)]
    source = "reported" if labelled and all(e["reported"] is not None for e in labelled) else "simulated"
    benefit = harm = pool = won = 0
    for e in mine:
        if e[source] is None or e["decision"] == "expired":
            continue
        at_base, then = (plain.answer(e, e["gates"], change) for change in (dict.fromkeys(by_gate, 0.0), by_gate))
        in_pool = at_base == "blocked" and plain.by_levers_alone(e, LEVERS)
        assert plain.answer(e, e["gates"], loosest) != "unknown" or not in_pool
        pool, won = pool + in_pool, won + (in_pool and e[source])
        changed = in_pool and then == "approved"
        benefit, harm = benefit + (changed and e[source]), harm + (changed and not e[source])
    return Forward(benefit, harm, won, pool)


def one(signal_id: str, halo: float, on: int, success: bool, known: int | None = None, **more: object) -> World:
    word = "approved" if halo <= 1 else "blocked"
    by = {"blocked_by": ["halo"], "blocker_component": "halo"} if word == "blocked" else {}
    gates = [gate(signal_id, "halo", halo, 1.0, on), gate(signal_id, "ts", 0.7, 0.55, on)]
    return [decided(signal_id, word, on, **by, **more)], gates, [ended(signal_id, success, on, known)], []


def together(*worlds: World) -> World:
    return tuple([row for world in worlds for row in world[k]] for k in range(4))  # type: ignore[return-value]


HALO = next(p for p in GRID.looser if GRID.name(p) == "halo+0.1")


def test_a_decision_counts_from_the_day_its_outcome_is_known() -> None:
    world = together(one("a", 1.05, 3, True, 5), one("b", 1.05, 3, False), one("far", 1.9, 3, True, 4))
    found = counted(world, HALO, 6, after=2)
    assert found[2] == Forward()
    assert found[3] == Forward(0, 1, 0, 1)
    assert found[4] == Forward(0, 1, 1, 2)
    assert found[5] == found[6] == Forward(1, 1, 2, 3)


def test_what_was_decided_before_the_selection_never_counts() -> None:
    assert counted(one("a", 1.05, 3, True, 5), HALO, 6, after=3)[-1] == Forward()


def test_what_leaves_the_window_counts_on_and_what_is_replaced_does_not() -> None:
    world = one("a", 1.05, 3, True)
    assert counted(world, HALO, LONG + 10, after=0)[-1] == Forward(1, 0, 1, 1)
    later = decided("a", "cancelled", 3, known=6)
    assert counted(together(world, ([later], [], [], [])), HALO, 8, after=0)[5:7] == [Forward(1, 0, 1, 1), Forward()]


def test_a_report_takes_the_place_of_the_simulation_where_all_are_told() -> None:
    world = together(one("a", 1.05, 3, True), one("b", 1.05, 3, False))
    reports = [told("r1", "a", False, 4), told("r2", "b", False, 5)]
    found = counted(together(world, ([], [], [], reports)), HALO, 6, after=0)
    assert found[3:6] == [Forward(1, 1, 1, 2), Forward(1, 1, 1, 2), Forward(0, 2, 0, 2)]


@given(
    seed=st.integers(0, 10**6),
    n=st.integers(1, 40),
    after=st.integers(0, 8),
    scope=st.sampled_from(["{}", '{"chain":"sol"}']),
)
def test_sums_equal_a_fresh_count_of_every_day(seed: int, n: int, after: int, scope: str) -> None:
    rng = random.Random(seed)
    world, policy = some_world(rng, n, reported=rng.choice([0.0, 0.5, 1.0])), rng.choice(GRID.looser)
    found = counted(world, policy, 16, after, scope, pieces=17)
    assert found == [plainly(world, policy, k, after, scope) for k in range(17)]


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), pieces=st.integers(1, 6))
def test_runs_of_any_length_give_the_same(seed: int, pieces: int) -> None:
    world = some_world(random.Random(seed), 25, reported=0.4)
    assert counted(world, GRID.looser[-1], 16, 3, pieces=pieces) == counted(world, GRID.looser[-1], 16, 3, pieces=17)


@pytest.mark.parametrize("lookback", [3, 90])
def test_nothing_after_a_day_changes_it(lookback: int) -> None:
    rng = random.Random(5)
    for _ in range(20):
        world = some_world(rng, 30, reported=0.3)
        until = tuple([row for row in part if row["day"] <= day(8)] for part in world)
        whole, cut = (
            differences(known_episodes(*frames(w), GRID, ["profit"]), EPOCH, EPOCH + 8, lookback)
            for w in (world, until)
        )
        assert whole.equals(cut) or _net(whole) == _net(cut)


def _net(found) -> dict:  # type: ignore[no-untyped-def]
    """What remains of changes that cancel each other on a day."""
    keys = [tuple(map(str, row)) for row in found.drop("sign").rows()]
    sums: dict = {}
    for key, sign in zip(keys, found["sign"], strict=True):
        sums[key] = sums.get(key, 0) + sign
    return {key: n for key, n in sums.items() if n}


def test_seen_adds_up() -> None:
    first = Seen((1, 2, 3, 4), (0, 1, 0, 1), 1, 2)
    assert first.plus(first) == Seen((2, 4, 6, 8), (0, 2, 0, 2), 2, 4)
    assert np.array_equal(first.forward, (1, 2, 3, 4))
