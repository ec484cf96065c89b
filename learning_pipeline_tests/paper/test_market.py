"""When the prices of a bar were known."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from learning_pipeline.paper import resample
from learning_pipeline.paper.market import instant, markets


@pytest.fixture(scope="module")
def by_name(hours):
    return {market.name: market for market in markets(pl.concat([resample(hours, "4h"), hours]))}


def test_markets_come_by_symbol_then_by_length(by_name):
    assert list(by_name) == ["BTCUSD-1h", "BTCUSD-4h", "EURUSD-1h", "EURUSD-4h"]


def test_a_sunday_bar_of_four_hours_opens_with_its_first_hour_not_at_its_label(by_name):
    """Sunday 20:00 to 24:00 holds hours from 21:00 on: its open price was not known at 20:00."""
    market = by_name["EURUSD-4h"]
    sunday = [instant(us) for us in market.opened.tolist() if instant(us).weekday() == 6]
    assert sunday[:2] == [dt.datetime(2017, 7, 2, 21, tzinfo=dt.UTC), dt.datetime(2017, 7, 9, 21, tzinfo=dt.UTC)]


def test_elsewhere_the_label_is_the_time_of_the_open(by_name):
    market = by_name["BTCUSD-4h"]
    assert (market.closed - market.opened == 4 * 3_600_000_000)[1:].all()
    assert (by_name["EURUSD-1h"].closed - by_name["EURUSD-1h"].opened == 3_600_000_000).all()
