"""Days, timeframes, settings."""

from __future__ import annotations

import datetime as dt
import re

import polars as pl
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.contracts import (
    TIMEFRAME_PATTERN,
    Settings,
    day_of,
    day_span,
    days_between,
    end_of,
    timeframe_length,
    timeframe_us,
)

INSTANTS = st.datetimes(
    dt.datetime.fromisoformat("1970-01-02"), dt.datetime.fromisoformat("2200-01-01"), timezones=st.just(dt.UTC)
)
DAYS = st.dates(dt.date(1970, 1, 1), dt.date(2200, 1, 1))
WORDS = st.from_regex(TIMEFRAME_PATTERN, fullmatch=True).filter(lambda word: word.isascii())


@given(INSTANTS)
def test_an_instant_lies_in_its_day_and_midnight_opens_one(at: dt.datetime) -> None:
    day = pl.select(day_of(pl.lit(at))).item()
    assert dt.datetime.combine(day, dt.time(), dt.UTC) <= at <= end_of(day)
    assert pl.select(day_of(pl.lit(end_of(day) + dt.timedelta(microseconds=1)))).item() == day + dt.timedelta(days=1)


@given(DAYS, st.integers(0, 800))
def test_days_between_are_each_day_once(first: dt.date, n: int) -> None:
    days = days_between(first, first + dt.timedelta(days=n))
    assert len(set(days)) == len(days) == n + 1
    assert day_span(pl.Series(days).shuffle(seed=n)) == (days[0], days[-1])


def test_no_days() -> None:
    assert days_between(dt.date(2024, 1, 2), dt.date(2024, 1, 1)) == []
    assert day_span(pl.Series([], dtype=pl.Date)) is None


@given(WORDS)
def test_the_length_of_a_timeframe_is_the_same_in_python_and_polars(word: str) -> None:
    us = pl.select(timeframe_us(pl.lit(word))).item()
    assert us == timeframe_length(word) // dt.timedelta(microseconds=1) > 0


def test_known_lengths_and_nulls() -> None:
    lengths = pl.DataFrame({"t": ["1m", "15m", "4h", "1d", "2w", None]}).select(timeframe_us(pl.col("t")))
    minutes = [1, 15, 240, 1440, 20160]
    assert lengths["t"].to_list() == [m * 60_000_000 for m in minutes] + [None]


@pytest.mark.parametrize("word", ["0m", "01h", "m", "1", "1s", "1M", "-1h", "1h ", "1.5h", "1234567m", ""])
def test_other_words_are_no_timeframes(word: str) -> None:
    assert not re.search(TIMEFRAME_PATTERN, word)


class Limits(Settings):
    """Settings of a room that does not exist."""

    usd: float = 1.0
    words: tuple[str, ...] = ("a",)


def test_settings_are_frozen_closed_and_finite() -> None:
    with pytest.raises(pydantic.ValidationError):
        Limits().usd = 2.0
    with pytest.raises(pydantic.ValidationError):
        Limits.model_validate({"eur": 1.0})
    with pytest.raises(pydantic.ValidationError):
        Limits(usd=float("nan"))


def test_the_fingerprint_of_settings_changes_with_every_value_and_only_then() -> None:
    assert Limits().sha256() == Limits(usd=1.0, words=("a",)).sha256()
    assert len({Limits().sha256(), Limits(usd=2.0).sha256(), Limits(words=("a", "b")).sha256()}) == 3
