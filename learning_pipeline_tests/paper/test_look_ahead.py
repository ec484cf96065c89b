"""Nothing the bot does at an instant rests on anything later."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

HOUR = dt.timedelta(hours=1)
START = dt.datetime(2017, 7, 1, tzinfo=dt.UTC)
CUTS = {
    "a working day": dt.datetime(2017, 8, 9, 15, tzinfo=dt.UTC),
    "between two 4h closes": dt.datetime(2017, 8, 9, 18, tzinfo=dt.UTC),
    "a midnight": dt.datetime(2017, 8, 2, tzinfo=dt.UTC),
    "Saturday, as Friday's last 4h bar closes": dt.datetime(2017, 7, 29, tzinfo=dt.UTC),
    "the middle of a weekend": dt.datetime(2017, 8, 5, 13, tzinfo=dt.UTC),
    "Sunday, inside a 4h bar without a price yet": dt.datetime(2017, 8, 6, 21, tzinfo=dt.UTC),
}


def until(events, at):
    return [event for event in events if event["at"] <= at]


def cut(hours, at):
    return hours.filter(pl.col("ts") + HOUR <= at)


def poisoned(hours, at, factor):
    """All prices and volumes after an instant multiplied; a bar under way keeps its open, which is past."""
    later, under_way = pl.col("ts") >= at, (pl.col("ts") < at) & (pl.col("ts") + HOUR > at)
    changed = hours.with_columns(
        pl.when(later).then(pl.col("open") * factor).otherwise("open").alias("open"),
        pl.when(later | under_way).then(pl.col("close") * factor).otherwise("close").alias("close"),
        pl.when(later | under_way).then(pl.col("high") * factor).otherwise("high").alias("high"),
        pl.when(later | under_way).then(pl.col("low") * factor).otherwise("low").alias("low"),
        pl.when(later | under_way).then(pl.col("volume") * factor).otherwise("volume").alias("volume"),
    )
    return changed.with_columns(
        pl.max_horizontal("open", "high", "close").alias("high"), pl.min_horizontal("open", "low", "close").alias("low")
    )


@pytest.mark.parametrize("name", CUTS)
def test_cutting_the_future_off_changes_no_event_of_the_past(walk, hours, events, name):
    at = CUTS[name]
    past = until(events, at)
    assert {event["type"] for event in past} >= {"signal", "decision", "fill", "trade_closed"}
    assert until(walk(cut(hours, at), until=at), at) == past


@settings(max_examples=12, deadline=None)
@given(minutes=st.integers(10 * 1440, 50 * 1440), factor=st.sampled_from([0.5, 0.97, 1.04, 3.0]))
def test_poisoning_the_future_changes_no_event_of_the_past(walk, hours, events, minutes, factor):
    at = START + dt.timedelta(minutes=minutes)
    assert until(walk(poisoned(hours, at, factor)), at) == until(events, at)


def test_poison_changes_the_future(walk, hours, events):
    at = CUTS["a working day"]
    assert walk(poisoned(hours, at, 1.04)) != events


def test_a_planted_leak_is_caught(walk, hours):
    """A bot that sees each bar's prices one hour early acts on what the cut takes away."""

    def leaking(bars):
        prices = pl.col("open", "high", "low", "close")
        return bars.sort("symbol", "ts").with_columns(prices.shift(-1).over("symbol").fill_null(prices))

    leaked = walk(leaking(hours))
    cuts = [CUTS["a working day"] + k * HOUR for k in range(8)]
    same = [until(walk(leaking(cut(hours, at)), until=at), at) == until(leaked, at) for at in cuts]
    assert not all(same)
