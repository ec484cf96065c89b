"""What must hold in every small world, for both tables."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning_pipeline_tests.analysis.guards import plain
from learning_pipeline_tests.analysis.guards.worlds import World, blocked, busy, failed, guards, opportunity, worlds
from learning_pipeline_tests.analysis.plain import assert_same
from learning_pipeline_tests.analysis.rows import Row, at, day, outcome

tables = pytest.mark.parametrize("table", [guards, opportunity])
days = st.integers(0, 14)
tenths = worlds(unit=0.1, most=20)
"""Worlds whose sums round: another order of addition gives other bits. Half as many as `modest`, of twice the size:
a call costs the same, and more rows meet in it."""
modest = settings(deadline=None, max_examples=60)
few = settings(deadline=None, max_examples=30)


@modest
@given(worlds(), days, st.sampled_from([1, 2, 5, 12]))
def test_guards_equal_the_plain_loop(world: World, as_of: int, window: int) -> None:
    found = guards(world, [as_of], window)
    assert_same(found.rows(named=True), plain.guard_rows(world, day(as_of), window))


@pytest.mark.parametrize("seed", range(6))
def test_guards_equal_the_plain_loop_where_much_happens(seed: int) -> None:
    found = guards(busy(seed), [12], 13)
    assert_same(found.rows(named=True), plain.guard_rows(busy(seed), day(12), 13))


@modest
@given(worlds(), days, st.sampled_from([1, 2, 5, 12]))
def test_opportunity_equals_the_plain_loop(world: World, as_of: int, window: int) -> None:
    found = opportunity(world, [as_of], window)
    assert_same(found.rows(named=True), [plain.opportunity_row(world, day(as_of), window)])


@tables
@few
@given(world=tenths, as_ofs=st.lists(days, min_size=2, max_size=4))
def test_a_row_does_not_depend_on_other_days_or_windows(table: object, world: World, as_ofs: list[int]) -> None:
    together = table(world, as_ofs, 1, 4, 12)
    of_day, of_window = pl.col("as_of") == day(as_ofs[0]), pl.col("window_days") == 4
    assert table(world, as_ofs[:1], 1, 4, 12).equals(together.filter(of_day))
    assert table(world, as_ofs, 4).equals(together.filter(of_window))


@tables
@few
@given(world=tenths, as_of=days, random=st.randoms(use_true_random=True))
def test_order_of_rows_does_not_matter(table: object, world: World, as_of: int, random: object) -> None:
    shuffled = tuple(random.sample(rows, len(rows)) for rows in world)
    assert table(shuffled, [as_of], 1, 12).equals(table(world, [as_of], 1, 12))


def poisoned(world: World, as_of: int) -> World:
    """The world with nonsense in every row after the day, and one more version and outcome of every signal."""
    decisions, gates, outcomes = world
    later = {"blocked_by": ["poison"], "blocker_component": "poison", "gates_complete": False}
    money = {"net_pnl_usd": 1e9, "net_roi": 1e6}
    again = {d["signal_id"]: d | later | {"day": day(20)} for d in decisions}.values()
    return (
        [*[d | later if d["day"] > day(as_of) else d for d in decisions], *again],
        [g | {"passed": None} if g["day"] > day(as_of) else g for g in gates],
        [
            *[o | money if o["day"] > day(as_of) else o for o in outcomes],
            *[
                o
                | money
                | {
                    "day": day(20),
                    "known_at": at(20),
                }
                for o in _last(outcomes)
            ],
        ],
    )


def _last(outcomes: list[Row]) -> list[Row]:
    return list({o["signal_id"]: o for o in outcomes}.values())


def cut(world: World, as_of: int) -> World:
    """The world without any row after the day."""
    return tuple([row for row in rows if row["day"] <= day(as_of)] for rows in world)


@tables
@few
@given(world=tenths, as_of=days)
def test_nothing_known_later_counts(table: object, world: World, as_of: int) -> None:
    assert table(poisoned(world, as_of), [as_of], 1, 12).equals(table(cut(world, as_of), [as_of], 1, 12))


@tables
def test_a_planted_leak_is_caught(table: object) -> None:
    # The outcome is known on day 3; dated back to day 0 it leaks into day 1, and cutting the world no longer agrees.
    honest = [blocked("s", 0, "g1")], [failed("s", 0, "g1")], [outcome("s", 0, 3, 5.0)]
    leaking = honest[0], honest[1], [honest[2][0] | {"day": day(0)}]
    assert table(honest, [1], 12).equals(table(cut(honest, 1), [1], 12))
    assert not table(leaking, [1], 12).equals(table(cut(honest, 1), [1], 12))


@tables
def test_every_window_is_summed_from_its_own_days(table: object) -> None:
    # Tenths: taking an early sum from a late one rounds otherwise than adding the days of the window.
    ids = {f"s{k:02}": k % 12 for k in range(36)}
    decisions, gates = [blocked(s, k, "g1") for s, k in ids.items()], [failed(s, k, "g1") for s, k in ids.items()]
    world = decisions, gates, [outcome(s, k, k, 0.1 * (n * 7 % 23 - 11)) for n, (s, k) in enumerate(ids.items())]
    for window in range(1, 12):
        of_window = pl.col("window_days") == window
        assert table(world, [11, 12], window).equals(table(world, [11, 12], window, 12).filter(of_window))
