"""Answers depend on what was known by the end of their day, and on nothing else."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from learning_pipeline.contracts import end_of
from learning_pipeline.events.decisions import decide
from learning_pipeline_tests.events.answers import DAY, HOUR, NOON, TTL_MINUTES, day_by_day, reports, signals

WORDS = ["blocked", "cancelled", "expired", "approved"]
GATE_LISTS = [
    ...,
    [],
    [{"name": "ts", "passed": False}],
    [{"name": "halo", "passed": True}, {"name": "ts", "passed": True}],
]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Some signals and reports on them over six days, times on a coarse grid so that ties occur."""
    hours = st.integers(0, 12 * 12).map(lambda k: NOON + k * HOUR)
    ttl = st.sampled_from([{}, {"ttl_bars": 4}, {"ttl_bars": 2, "timeframe": "1d"}, {"ttl_minutes": 90}])
    n = draw(st.integers(1, 4))
    wanted = [{"signal_id": f"s{k}", "at": draw(hours), **draw(ttl)} for k in range(n)]
    said = [
        {
            "signal_id": f"s{draw(st.integers(0, n))}",
            "at": draw(hours),
            "decision": draw(st.sampled_from(WORDS)),
            "gates": draw(st.sampled_from(GATE_LISTS)),
            "blocker_component": draw(st.sampled_from([..., "halo", "ts"])),
        }
        for _ in range(draw(st.integers(0, 6)))
    ]
    return signals(*wanted), reports(*said)


FIRST, LAST = NOON.date(), (NOON + 8 * DAY).date()
Pair = tuple[pl.DataFrame, pl.DataFrame]


def same(one: Pair, other: Pair) -> None:
    for a, b in zip(one, other, strict=True):
        assert_frame_equal(a, b, check_exact=True)


@settings(max_examples=25, deadline=None)  # of nine days each
@given(worlds())
def test_a_range_is_the_same_as_its_days(world: Pair) -> None:
    now = end_of(LAST)
    whole = decide(*world, TTL_MINUTES, FIRST, LAST, now)
    answers, gates = day_by_day(*world, FIRST, LAST, now)
    same(whole, (answers.sort("signal_id", "day"), gates.sort("signal_id", "gate", "day")))


@settings(max_examples=25, deadline=None)
@given(worlds(), st.integers(0, 2**32 - 1))
def test_the_order_of_rows_does_not_matter(world: Pair, seed: int) -> None:
    shuffled = [frame.sample(fraction=1, shuffle=True, seed=seed) for frame in world]
    now = end_of(LAST)
    same(decide(*world, TTL_MINUTES, FIRST, LAST, now), decide(*shuffled, TTL_MINUTES, FIRST, LAST, now))


@settings(max_examples=60, deadline=None)
@given(worlds(), st.integers(0, 8), st.sampled_from(["cut", "poison"]))
def test_nothing_as_of_a_day_depends_on_later_rows(world: Pair, k: int, how: str) -> None:
    day = FIRST + k * DAY
    later = pl.col("happened_at") > end_of(day)
    seen = decide(*world, TTL_MINUTES, FIRST, day, end_of(LAST))
    if how == "cut":
        changed = [frame.filter(~later) for frame in world]
    else:
        wanted, said = world
        changed = [
            wanted.with_columns(entry_price=pl.when(later).then(1e12).otherwise("entry_price")),
            said.with_columns(decision=pl.when(later).then(pl.lit("blocked")).otherwise("decision")),
        ]
    same(seen, decide(*changed, TTL_MINUTES, FIRST, day, end_of(day)))
