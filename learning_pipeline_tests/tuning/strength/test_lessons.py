"""Strength lessons: the rule by example, then against plain loops."""

from __future__ import annotations

import datetime as dt
import math
import random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning_pipeline.events.tables import Trades
from learning_pipeline.tuning import TuningSettings
from learning_pipeline.tuning.strength import strength
from learning_pipeline_tests.tuning.strength import plain
from learning_pipeline_tests.tuning.strength.worlds import Row, some_trades, traded
from learning_pipeline_tests.tuning.worlds import day


def rows(trades: list[Row], as_of: int = 20, n_min: int = 1, **more: Any) -> list[dict[str, Any]]:
    return strength(Trades.frame(trades), [day(as_of)], TuningSettings(n_min=n_min, **more)).to_dicts()


@pytest.mark.parametrize(
    ("roi", "trimmed", "reached", "way"),
    [
        (-0.05, False, None, (-1, 0)),
        (-0.05, True, True, (-1, 1)),
        (0.0, True, None, (-1, 1)),  # nothing won is lost
        (0.05, None, True, (1, -1)),
        (0.05, True, False, (0, 0)),
    ],
)
def test_which_way_a_trade_says_to_lean(roi: float, trimmed: bool | None, reached: bool | None, way: tuple) -> None:
    """Beside a heavy win without S3, which leans no way but weighs."""
    (lesson,) = rows([traded("a", roi, trimmed, reached), traded("b", 0.4, None, False)])
    share = math.tanh(abs(roi) / 0.1) / (math.tanh(abs(roi) / 0.1) + math.tanh(4))
    assert (lesson["dir_a"], lesson["dir_e"]) == (pytest.approx(way[0] * share), pytest.approx(way[1] * share))


def test_a_lesson_by_hand() -> None:
    """ROI -.1 untrimmed, -.1 trimmed, +.2 with S3: weights .7616, .7616, .9640; mean 0; variance .02."""
    (lesson,) = rows([traded("a", -0.1, False, None), traded("b", -0.1, True, None), traded("c", 0.2, None, True)])
    w, heavy = math.tanh(1), math.tanh(2)
    assert lesson["dir_a"] == pytest.approx((heavy - 2 * w) / (heavy + 2 * w))
    assert lesson["dir_e"] == pytest.approx((w - heavy) / (heavy + 2 * w))
    assert (lesson["n"], lesson["edge_raw_roi"]) == (3, pytest.approx(0))
    assert (lesson["support"], lesson["reliability"]) == (pytest.approx(1 - math.exp(-3 / 50)), pytest.approx(1 / 3))
    assert lesson["confidence"] == pytest.approx(lesson["support"] / 3)
    assert (lesson["p_trim"], lesson["p_s3"]) == (0.5, 1.0)


@pytest.mark.parametrize(("n", "support"), [(33, 0.4831), (50, 0.6321), (150, 0.9502)])
def test_support_grows_with_trades_and_equal_results_are_reliable(n: int, support: float) -> None:
    (lesson,) = rows([traded(f"t{k:03}", -0.05, False, None) for k in range(n)], n_min=33)
    assert (lesson["support"], lesson["reliability"]) == (pytest.approx(support, abs=5e-5), 1.0)
    assert (lesson["dir_a"], lesson["dir_e"]) == (pytest.approx(-1), 0.0)


def test_where_every_result_is_zero_nothing_leans() -> None:
    (lesson,) = rows([traded("a", 0.0, True, None), traded("b", 0.0, False, None)])
    assert (lesson["dir_a"], lesson["dir_e"], lesson["edge_raw_roi"]) == (0.0, 0.0, 0.0)


def test_a_trade_of_unknown_direction_is_left_out_and_counted() -> None:
    unclear = [traded("x", -0.5, None, True), traded("y", 0.5, True, None)]
    (lesson,) = rows([traded("a", -0.1, False, None), *unclear])
    assert (lesson["n"], lesson["n_unclear"], lesson["edge_raw_roi"]) == (1, 2, pytest.approx(-0.1))
    assert (lesson["p_trim"], lesson["p_s3"]) == (0.0, None)
    assert rows(unclear) == []


def test_a_lesson_needs_enough_trades_of_known_direction() -> None:
    some = [traded(f"t{k}", -0.1, False, None) for k in range(3)]
    assert [len(rows([*some, traded("x", 0.1, None, None)], n_min=n)) for n in (3, 4)] == [1, 0]


def test_each_trade_counts_once_in_its_newest_version_as_known_then() -> None:
    corrected = [traded("a", -0.1, False, None), traded("a", 0.2, None, True, 0, told=5)]
    assert [rows(corrected, as_of)[0]["edge_raw_roi"] for as_of in (0, 4, 5)] == [-0.1, -0.1, 0.2]


def test_the_window_is_by_the_close() -> None:
    some = [traded("a", -0.1, False, None, 0), traded("b", 0.3, None, True, 5)]
    assert [[r["n"] for r in rows(some, as_of, lookback_days=5)] for as_of in (0, 4, 5, 9, 10)] == [
        [1],
        [1],
        [1],
        [1],
        [],
    ]


def test_a_trade_that_claims_a_close_to_come_counts_as_closed_when_told() -> None:
    early = traded("a", -0.1, False, None, 30, told=3)
    assert [len(rows([early], as_of, lookback_days=5)) for as_of in (2, 3, 7, 8)] == [0, 1, 1, 0]


def test_other_books_and_trades_without_a_pattern_make_no_lesson() -> None:
    assert rows([traded("a", -0.1, False, None, book="research")]) == []
    assert rows([traded("a", -0.1, False, None, pattern_key=None)]) == []


def test_no_trades_and_no_days() -> None:
    assert rows([]) == []
    assert strength(Trades.frame([traded("a", -0.1, False, None)]), [], TuningSettings()).is_empty()


ASKED = TuningSettings(n_min=2, lookback_days=9)


def nearly(x: object) -> object:
    return pytest.approx(x, rel=1e-12, abs=1e-12) if isinstance(x, float) else x


@settings(max_examples=60)
@given(st.randoms(use_true_random=True), st.integers(0, 40))
def test_equals_the_plain_loop(rng: random.Random, n: int) -> None:
    trades = some_trades(rng, n, 14)
    for k in (5, 13):
        found = strength(Trades.frame(trades), [day(k)], ASKED).to_dicts()
        expected = plain.strength(trades, day(k), ASKED)
        assert [(r["pattern_key"], r["scope"]) for r in found] == [(r["pattern_key"], r["scope"]) for r in expected]
        for row, other in zip(found, expected, strict=True):
            assert row == {
                name: pytest.approx(x, rel=1e-12, abs=1e-12) if isinstance(x, float) else x for name, x in other.items()
            }


some_roi = st.floats(-2, 2) | st.sampled_from([1e-300, -1e-9, 0.0])
some_flags = st.sampled_from([True, False, None])


@given(st.lists(st.tuples(some_roi, some_flags, some_flags), min_size=1, max_size=60))
def test_directions_never_sum_above_zero(trades: list[tuple[float, bool | None, bool | None]]) -> None:
    """Not by one bit, whatever the weights."""
    for lesson in rows([traded(f"t{k:02}", *each) for k, each in enumerate(trades)]):
        assert lesson["dir_a"] + lesson["dir_e"] <= 0
        assert -1 <= lesson["dir_a"] <= 1
        assert -1 <= lesson["dir_e"] <= 1
        assert 0 <= lesson["confidence"] <= 1


@settings(max_examples=20)
@given(st.randoms(use_true_random=True))
def test_neither_order_nor_future_nor_other_days_matter(rng: random.Random) -> None:
    trades = some_trades(rng, 60, 14)
    together = strength(Trades.frame(trades), [day(6), day(12)], ASKED)
    assert strength(Trades.frame(rng.sample(trades, len(trades))), [day(12), day(6)], ASKED).equals(together)
    past = Trades.frame([row for row in trades if row["day"] <= day(6)])
    assert strength(past, [day(6)], ASKED).equals(together.filter(pl.col("as_of") == day(6)))


@pytest.mark.parametrize("seed", range(3))
def test_a_day_needs_no_trade_from_before_its_window(seed: int) -> None:
    trades = some_trades(random.Random(seed), 400, 60)
    as_ofs = [day(k) for k in range(50, 60)]
    near = [row for row in trades if row["day"] >= day(50) - dt.timedelta(days=ASKED.lookback_days)]
    whole = strength(Trades.frame(trades), as_ofs, ASKED)
    assert strength(Trades.frame(near), as_ofs, ASKED).equals(whole)
    assert whole.height > 50
