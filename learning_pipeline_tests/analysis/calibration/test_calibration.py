"""Calibration by hand: which decisions are compared, on which size, and what is still missing."""

from __future__ import annotations

import pytest

from learning_pipeline.analysis import AnalysisSettings, calibration_pairs
from learning_pipeline_tests.analysis.exploration.journal import (
    Journal,
    bias,
    busy,
    close,
    decide,
    empty,
    frames,
    settle,
)
from learning_pipeline_tests.analysis.rows import Row, day


def three() -> Journal:
    """Strategy a: shadow +8 and +2, real +5 and -10 (on the decision's 1000); strategy b: shadow -4, real -4."""
    journal = empty()
    rows = [("x", 0, "a", 8.0, 0.005), ("y", 1, "a", 2.0, -0.01), ("z", 1, "b", -4.0, -0.004)]
    for name, k, strategy, pnl, roi in rows:
        decide(journal, name, k, word="approved", propensity=None, strategy=strategy)
        settle(journal, name, k, pnl)
        close(journal, name, k + 1, roi)
    return journal


def of(journal: Journal, as_of: int, window: int, strategy: str = "*") -> Row:
    rows = {row["strategy"]: row for row in bias(journal, [as_of], window).rows(named=True)}
    return rows[strategy]


def test_bias_by_hand() -> None:
    row = of(three(), 3, 4)
    assert (row["n"], row["n_pending"], row["n_unlabelled"]) == (3, 0, 0)
    assert (row["real_net_pnl_usd"], row["shadow_net_pnl_usd"], row["bias_usd"]) == pytest.approx((-9, 6, -15))
    # By day -3, -12, 0, 0: mean -3.75, s = 5.679; half = t(.975, 3) = 3.182446 x sqrt(4) x s.
    half = 3.182446 * 2 * 5.678908
    assert (row["ci_low_usd"], row["ci_high_usd"]) == pytest.approx((-15 - half, -15 + half), abs=1e-4)
    assert of(three(), 3, 4, "a")["bias_usd"] == pytest.approx(-15)
    assert of(three(), 3, 4, "b")["bias_usd"] == pytest.approx(0)


def test_only_decisions_that_have_both_are_compared() -> None:
    journal = three()
    for name in ("open", "unsettled", "unlabelled", "blocked", "expired"):
        word = name if name in ("blocked", "expired") else "approved"
        decide(journal, name, 1, word=word, propensity=None)
        if name != "unsettled":
            settle(journal, name, 1, None if name == "unlabelled" else 50.0)
        if name != "open":
            close(journal, name, 2, 0.5)
    row = of(journal, 3, 4)
    assert (row["n"], row["n_pending"], row["n_unlabelled"], row["bias_usd"]) == (3, 2, 1, pytest.approx(-15))


def test_a_trade_counts_from_the_day_on_which_it_was_known_to_be_closed() -> None:
    rows = [of(three(), k, 4) for k in (0, 1, 2)]
    assert [(row["n"], row["n_pending"]) for row in rows] == [(0, 1), (1, 2), (3, 0)]
    assert (rows[0]["bias_usd"], rows[0]["ci_low_usd"]) == (0.0, None)


def test_what_exploration_admitted_is_compared_too() -> None:
    journal = three()
    decide(journal, "e", 1, "g1", word="approved", propensity=0.1)
    settle(journal, "e", 1, 10.0)
    close(journal, "e", 2, 0.03)
    assert (of(journal, 3, 4)["n"], of(journal, 3, 4)["bias_usd"]) == (4, pytest.approx(5))


def test_one_day_has_a_bias_and_no_interval() -> None:
    row = of(three(), 1, 1)
    assert (row["n_pending"], row["ci_low_usd"]) == (2, None)
    journal = three()
    close(journal, "z", 1, 0.0, "again", cost=1e9)  # closed on the day itself, and so large that it alone counts
    assert of(journal, 1, 1, "b")["bias_usd"] == pytest.approx(4, abs=1e-3)
    assert of(journal, 1, 1, "b")["ci_low_usd"] is None


@pytest.mark.parametrize("seed", range(3))
def test_the_pairs_add_up_to_the_row(seed: int) -> None:
    journal = busy(seed)
    tables = frames(journal)
    tables.pop("gates")
    pairs = calibration_pairs(**tables, as_of=day(10), settings=AnalysisSettings(windows=(1, 12)))
    row = of(journal, 10, 12)
    assert pairs.height == row["n"] > 0
    assert pairs["signal_id"].is_sorted()
    assert pairs["real_net_pnl_usd"].sum() == pytest.approx(row["real_net_pnl_usd"])
    assert pairs["shadow_net_pnl_usd"].sum() == pytest.approx(row["shadow_net_pnl_usd"])
