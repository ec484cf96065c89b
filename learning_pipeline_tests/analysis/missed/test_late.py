"""What must hold of missed opportunities and of the edge against delay in every small world."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning_pipeline.analysis import EdgeDecay, MissedOpportunities
from learning_pipeline_tests.analysis.missed import plain_late
from learning_pipeline_tests.analysis.missed.late import edge, missed
from learning_pipeline_tests.analysis.plain import assert_same
from learning_pipeline_tests.analysis.rows import day, outcome
from learning_pipeline_tests.analysis.strategies.books import Journal, answer, board, journals
from learning_pipeline_tests.analysis.strategies.plain_books import known

tables = pytest.mark.parametrize("table", [missed, edge])
days = st.integers(0, 14)
tenths = journals(unit=0.1, most=16)
"""Worlds whose sums round: another order of addition gives other bits. Half as many as `modest`, of twice the size:
a call costs the same, and more rows meet in it."""
modest = settings(deadline=None, max_examples=60)
few = settings(deadline=None, max_examples=30)


@modest
@given(journals(), days, st.sampled_from([1, 2, 5, 12]))
def test_missed_opportunities_equal_the_plain_loop(journal: Journal, as_of: int, window: int) -> None:
    found = missed(journal, [as_of], window)
    assert_same(found.rows(named=True), plain_late.missed_rows(journal, day(as_of), window))


@modest
@given(journals(), days, st.sampled_from([1, 2, 5, 12]))
def test_edge_decay_equals_the_plain_loop(journal: Journal, as_of: int, window: int) -> None:
    found = edge(journal, [as_of], window)
    assert_same(found.rows(named=True), plain_late.edge_rows(journal, day(as_of), window))


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


@tables
@few
@given(journal=tenths, as_of=days)
def test_nothing_known_later_counts(table: object, journal: Journal, as_of: int) -> None:
    seen = known(journal, day(as_of))
    expected = table(seen, [as_of], 1, 12)
    assert table(journal, [as_of], 1, 12).equals(expected)
    again = {d["signal_id"]: d | {"strategy": "poison", "day": day(20)} for d in seen.decisions}
    ruined = [o | {"net_pnl_usd": 1e9, "day": day(20)} for o in seen.outcomes]
    late = [o | {"known_at": o["known_at"].replace(day=21)} for o in ruined]
    poisoned = seen._replace(decisions=[*seen.decisions, *again.values()], outcomes=[*seen.outcomes, *late])
    assert table(poisoned, [as_of], 1, 12).equals(expected)


@few
@given(tenths, days)
def test_at_once_the_edge_is_the_leaderboards_shadow(journal: Journal, as_of: int) -> None:
    at_once = edge(journal, [as_of], 1, 12).filter(pl.col("delay_bars") == 0)
    shadow = board(journal, [as_of], 1, 12).filter(pl.col("kind") == "shadow")
    same = ["as_of", "window_days", "strategy", "n", "n_pending", "n_unlabelled"]
    same += ["total_pnl_usd", "ci_low_usd", "ci_high_usd"]
    # The leaderboard also names strategies that were only traded in the window.
    assert at_once.select(same).equals(shadow.select(same).join(at_once, on=same[1:3], how="semi"))


def test_missed_by_hand() -> None:
    words = {"s1": "expired", "s2": "expired", "s3": "expired", "s4": "cancelled", "s5": "blocked", "s6": "approved"}
    made = [outcome("s1", 0, 0, 8.0), outcome("s2", 0, 0, -2.0), outcome("s4", 0, 0, None)]
    journal = Journal(decisions=[answer(s, 0, w) for s, w in words.items()], outcomes=made)
    cancelled, expired = missed(journal, [2], 3).filter(strategy="*").rows(named=True)
    assert (expired["n"], expired["n_never_decided"], expired["n_settled"], expired["n_pending"]) == (3, 1, 2, 1)
    assert (expired["missed_profit_usd"], expired["avoided_loss_usd"], expired["net_pnl_usd"]) == (8.0, 2.0, 6.0)
    assert expired["win_rate"] == 0.5
    # Day totals 6, 0, 0: mean 2, s^2 = (16 + 4 + 4) / 2 = 12; half = 4.302653 sqrt(3 x 12) = 25.8159.
    assert (expired["ci_low_usd"], expired["ci_high_usd"]) == pytest.approx((6 - 25.8159, 6 + 25.8159), abs=1e-3)
    assert (cancelled["n"], cancelled["n_unlabelled"]) == (1, 1)
    assert (cancelled["win_rate"], cancelled["ci_low_usd"]) == (None, None)


def test_edge_by_hand() -> None:
    """Three settled, +6 -2 +10. One bar later s1 is past its target, -2.3 and 10.1 remain; after three only -1.4."""
    words = {"s1": "blocked", "s2": "approved", "s3": "approved", "s4": "expired", "s5": "blocked"}
    settled = [outcome(f"s{k}", 0, 0, pnl) for k, pnl in ((1, 6.0), (2, -2.0), (3, 10.0), (4, 99.0))]
    journal = Journal(decisions=[answer(s, 0, w) for s, w in words.items()], outcomes=settled)
    now, one, three = edge(journal, [2], 3).filter(strategy="*").rows(named=True)
    assert [(row["n"], row["n_pending"]) for row in (now, one, three)] == [(3, 1)] * 3
    assert [row["n_enterable"] for row in (now, one, three)] == [3, 2, 1]
    assert [row["n_target_passed"] for row in (now, one, three)] == [0, 1, 2]
    assert [row["delay_seconds"] for row in (now, one, three)] == [0, 10800, 32400]
    assert [row["total_pnl_usd"] for row in (now, one, three)] == pytest.approx([14.0, 7.8, -1.4])
    assert [row["mean_net_r"] for row in (now, one, three)] == pytest.approx([14 / 21, 7.8 / 21, -1.4 / 21])
    assert [row["delay_cost_usd"] for row in (now, one, three)] == pytest.approx([0, 6.2, 15.4])
    # Day totals 15.4, 0, 0: s^2 = 15.4^2 / 3, half = 4.302653 x 15.4.
    assert three["cost_ci_high_usd"] == pytest.approx(15.4 + 4.302653 * 15.4, abs=1e-4)


def test_a_signal_that_was_approved_after_all_is_missed_until_then() -> None:
    late = [answer("s1", 0, "expired"), answer("s1", 0, "approved", known=2)]
    found = missed(Journal(decisions=late, outcomes=[outcome("s1", 0, 0, 5.0)]), [1, 2], 30)
    assert found.filter(decision="expired", strategy="*")["n"].to_list() == [1, 0]


def test_nothing_asked_and_no_delays() -> None:
    assert missed(Journal(), [], 30).equals(MissedOpportunities.frame())
    assert edge(Journal(), [], 30).equals(EdgeDecay.frame())
    assert edge(Journal(decisions=[answer("s1", 0)]), [0], 30, delays=()).equals(EdgeDecay.frame())
    assert missed(Journal(), [0], 30).height == 2
