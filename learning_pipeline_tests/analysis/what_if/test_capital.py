from __future__ import annotations

import random

import numpy as np
import pytest

from learning_pipeline.analysis.what_if.capital import NEVER, Orders, Room, micro, replay
from learning_pipeline_tests.analysis.what_if.slow import Order, arrays, excesses, random_book, take

USD = 1_000_000


def taken(orders: list[Order], **room: float) -> list[bool]:
    return replay(arrays(orders), Room(**({"capital_usd": 100.0, "max_open_positions": 9} | WIDE | room))).tolist()


WIDE = {"one_position_per_symbol": False}


def order(at: int, ends: int | None, usd: float = 10.0, pnl: float = 0.0, symbol: int = 0) -> Order:
    return Order(at, ends, symbol, round(usd * USD), round(pnl * USD))


@pytest.mark.parametrize("chunk", range(10))
def test_ten_thousand_random_books_equal_the_slow_one_and_never_commit_more_than_they_have(chunk: int) -> None:
    rng = random.Random(chunk)
    n_taken = n_skipped = 0
    for _ in range(1000):
        orders, room = random_book(rng)
        found = replay(arrays(orders), room).tolist()
        assert found == take(orders, room)
        held = [o for o, is_taken in zip(orders, found, strict=True) if is_taken]
        assert max(excesses(held, room), default=0) <= 0
        n_taken, n_skipped = n_taken + len(held), n_skipped + len(orders) - len(held)
    assert min(n_taken, n_skipped) > 3000


def test_with_room_for_everything_everything_is_taken() -> None:
    rng = random.Random(1)
    for _ in range(200):
        orders, _ = random_book(rng)
        assert taken(orders, capital_usd=1e9, max_open_positions=10**6) == [True] * len(orders)


def test_an_exit_frees_before_an_entry_of_the_same_instant() -> None:
    assert taken([order(0, 5, 100), order(4, 9, 100), order(5, 9, 100)]) == [True, False, True]
    assert taken([order(0, 5), order(5, 9)], max_open_positions=1) == [True, True]
    assert taken([order(0, 5), order(5, 9)], one_position_per_symbol=True) == [True, True]


def test_gains_are_not_reinvested_and_losses_shrink_the_book() -> None:
    assert taken([order(0, 1, 100, +50), order(2, 3, 101)]) == [True, False]
    assert taken([order(0, 1, 100, -30), order(2, 3, 71), order(2, 3, 70)]) == [True, False, True]
    # A gain that makes good a loss is no reinvested gain.
    assert taken([order(0, 1, 100, -30), order(2, 3, 70, +30), order(4, 5, 100)]) == [True, True, True]


def test_an_open_position_keeps_slot_symbol_and_capital_to_the_end() -> None:
    late = order(10**9, None, symbol=1)
    assert taken([order(0, None), late], max_open_positions=1) == [True, False]
    assert taken([order(0, None, 95), late]) == [True, False]
    assert taken([order(0, None, symbol=1), late], one_position_per_symbol=True) == [True, False]


def test_what_does_not_fit_is_skipped_and_a_smaller_one_still_fits() -> None:
    assert taken([order(0, 9, 60), order(1, 9, 50), order(2, 9, 40)]) == [True, False, True]


def test_a_long_stretch_that_does_not_fit_is_walked_over() -> None:
    held = [order(0, 10_000, 50)]
    refused = [order(k, 20_000, 51) for k in range(1, 5000)]
    assert taken([*held, *refused, order(6000, 7000, 50), order(6500, 7000, 1)]) == [True] + [False] * 4999 + [
        True,
        False,
    ]


def test_a_loss_beyond_the_notional_stops_the_book_and_breaks_nothing() -> None:
    assert taken([order(0, 1, 10, -150), order(2, 3, 1)]) == [True, False]


def test_amounts_beyond_all_bounds() -> None:
    orders = Orders(
        np.array([0, 1, 2]), np.array([1, 2, NEVER]), np.zeros(3, int), micro(np.array([1e300, 5, 5])), np.zeros(3, int)
    )
    assert replay(orders, Room(10.0, 5, False)).tolist() == [False, True, True]


def test_nobody_asks() -> None:
    assert replay(arrays([]), Room(10.0, 5, True)).tolist() == []
