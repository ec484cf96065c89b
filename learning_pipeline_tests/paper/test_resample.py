"""Longer bars against the obvious slow way."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from learning_pipeline.errors import BadInput
from learning_pipeline.paper import resample
from learning_pipeline.paper.resample import BAR_COLUMNS

SCHEMA = ["symbol", "timeframe", "ts", "open", "high", "low", "close", "volume"]


def slowly(bars: pl.DataFrame, hours: int) -> list[tuple]:
    """One longer bar at a time, in plain Python."""
    groups: dict[tuple, list[dict]] = {}
    for bar in bars.sort("symbol", "ts").iter_rows(named=True):
        start = bar["ts"].replace(hour=bar["ts"].hour // hours * hours)
        groups.setdefault((bar["symbol"], start), []).append(bar)
    end = max(bar["ts"] for bar in bars.iter_rows(named=True)) + dt.timedelta(hours=1)
    return [
        (
            symbol,
            f"{hours}h",
            ts,
            own[0]["open"],
            max(b["high"] for b in own),
            min(b["low"] for b in own),
            own[-1]["close"],
        )
        for (symbol, ts), own in sorted(groups.items())
        if ts + dt.timedelta(hours=hours) <= end
    ]


def hour_bar(at: dt.datetime, price: float = 1.0, volume: float | None = 1.0) -> dict:
    return dict(zip(SCHEMA, ["S", "1h", at, price, price, price, price, volume], strict=True))


def frame(*bars: dict) -> pl.DataFrame:
    return pl.DataFrame(list(bars), schema_overrides={"ts": pl.Datetime("us", "UTC"), "volume": pl.Float64})


def test_four_hours_of_real_bars_as_the_slow_way(hours):
    made = resample(hours, "4h")
    assert made.drop("volume").rows() == slowly(hours, 4)
    assert made.columns == BAR_COLUMNS


@settings(deadline=None)
@given(kept=st.sets(st.integers(0, 71), min_size=1))
def test_any_gaps_as_the_slow_way(kept):
    start = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
    bars = frame(*(hour_bar(start + dt.timedelta(hours=k), 1.0 + (k * 37 % 11)) for k in kept))
    assert resample(bars, "4h").drop("volume").rows() == slowly(bars, 4)


def test_order_of_the_input_does_not_matter(hours):
    assert_frame_equal(resample(hours, "4h"), resample(hours.sample(fraction=1.0, shuffle=True, seed=1), "4h"))


def test_a_bar_exists_once_its_last_hour_could_have_closed():
    friday = frame(hour_bar(dt.datetime(2024, 3, 1, 20, tzinfo=dt.UTC)))
    midnight = dt.datetime(2024, 3, 2, tzinfo=dt.UTC)
    assert resample(friday, "4h").is_empty()
    assert resample(friday, "4h", until=midnight - dt.timedelta(microseconds=1)).is_empty()
    assert resample(friday, "4h", until=midnight)["ts"].to_list() == [friday["ts"][0]]


def test_volume_is_unknown_only_where_every_hour_is_unknown():
    start = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
    volumes = [None, 2.0, None, 3.0, None, None, None, None]
    bars = frame(*(hour_bar(start + dt.timedelta(hours=k), volume=v) for k, v in enumerate(volumes)))
    assert resample(bars, "4h")["volume"].to_list() == [5.0, None]


def test_several_timeframes_are_refused(hours):
    with pytest.raises(BadInput, match="expected bars of one timeframe that divides 6h, were 1h, 4h"):
        resample(pl.concat([hours, resample(hours, "4h")]), "6h")


def test_no_bars_give_no_bars(hours):
    assert resample(hours.head(0), "4h").is_empty()
