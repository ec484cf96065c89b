"""Which override is in force: the narrowest one, alone, from the base limit, for as long as it runs."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.errors import BadInput
from learning_pipeline.overrides import Applied, Index, Override, apply, read_overrides
from learning_pipeline.overrides.override import plain_overrides
from learning_pipeline_tests.overrides.rows import NOON, an_override

S1 = "pm.uptrend.S1.entry"
HALO = {"halo": 2.0}
LATER = NOON + dt.timedelta(days=1)


def in_force(*overrides: Override, scope: dict[str, str] | None = None, at: dt.datetime = LATER) -> Applied:
    return apply(Index(overrides), HALO, S1, scope or {}, at)["halo"]


def test_the_seeds_example_takes_the_narrowest_and_blends_nothing() -> None:
    everywhere = an_override("global", pattern_key=S1, operand=1.1, n=500)
    quarter = an_override("15m", pattern_key=S1, scope={"timeframe": "15m"}, operand=1.05, n=100)
    micro = an_override("micro", pattern_key=S1, scope={"timeframe": "15m", "bucket": "micro"}, operand=1.3, n=40)
    found = in_force(everywhere, quarter, micro, scope={"timeframe": "15m", "bucket": "micro"})
    assert found == Applied(2.0, 2.0 * 1.3, "micro", losers=("15m", "global"))
    assert in_force(everywhere, quarter, micro, scope={"timeframe": "15m"}).override_id == "15m"
    assert in_force(everywhere, quarter, micro, scope={"timeframe": "1h"}).override_id == "global"


def test_nothing_matches_and_the_bots_own_limit_stands() -> None:
    others = [
        an_override("other-pattern", pattern_key="pm.range.S1.entry"),
        an_override("other-scope", scope={"timeframe": "15m"}),
        an_override("other-gate", gate="ts"),
    ]
    assert in_force(*others) == Applied(2.0, 2.0)


@pytest.mark.parametrize(
    ("change", "limit"),
    [
        ({"action": "scale", "operand": 0.5}, 1.0),
        ({"action": "threshold", "operand": 7.0}, 7.0),
        ({"action": "drop", "operand": None}, None),
    ],
)
def test_each_change_does_what_was_simulated(change: dict[str, object], limit: float | None) -> None:
    assert in_force(an_override(**change)) == Applied(2.0, limit, "o1", is_dropped=limit is None)


def test_it_counts_from_its_approval_to_its_end_which_is_no_longer_in_it() -> None:
    one = an_override()
    tick = dt.timedelta(microseconds=1)
    instants = [NOON - tick, NOON, one.expires_at - tick, one.expires_at]
    assert [in_force(one, at=at).override_id for at in instants] == [None, "o1", "o1", None]


def test_ties_go_to_more_decisions_then_to_the_newer_then_to_the_smaller_id() -> None:
    few, many = an_override("a", n=10), an_override("z", n=11)
    assert in_force(few, many).override_id == "z"
    newer = an_override("y", n=11, selected_at=NOON + dt.timedelta(hours=1))
    assert in_force(few, many, newer).override_id == "y"
    assert in_force(many, an_override("b", n=11)).losers == ("z",)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a time with a time zone"):
        in_force(an_override(), at=LATER.replace(tzinfo=None))


WORDS = {"timeframe": ["15m", "1h"], "bucket": ["asia", "us"], "regime": ["wild", "calm"]}
scopes = st.fixed_dictionaries({}, optional={name: st.sampled_from(words) for name, words in WORDS.items()})
sets = st.lists(
    st.builds(
        an_override,
        override_id=st.sampled_from("abcdefgh"),
        scope=scopes,
        pattern_key=st.sampled_from([None, S1, "other"]),
        operand=st.sampled_from([0.5, 1.5]),
        n=st.integers(1, 3),
        selected_at=st.integers(-3, 3).map(lambda days: NOON + dt.timedelta(days=days)),
    ),
    unique_by=lambda override: override.override_id,
    max_size=8,
)


@given(overrides=sets, scope=scopes, seed=st.integers(0, 99))
def test_the_order_of_overrides_does_not_matter_and_no_match_is_narrower_than_the_winner(
    overrides: list[Override], scope: dict[str, str], seed: int
) -> None:
    found = in_force(*overrides, scope=scope)
    assert in_force(*random.Random(seed).sample(overrides, len(overrides)), scope=scope) == found
    matching = [
        o
        for o in overrides
        if o.pattern_key in (None, S1) and all(scope.get(k) == v for k, v in o.scope.items()) and o.selected_at <= LATER
    ]
    assert {found.override_id, *found.losers} - {None} == {o.override_id for o in matching}
    for winner in [o for o in matching if o.override_id == found.override_id]:
        narrowness = {o.override_id: len([*o.scope, *([o.pattern_key] if o.pattern_key else [])]) for o in matching}
        assert narrowness[winner.override_id] == max(narrowness.values())
        assert found.threshold == 2.0 * winner.operand, "of the base limit alone"


@given(overrides=sets)
def test_overrides_survive_being_written_and_read(overrides: list[Override]) -> None:
    assert read_overrides(plain_overrides(overrides)) == overrides


@pytest.mark.parametrize(
    "damage",
    [
        {"operand": "1.1"},
        {"n": None},
        {"action": "widen"},
        {"more": 1},
        {"operand": None},
        {"selected_at": "2024-03-04"},
    ],
)
def test_a_row_that_is_no_override_is_refused_whole(damage: dict[str, object]) -> None:
    good, bad = plain_overrides([an_override("a"), an_override("b")])
    with pytest.raises(BadInput, match=r"overrides: .*\$\[1\]"):
        read_overrides([good, bad | damage])


@given(overrides=sets, scope=scopes, hours=st.integers(-100, 100))
def test_the_index_finds_what_trying_all_of_them_finds(
    overrides: list[Override], scope: dict[str, str], hours: int
) -> None:
    at = LATER + dt.timedelta(hours=hours)
    matching = [
        o
        for o in overrides
        if o.pattern_key in (None, S1) and o.scope.items() <= scope.items() and o.active_at <= at < o.expires_at
    ]
    narrowness = {o.override_id: len(o.scope) + bool(o.pattern_key) for o in matching}
    best = sorted(matching, key=lambda o: (-narrowness[o.override_id], -o.n, -o.selected_at.timestamp(), o.override_id))
    names = [o.override_id for o in best]
    found = apply(Index(overrides), HALO, S1, scope, at)["halo"]
    assert [found.override_id, *found.losers] == (names or [None])
    hasty = apply(Index(overrides), HALO, S1, scope, at, explain=False)["halo"]
    assert (hasty.threshold, hasty.override_id) == (found.threshold, found.override_id)


def test_a_step_is_added_to_the_bots_own_limit_of_today() -> None:
    one = an_override(action="delta", operand=0.2, base_threshold=1.0, effective_threshold=1.2)
    assert in_force(one).threshold == 2.2


def test_where_its_own_evidence_is_bad_a_broader_override_does_not_apply() -> None:
    broad = an_override("broad", no_change_scopes=[{"timeframe": "1h"}])
    assert in_force(broad, scope={"timeframe": "15m"}).override_id == "broad"
    assert in_force(broad, scope={"timeframe": "1h", "bucket": "us"}) == Applied(2.0, 2.0)
    narrow = an_override("narrow", scope={"timeframe": "1h"})
    assert in_force(broad, narrow, scope={"timeframe": "1h"}).override_id == "narrow"
