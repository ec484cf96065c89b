"""Reserved at submit, trued up at fill, released at the end; what was lost stays consumed until the day ends."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.books.learning import RiskBook
from learning_pipeline.books.learning.moves import Died, Snapshot
from learning_pipeline_tests.books.learning.rows import DAY_US, NOON_US, a_book, closed, filled, submitted


def told(book, move):
    return [(c.change, c.reason, c.risk_usd, c.change_usd) for c in book.apply(move)]


def test_the_life_of_an_order_by_hand():
    """Risk 2 at its limit of 100, 2.5 at its fill of 100.5; half of it leaves, then the rest; 0.1 of fees a fill."""
    book = a_book()
    assert told(book, submitted("t")) == [("reserved", None, 2.0, 2.0)]
    assert told(book, filled("t", 1, price=100.5)) == [("trued_up", "filled", 2.5, 0.5)]
    assert (book.reserved_usd, book.exposure_usd, book.lost_usd) == (2.5, 100.5, 0.0)
    assert told(book, filled("t", 2, -1, 99.0, 0.5, "x")) == [("released", "trimmed", 1.25, -1.25)]
    assert told(book, filled("t", 3, -1, 98.0, 0.5, "y")) == [("released", "flat", 0.0, -1.25)]
    assert (book.reserved_usd, book.exposure_usd) == (0.0, 0.0)
    assert book.lost_usd == pytest.approx(0.75 + 1.25 + 0.3)
    assert told(book, closed("t", 3, -2.4)) == [("released", "closed", 0.0, 0.0)]
    assert (book.lost_usd, book.used_usd, book.n_trades) == (2.4, 2.4, 1), "the report counts, not the fills"
    book.begin(book.day + 1)
    assert (book.used_usd, book.n_trades, book.experiments) == (0.0, 0, {"e1": -2.4})


def test_without_a_stop_the_whole_notional_is_at_risk():
    book = a_book()
    book.apply(submitted("t", stop=None, qty=3.0))
    assert (book.reserved_usd, book.exposure_usd) == (300.0, 300.0)


def test_an_order_without_any_price_is_unknown_until_it_is_filled():
    book = a_book()
    assert told(book, submitted("t", price=None)) == [("reserved", None, None, None)]
    assert told(book, filled("t", 1)) == [("trued_up", "filled", 2.0, None)]


def test_partial_fills_true_up_what_is_filled_and_keep_the_rest_reserved():
    book = a_book()
    book.apply(submitted("t", qty=4.0))
    assert told(book, filled("t", 1, price=101.0)) == [("trued_up", "filled", 9.0, 1.0)]
    assert book.exposure_usd == 101.0 + 300.0


def test_a_short_is_the_mirror_image():
    book = a_book()
    book.apply(submitted("t", side=-1, stop=102.0))
    assert told(book, filled("t", 1, -1, 99.0)) == [("trued_up", "filled", 3.0, 1.0)]
    assert told(book, filled("t", 2, 1, 98.0, order="x")) == [("released", "flat", 0.0, -3.0)]
    assert book.results["t"].pnl_usd == pytest.approx(0.8)


def test_orders_that_die_give_their_risk_back_and_stay_counted():
    book = a_book()
    book.apply(submitted("a"))
    book.apply(submitted("b"))
    book.apply(filled("b", 1))
    assert told(book, Died(NOON_US, "s-a")) == [("released", "died", 0.0, -2.0)]
    assert told(book, Died(NOON_US, "s-b")) == [], "what is filled is a trade"
    assert (book.reserved_usd, book.n_trades) == (2.0, 2)


def test_an_order_that_a_week_does_not_fill_is_let_go():
    book = a_book()
    book.apply(submitted("a"))
    assert book.begin(book.day + 7) == []
    (change,) = book.begin(book.day + 1)
    assert (change.reason, change.at_us % DAY_US, book.reserved_usd) == ("never_filled", 0, 0.0)


def test_another_price_of_an_open_order_is_a_true_up_and_an_exit_reserves_nothing():
    book = a_book()
    book.apply(submitted("t"))
    assert told(book, submitted("t", 1, price=101.0)) == [("trued_up", "order_changed", 3.0, 1.0)]
    book.apply(filled("t", 2))
    assert told(book, submitted("t", 3, order_id="x-t", side=-1)) == []
    assert book.n_trades == 1


def test_the_first_snapshot_of_the_newest_day_is_the_equity():
    book = RiskBook()
    for day, equity in ((1, 100.0), (1, 50.0), (2, 70.0), (1, 10.0), (2, 30.0)):
        book.apply(Snapshot(day * DAY_US + int(equity), equity))
    assert book.equity_usd == 70.0


def test_a_close_in_another_book_is_told_and_changes_no_result():
    book = a_book()
    book.apply(submitted("t"))
    (change,) = book.apply(closed("t", 5, -7.0, in_own_book=False))
    assert (change.reason, change.trade_id, change.pnl_usd) == ("closed_in_another_book", "t", -7.0)
    assert (book.lost_usd, book.reserved_usd) == (0.0, 0.0)
    assert book.apply(closed("other", 6, -7.0, in_own_book=False)) == []


def life(k: int, price: float, pnl: float) -> list:
    name = f"t{k}"
    return [submitted(name, 3 * k), filled(name, 3 * k + 1, price=price), closed(name, 3 * k + 2, pnl)]


@given(prices=st.lists(st.floats(90, 110), min_size=1, max_size=8), seed=st.integers(0, 99))
def test_the_order_of_other_trades_changes_no_bit(prices, seed):
    """Lives of trades interleaved at random: the same state to the last bit."""
    lives = [life(k, price, price - 100.0) for k, price in enumerate(prices)]
    one = a_book()
    for move in [move for some in lives for move in some]:
        one.apply(move)
    other, rng = a_book(), random.Random(seed)
    left = [list(some) for some in lives]
    while any(left):
        other.apply(rng.choice([some for some in left if some]).pop(0))
    assert msgspec.json.encode(one, order="sorted") == msgspec.json.encode(other, order="sorted")
    assert (one.used_usd, one.n_consecutive_losses) == (other.used_usd, other.n_consecutive_losses)
