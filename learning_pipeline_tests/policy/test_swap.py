from __future__ import annotations

import polars as pl
import pytest
from polars.exceptions import ComputeError

from learning_pipeline.policy import SWAPS, swap_set

ANSWERS = [
    ("s1", "approved", "approved"),
    ("s2", "blocked", "approved"),
    ("s3", "blocked", "approved"),
    ("s4", "approved", "blocked"),
    ("s5", "blocked", "blocked"),
    ("s6", "approved", "unknown"),
]
REDECIDED = pl.DataFrame(ANSWERS, schema=["signal_id", "base", "counterfactual"], orient="row")


def test_counts_and_money() -> None:
    # s3 is open, s6 unlabelled; s9 is nobody's.
    pnl = {"s1": 1.0, "s2": -3.0, "s4": 5.0, "s5": 7.0, "s6": None, "s9": 100.0}
    outcomes = pl.DataFrame({"signal_id": list(pnl), "net_pnl_usd": list(pnl.values())})
    assert swap_set(REDECIDED, outcomes).rows() == [
        ("kept", 1, 1, 1.0),
        ("swapped_in", 2, 1, -3.0),
        ("swapped_out", 1, 1, 5.0),
        ("still_blocked", 1, 1, 7.0),
        ("unknown", 1, 0, 0.0),
    ]


def test_without_outcomes_there_is_no_money() -> None:
    found = swap_set(REDECIDED)
    assert found["n"].to_list() == [1, 2, 1, 1, 1]
    assert found["net_pnl_usd"].null_count() == len(SWAPS)


def test_order_of_rows_does_not_matter_to_the_bit() -> None:
    many = pl.DataFrame({"signal_id": [f"s{k:02}" for k in range(50)], "base": "blocked", "counterfactual": "approved"})
    outcomes = many.select("signal_id", net_pnl_usd=pl.int_range(50) * 0.1)
    shuffled = swap_set(many.reverse(), outcomes.sample(fraction=1.0, shuffle=True, seed=1))
    assert shuffled.equals(swap_set(many, outcomes))


def test_two_outcomes_of_a_signal_are_refused() -> None:
    twice = pl.DataFrame({"signal_id": ["s1", "s1"], "net_pnl_usd": [1.0, 2.0]})
    with pytest.raises(ComputeError, match="validation"):
        swap_set(REDECIDED, twice)


def test_nobody_decided() -> None:
    assert swap_set(REDECIDED.clear())["n"].to_list() == [0] * len(SWAPS)
