"""Bars delivered in turns: a known bar is a duplicate, other prices are a revision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning_pipeline.market.merge import MergedBars, merge_bars
from learning_pipeline.market.parse import parse_bars
from learning_pipeline.market.tables import Bars
from learning_pipeline_tests.market.rows import csv, stamp, text


def bars(*rows: dict[str, Any]) -> pl.DataFrame:
    parsed = parse_bars(csv(*rows))
    assert parsed.refused.is_empty()
    return parsed.rows.drop("line_no")


def merged(*deliveries: list[dict[str, Any]]) -> MergedBars:
    """The last of several deliveries merged into those before."""
    return one_by_one(deliveries)[-1]


def one_by_one(deliveries: Sequence[list[dict[str, Any]]]) -> list[MergedBars]:
    """After none of the deliveries, and after each."""
    found = [MergedBars(Bars.frame(), Bars.frame(), 0)]
    for rows in deliveries:
        found.append(merge_bars(found[-1].bars, bars(*rows)))
        Bars.checked(found[-1].bars)
    return found


def test_new_bars_are_added() -> None:
    found = merged([text()], [text(ts=stamp(1))])
    assert (found.bars.height, found.changed["revision"].to_list(), found.n_duplicate) == (2, [0], 0)


def test_a_known_bar_is_a_duplicate() -> None:
    found = merged([text()], [text(), text(ts=stamp(1))])
    assert (found.bars.height, found.changed["ts"].dt.hour().to_list(), found.n_duplicate) == (2, [1], 1)


def test_a_known_bar_without_volume_is_a_duplicate_too() -> None:
    assert merged([text(volume=None)], [text(volume="")]).n_duplicate == 1


@pytest.mark.parametrize("change", [{"close": "104"}, {"volume": "4"}, {"volume": None}])
def test_other_prices_win_and_are_counted(change: dict[str, Any]) -> None:
    found = merged([text(), text(symbol="ETH/USDT")], [text(**change)])
    assert (found.changed["revision"].to_list(), found.n_duplicate) == ([1], 0)
    assert found.bars.sort("symbol")["revision"].to_list() == [1, 0]
    again = merged([text()], [text(**change)], [text()])
    assert again.bars.select("revision", "close").rows() == [(2, 105.0)]


def test_symbols_and_timeframes_are_apart() -> None:
    found = merged([text()], [text(symbol="ETH/USDT"), text(timeframe="4h", close="104")])
    assert found.bars["revision"].to_list() == [0, 0, 0]
    assert found.bars.filter(timeframe="4h")["known_at"].to_list() == [dt.datetime(2024, 1, 1, 4, tzinfo=dt.UTC)]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), unique=True), max_size=5), st.randoms(use_true_random=True))
def test_overlapping_deliveries_in_any_order_give_the_same_bars(hours: list[list[int]], random: Any) -> None:
    deliveries = [[text(ts=stamp(hour)) for hour in some] for some in hours if some]
    shuffled = [random.sample(rows, len(rows)) for rows in random.sample(deliveries, len(deliveries))]
    one, other = merged(*deliveries), merged(*shuffled)
    assert Bars.checked(one.bars).equals(Bars.checked(other.bars))
    assert one.bars["ts"].len() == len({hour for some in hours for hour in some})


@settings(max_examples=40, deadline=None)
@given(st.lists(st.dictionaries(st.integers(0, 3), st.sampled_from(["101", "104", "105"]), min_size=1), max_size=5))
def test_the_last_prices_stay_and_every_row_is_counted(deliveries: list[dict[int, str]]) -> None:
    told = [[text(ts=stamp(hour), close=close) for hour, close in some.items()] for some in deliveries]
    last: dict[int, str] = {}
    n_revised: dict[int, int] = {}
    for some, found in zip(deliveries, one_by_one(told)[1:], strict=True):
        assert found.changed.height + found.n_duplicate == len(some)
        n_revised |= {hour: n_revised.get(hour, 0) + 1 for hour in some if last.get(hour, some[hour]) != some[hour]}
        last |= some
        rows = found.bars.sort("ts").select(pl.col("ts").dt.hour(), "close", "revision").rows()
        assert rows == [(hour, float(last[hour]), n_revised.get(hour, 0)) for hour in sorted(last)]
