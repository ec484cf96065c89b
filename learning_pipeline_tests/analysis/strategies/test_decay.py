from __future__ import annotations

import numpy as np
import pytest

from learning_pipeline.analysis import AnalysisSettings, SignalDecay, signal_decay
from learning_pipeline.events.decisions import REACH_DAYS
from learning_pipeline_tests.analysis.strategies.books import Journal, answer, decay, fill, frames, order, signal, trade

NAMES = ["avg_decay_seconds", "median_decay_seconds", "p90_decay_seconds", "drift_bps", "expired_share"]


def test_by_hand() -> None:
    # Executed after 60, 120 and 600 s; long at 101 against 100 is 100 bps worse, short at 99 too, long at 97 better.
    sides, prices = ["long", "short", "long"], [101.0, 99.0, 97.0]
    waits = [60, 120, 600]
    signals = [signal(f"s{k}", 0) for k in range(5)]
    answers = [answer(f"s{k}", 0, side=side) for k, side in enumerate(sides)]
    answers += [answer("s3", 0, "expired"), answer("s4", 0, "blocked")]
    fills = [fill(f"f{k}", 0, waits[k], signal_id=f"s{k}", price=price) for k, price in enumerate(prices)]
    found = decay(Journal(signals, answers, fills=fills), [0], 1)
    assert found["strategy"].to_list() == ["*", "a"]
    for row in found.rows(named=True):
        assert (row["n"], row["n_decided"]) == (3, 5)
        # p90 of three lies 0.8 of the way from the second to the third: 120 + 0.8 x 480.
        assert [row[name] for name in NAMES] == pytest.approx([260.0, 120.0, 504.0, (100 + 100 - 300) / 3, 0.2])


def test_of_several_fills_the_first_counts() -> None:
    fills = [fill("f2", 0, 90, signal_id="s", price=120.0), fill("f1", 0, 30, signal_id="s", price=100.5)]
    row = decay(Journal([signal("s", 0)], [answer("s", 0)], fills=fills), [0], 1).row(0, named=True)
    assert (row["n"], row["avg_decay_seconds"], row["drift_bps"]) == (1, 30.0, pytest.approx(50.0))


@pytest.mark.parametrize(
    "link",
    [
        {"orders": [order("order f", 0, "s")]},
        {"trades": [trade("trade f", 2, 1.0, signal_id="s")]},
    ],
    ids=["by its order", "by its trade"],
)
def test_a_fill_that_names_no_signal_is_executed_once_the_link_is_known(link: dict[str, list]) -> None:
    journal = Journal([signal("s", 0)], [answer("s", 0)], fills=[fill("f", 0, 30)])._replace(**link)
    known_on = max(row["day"] for rows in link.values() for row in rows)
    found = decay(journal, [0, 1, 2], 30)
    by_day = {row["as_of"]: row["n"] for row in found.rows(named=True) if row["strategy"] == "*"}
    assert by_day == {d: int(d >= known_on) for d in by_day}


def test_a_fill_is_of_the_signal_that_it_names_whatever_its_order_says() -> None:
    journal = Journal(
        [signal("s", 0), signal("other", 0)],
        [answer("s", 0), answer("other", 0, strategy="b")],
        orders=[order("order f", 0, "other")],
        fills=[fill("f", 0, 30, signal_id="s")],
    )
    assert decay(journal, [0], 1).select("strategy", "n").rows() == [("*", 1), ("a", 1), ("b", 0)]


def test_fills_of_another_book_execute_nothing() -> None:
    journal = Journal([signal("s", 0)], [answer("s", 0)], fills=[fill("f", 0, 30, signal_id="s", book="learning")])
    assert decay(journal, [0], 1)["n"].to_list() == [0, 0]


@pytest.mark.parametrize(("days_apart", "n"), [(REACH_DAYS, 1), (REACH_DAYS + 1, 0)])
@pytest.mark.parametrize(
    "said",
    [
        {"fills": [fill("f", 0, 30, signal_id="s")]},
        {"fills": [fill("f", 5, 30)], "orders": [order("order f", 0, "s")]},
        {"fills": [fill("f", 0, 30)], "orders": [order("order f", 5, "s")]},
        {"fills": [fill("f", 5, 30)], "trades": [trade("trade f", 0, 1.0, signal_id="s")]},
    ],
    ids=["named by the fill", "by an order before it", "by an order after it", "by its trade"],
)
def test_what_lies_too_long_before_the_decision_executes_nothing(
    said: dict[str, list], days_apart: int, n: int
) -> None:
    # A run reads so many days back and no more: what it said of a late decision would depend on where it began.
    journal = Journal([signal("s", 0)], [answer("s", days_apart)])._replace(**said)
    assert decay(journal, [days_apart], 1)["n"].to_list() == [n, n]


@pytest.mark.parametrize("decided_again", [0, 2], ids=["decided then", "decided anew"])
def test_of_a_revised_decision_each_version_counts_on_its_own_days(decided_again: int) -> None:
    # Approved at 100 and filled there; on day 2 it is known to have expired, at 80: the fill was 2500 bps worse.
    answers = [answer("s", 0), answer("s", decided_again, "expired", known=2, entry_price=80.0)]
    journal = Journal([signal("s", 0)], answers, fills=[fill("f", 0, 30, signal_id="s")])
    found = decay(journal, [0, 1, 2, 3], 30).filter(strategy="a")
    assert (
        found.select("n", "n_decided", "expired_share", "drift_bps").rows()
        == [(1, 1, 0, 0)] * 2 + [(1, 1, 1, 2500)] * 2
    )
    # The second version alone decides which windows it is in.
    assert decay(journal, [2], 1)["n_decided"].to_list() == ([1, 1] if decided_again == 2 else [0])


def test_drift_is_unknown_where_the_price_at_the_decision_is() -> None:
    fills = [fill("f", 0, 30, signal_id="s")]
    row = decay(Journal([signal("s", 0)], [answer("s", 0, entry_price=None)], fills=fills), [0], 1).row(0, named=True)
    assert (row["n"], row["avg_decay_seconds"], row["drift_bps"]) == (1, 30.0, None)


def test_nothing_decided_is_nothing_known() -> None:
    row = decay(Journal(), [0], 30).row(0, named=True)
    assert (row["strategy"], row["n"], row["n_decided"]) == ("*", 0, 0)
    assert [row[name] for name in NAMES] == [None] * 5


def test_many_quantiles_equal_numpy() -> None:
    seconds = [int(s) for s in np.random.default_rng(3).integers(-50, 5000, 41)]
    ids = [f"s{k:02}" for k in range(41)]
    fills = [fill(f"f{i}", 0, s, signal_id=i) for i, s in zip(ids, seconds, strict=True)]
    journal = Journal([signal(i, 0) for i in ids], [answer(i, 0) for i in ids], fills=fills)
    row = decay(journal, [0], 1).row(0, named=True)
    assert row["median_decay_seconds"] == np.median(seconds)
    assert row["p90_decay_seconds"] == pytest.approx(np.quantile(seconds, 0.9))


def test_nothing_asked() -> None:
    given = frames(Journal())
    given.pop("outcomes")
    assert signal_decay(**given, as_ofs=[], settings=AnalysisSettings()).equals(SignalDecay.frame())
