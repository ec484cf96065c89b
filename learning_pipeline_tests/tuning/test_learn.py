"""The fold over days: equal to a plain one, to itself in pieces, and blind to what comes later."""

from __future__ import annotations

import json
import random
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from learning_pipeline.tuning import Learned, Rule, Selections, TuningSettings, learn
from learning_pipeline.tuning.lifecycle import is_test_day
from learning_pipeline_tests.tuning import plain
from learning_pipeline_tests.tuning.worlds import (
    World,
    day,
    decided,
    ended,
    frames,
    gate,
    some_world,
)

HALO = {"blocked_by": ["halo"], "blocker_component": "halo"}
EASY = Rule(min_benefit=1, min_ratio=1.0, cautious_ratio=1.0)
N_DAYS = 120
TEST_DAY = next(k for k in range(30, 200) if is_test_day(day(k)))


def learned(
    world: World, first: int, last: int, rule: Rule, before: pl.DataFrame | None = None, **more: Any
) -> Learned:
    """Days one after the other, from rows of the lookback and later only."""
    asked = TuningSettings(**more)
    horizon = day(first - asked.lookback_days)
    recent: Any = tuple([row for row in part if row["day"] >= horizon] for part in world)
    standing = Selections.frame() if before is None else before
    return learn(*frames(recent), [day(k) for k in range(first, last + 1)], standing, asked, rule)


def in_pieces(world: World, last: int, rule: Rule, size: int, **more: Any) -> Learned:
    parts: list[Learned] = []
    for first in range(0, last + 1, size):
        before = parts[-1].selections.filter(as_of=day(first - 1)) if parts else None
        parts.append(learned(world, first, min(first + size - 1, last), rule, before, **more))
    return Learned(
        *(
            pl.concat(frames_).sort(frames_[0].columns) if frames_[0].width else frames_[0]
            for frames_ in zip(*parts, strict=True)
        )
    )


def stream(
    seed: int, edge: float, n_days: int = N_DAYS, per_day: int = 4, base: float = 0.2, stop: int = 10**6
) -> World:
    """Decisions with halo readings; in a band just outside the limit they win with probability ``edge`` until a day."""
    rng = random.Random(seed)
    world: World = ([], [], [], [])
    for k in range(n_days):
        for j in range(per_day):
            name, halo = f"s{k:03}-{j}", abs(rng.gauss(1.0, 0.25))
            just_outside = 1.0 < halo <= 1.2 and k < stop
            success = rng.random() < (edge if just_outside else base)
            scope = rng.choice(['{"timeframe":"15m"}', '{"timeframe":"1h"}'])
            word, by = ("approved", {}) if halo <= 1 else ("blocked", HALO)
            world[0].append(decided(name, word, k, scope=scope, **by))
            world[1].extend([gate(name, "halo", halo, 1.0, k), gate(name, "ts", 0.7, 0.55, k)])
            world[2].append(ended(name, success, k, k + 1) | {"net_pnl_usd": 2.0 if success else -1.0})
    return world


def states(found: Learned) -> list[tuple[str | None, str, str]]:
    whole = found.selections.filter(scope="{}")["override_id"].unique()
    moves = found.transitions.filter(pl.col("override_id").is_in(whole.implode())).sort("moved_at", maintain_order=True)
    return list(zip(moves["from_state"], moves["to_state"], moves["reason"], strict=True))


def test_an_edge_is_selected_tested_and_comes_into_force() -> None:
    found = learned(stream(1, edge=0.85), 0, N_DAYS - 1, Rule(), n_min=33)
    assert states(found)[0] == (None, "shadow", "selected")
    assert ("shadow", "active", "permutation") in states(found) or ("shadow", "active", "forward") in states(found)
    first = found.selections.filter(scope="{}").row(0, named=True)
    assert json.loads(first["bases"]) == {"halo": 1.0, "ts_min": 0.55}
    assert first["expected_delta_usd"] == pytest.approx(2.0 * first["benefit"] - first["harm"])
    assert first["ci_low_usd"] < first["expected_delta_usd"] < first["ci_high_usd"]
    assert first["forward_benefit"] == first["forward_harm"] == 0


def test_an_edge_that_is_gone_is_retired() -> None:
    """The policy comes into force within the first days; from then on what it admits loses."""
    world = stream(1, edge=0.99, n_days=200, stop=45, base=0.1)
    found = learned(world, 0, 199, Rule())
    assert ("active", "retired", "forward_ratio_below_1") in states(found)


def test_lessons_carry_p_and_q_on_test_days_only() -> None:
    found = learned(stream(2, edge=0.85), 0, N_DAYS - 1, Rule()).lessons
    tested = found.filter(pl.col("p_value").is_not_null())["as_of"].unique().sort().to_list()
    assert tested == [on for on in found["as_of"].unique().sort() if is_test_day(on)]
    silent = found.filter(pl.col("policy").is_null() & pl.col("p_value").is_not_null())
    assert (found["q_value"] >= found["p_value"]).all()
    assert found.filter(pl.col("p_value") < 0.05).height > 0
    assert set(silent["p_value"]) <= {1.0} or silent.height > 0


def test_the_seeds_literal_rule_acts_at_once_and_stops_at_once() -> None:
    found = learned(stream(3, edge=0.6), 0, N_DAYS - 1, Rule(verification="none"))
    assert set(found.selections["route"]) == {"unverified"}
    spoken = found.lessons.filter(pl.col("policy").is_not_null()).select("as_of", "pattern_key", "scope", "policy")
    standing = found.selections.filter(state="active").select("as_of", "pattern_key", "scope", "policy")
    order = ["as_of", "pattern_key", "scope"]
    assert standing.sort(order).equals(spoken.sort(order))
    assert found.lessons["p_value"].null_count() == found.lessons.height


def test_a_narrow_slice_where_it_goes_badly_is_left_out() -> None:
    """In 15m the band wins, in 1h it loses: the whole is good enough, the slice is not."""
    world = stream(4, edge=0.99, per_day=6)
    worse = {d["signal_id"] for d in world[0] if "1h" in d["scope"]}
    outcomes = [o | {"success": False} if o["signal_id"] in worse else o for o in world[2]]
    rule = Rule(min_ratio=0.8, cautious_ratio=0.8)
    found = learned((world[0], world[1], outcomes, []), 0, N_DAYS - 1, rule)
    whole = found.selections.filter(scope="{}", state="active")
    assert whole.height > 0
    assert set(whole["no_change_scopes"].explode().drop_nulls()) == {'{"timeframe":"1h"}'}
    assert found.selections.filter(pl.col("state") != "active")["no_change_scopes"].list.len().sum() == 0


@settings(max_examples=6)
@given(seed=st.integers(0, 10**6), size=st.integers(1, 7))
def test_days_in_pieces_equal_all_at_once(seed: int, size: int) -> None:
    world = some_world(random.Random(seed), 60, reported=0.3)
    more = {"n_min": 3, "lookback_days": 8}
    whole, parts = in_pieces(world, 20, EASY, 99, **more), in_pieces(world, 20, EASY, size, **more)
    for one, other in zip(whole, parts, strict=True):
        assert one.equals(other)


def test_a_year_in_months_equals_all_at_once() -> None:
    world = stream(7, edge=0.8, per_day=3)
    for rule in (Rule(), Rule(verification="none")):
        whole, parts = (in_pieces(world, N_DAYS - 1, rule, size) for size in (999, 30))
        assert all(one.equals(other) for one, other in zip(whole, parts, strict=True))
        assert whole.selections.height > 0


@settings(max_examples=10)
@given(seed=st.integers(0, 10**6), cut=st.integers(2, 18))
@example(seed=70651, cut=3)  # a gate of a later version told another base limit
def test_nothing_later_changes_a_day(seed: int, cut: int) -> None:
    world = some_world(random.Random(seed), 60, reported=0.3)
    past: Any = tuple([row for row in part if row["day"] <= day(cut)] for part in world)
    more = {"n_min": 3, "lookback_days": 8}
    for one, other in zip(learned(world, 0, 20, EASY, **more), learned(past, 0, cut, EASY, **more), strict=True):
        until = one.filter(pl.col("day") <= day(cut))
        assert until.equals(other.filter(pl.col("day") <= day(cut)))


def test_forward_counts_are_those_of_a_fresh_count() -> None:
    world = stream(5, edge=0.6, per_day=3)
    found = learned(world, 0, N_DAYS - 1, Rule()).selections.filter(scope="{}")
    halo = {g["signal_id"]: g["value"] for g in world[1] if g["gate"] == "halo"}
    success = {o["signal_id"]: o["success"] for o in world[2]}
    assert found.height > 30
    for row in found.to_dicts():
        reach = 1.0 + json.loads(row["deltas"])["halo"]
        later = [d for d in world[0] if row["selected_on"] < d["day"] and d["day"] < row["as_of"]]
        admitted = [success[d["signal_id"]] for d in later if 1.0 < halo[d["signal_id"]] <= reach]
        assert (row["forward_benefit"], row["forward_harm"]) == (sum(admitted), len(admitted) - sum(admitted))


def test_row_order_does_not_matter() -> None:
    world = some_world(random.Random(3), 80, reported=0.3)
    rng = random.Random(4)
    shuffled: Any = tuple(rng.sample(part, len(part)) for part in world)
    more = {"n_min": 3, "lookback_days": 8}
    for one, other in zip(learned(world, 0, 20, EASY, **more), learned(shuffled, 0, 20, EASY, **more), strict=True):
        assert one.equals(other)


def test_the_seeds_literal_rule_is_that_of_a_plain_loop() -> None:
    """More than 200 random lessons; override by override, at once in force."""
    rule, asked = Rule(verification="none", min_benefit=1, min_ratio=1.0, cautious_ratio=1.5), {"n_min": 3}
    n_lessons = n_overrides = 0
    for seed in range(40):
        world = some_world(random.Random(seed), 60, reported=seed % 3 / 2)
        found = learned(world, 13, 13, rule, **asked).selections
        expected = plain.lessons(world, day(13), TuningSettings(**asked), rule)
        speaking = [(e["pattern_key"], e["scope"], e["policy"]) for e in expected if e["policy"]]
        assert found.select("pattern_key", "scope", "policy").sort("pattern_key", "scope").rows() == speaking
        assert set(found["state"]) <= {"active"}
        n_lessons, n_overrides = n_lessons + len(expected), n_overrides + len(speaking)
    assert n_lessons >= 200
    assert n_overrides >= 20
