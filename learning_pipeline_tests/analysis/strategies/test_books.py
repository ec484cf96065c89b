"""What must hold of decay and leaderboard in every small world."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning_pipeline_tests.analysis.plain import assert_same
from learning_pipeline_tests.analysis.rows import at, day, outcome
from learning_pipeline_tests.analysis.strategies import plain_books
from learning_pipeline_tests.analysis.strategies.books import (
    Journal,
    answer,
    board,
    decay,
    fill,
    journals,
    order,
    signal,
    trade,
)

tables = pytest.mark.parametrize("table", [decay, board])
days = st.integers(0, 14)
tenths = journals(unit=0.1, most=16)
"""Worlds whose sums round: another order of addition gives other bits. Half as many as `modest`, of twice the size:
a call costs the same, and more rows meet in it."""
modest = settings(deadline=None, max_examples=60)
few = settings(deadline=None, max_examples=30)


@modest
@given(journals(), days, st.sampled_from([1, 2, 5, 12]))
def test_decay_equals_the_plain_loop(journal: Journal, as_of: int, window: int) -> None:
    found = decay(journal, [as_of], window)
    assert_same(found.rows(named=True), plain_books.decay_rows(journal, day(as_of), window))


@modest
@given(journals(), days, st.sampled_from([1, 2, 5, 12]))
def test_leaderboard_equals_the_plain_loop(journal: Journal, as_of: int, window: int) -> None:
    found = board(journal, [as_of], window)
    assert_same(found.rows(named=True), plain_books.board_rows(journal, day(as_of), window))


@tables
@few
@given(journal=tenths, as_ofs=st.lists(days, min_size=2, max_size=4))
def test_a_row_does_not_depend_on_other_days_or_windows(table: object, journal: Journal, as_ofs: list[int]) -> None:
    together = table(journal, as_ofs, 1, 4, 12)
    of_day, of_window = pl.col("as_of") == day(as_ofs[0]), pl.col("window_days") == 4
    assert table(journal, as_ofs[:1], 1, 4, 12).equals(together.filter(of_day))
    assert table(journal, as_ofs, 4).equals(together.filter(of_window))


@tables
@few
@given(journal=tenths, as_of=days, random=st.randoms(use_true_random=True))
def test_order_of_rows_does_not_matter(table: object, journal: Journal, as_of: int, random: object) -> None:
    shuffled = Journal(*(random.sample(rows, len(rows)) for rows in journal))
    assert table(shuffled, [as_of], 1, 12).equals(table(journal, [as_of], 1, 12))


def cut(journal: Journal, as_of: int) -> Journal:
    """The world without any row after the day."""
    return plain_books.known(journal, day(as_of))


def poisoned(journal: Journal, as_of: int) -> Journal:
    """The world as of the day, and afterwards nonsense: again every row, worth and done differently."""
    then, late, again = day(20), at(20), cut(journal, as_of)
    stamp = {"day": then, "happened_at": late}
    money = {"net_pnl_usd": 1e9, "net_roi": 1e6, "day": then, "known_at": late}
    outcomes = {o["signal_id"]: o | money for o in again.outcomes}
    decisions = {d["signal_id"]: d | {"strategy": "poison", "side": "short", "day": then} for d in again.decisions}
    trades = {t["trade_id"]: t | stamp | {"pnl_usd": 1e9, "signal_id": "s1"} for t in again.trades}
    late_orders = {o["order_id"]: o | stamp | {"signal_id": "s1"} for o in again.orders}
    fills = [f | stamp | {"event_id": f"late {f['event_id']}", "price": 1e9} for f in again.fills]
    bare = [order(f["order_id"], 20, "s1") for f in again.fills if f["order_id"] not in late_orders]
    closed = [trade(f["trade_id"], 0, 1e9, known=20) for f in again.fills if f["trade_id"] not in trades]
    added = [[], decisions.values(), [*late_orders.values(), *bare], fills, [*trades.values(), *closed]]
    return Journal(*([*old, *new] for old, new in zip(again, [*added, outcomes.values()], strict=True)))


@tables
@few
@given(journal=tenths, as_of=days)
def test_nothing_known_later_counts(table: object, journal: Journal, as_of: int) -> None:
    expected = table(cut(journal, as_of), [as_of], 1, 12)
    assert table(journal, [as_of], 1, 12).equals(expected)
    assert table(poisoned(journal, as_of), [as_of], 1, 12).equals(expected)


@pytest.mark.parametrize("leak", ["fills", "outcomes", "trades"])
def test_a_planted_leak_is_caught(leak: str) -> None:
    # All of these are known on day 3; one that is dated back to day 0 changes what is said of day 1.
    rows = {"fills": fill("f", 3, signal_id="s"), "outcomes": outcome("s", 0, 3, 5.0), "trades": trade("t", 0, 5.0, 3)}
    world = Journal([signal("s", 0)], [answer("s", 0)])
    honest = world._replace(**{name: [row] for name, row in rows.items()})
    leaking = honest._replace(**{leak: [rows[leak] | {"day": day(0)}]})

    def said(journal: Journal) -> list[tuple]:
        return [*decay(journal, [1], 12).rows(), *board(journal, [1], 12).rows()]

    assert said(honest) == said(cut(honest, 1))
    assert said(leaking) != said(cut(honest, 1))
