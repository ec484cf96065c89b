"""Numbers and times of foreign tables: what is read is right, what is not certain is not read."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.adapters.tabular.cell import Naive, number_of, time_of

AT = dt.datetime(2024, 3, 1, 12, 30, tzinfo=dt.UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_read_back(number: float) -> None:
    assert number_of(repr(number), decimal_comma=False) == number
    assert number_of(number, decimal_comma=False) == number


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_a_number_with_a_decimal_comma_is_read_back(number: Decimal) -> None:
    assert number_of(f"{number:f}".replace(".", ","), decimal_comma=True) == float(number)
    grouped = f"{number:,.4f}".translate(str.maketrans(",.", ".,"))
    assert number_of(grouped, decimal_comma=True) == float(number)


@pytest.mark.parametrize(
    "text", ["1,5", "1,234", "inf", "nan", "0x10", "1 000", "1e999", "12 USDT", "\u0661", True, ""]
)
def test_what_is_not_certainly_a_number_is_none(text: Any) -> None:
    assert number_of(text, decimal_comma=False) is None


@pytest.mark.parametrize("text", ["1.234", "1.5,2,5", "1,2,3", "1e5", ""])
def test_what_is_not_certainly_a_number_with_a_decimal_comma_is_none(text: str) -> None:
    """1.234 may be 1234 or 1.234."""
    assert number_of(text, decimal_comma=True) is None


@given(st.integers(946_684_800, 4_102_444_799), st.sampled_from([1, 10**3, 10**6, 10**9]))
def test_a_count_since_1970_is_told_by_its_size(seconds: int, per_second: int) -> None:
    whole = dt.datetime.fromtimestamp(seconds, dt.UTC)
    count = seconds * per_second
    assert time_of(count, None) == time_of(str(count), None) == whole


ONE = [
    "2024-03-01T12:30:00Z",
    "2024-03-01 12:30:00+00:00",
    "2024-03-01T13:30:00.000+01:00",
    "2024-03-01 12:30:00 +00:00",
]


@pytest.mark.parametrize("value", [*ONE, AT, "1709296200.0", 1709296200000])
def test_one_instant_in_many_words(value: Any) -> None:
    assert time_of(value, None) == AT


@pytest.mark.parametrize("value", ["2024-03-01 12:30", "2024-03-01", AT.replace(tzinfo=None), AT.date()])
def test_a_time_without_a_zone_is_told_apart(value: Any) -> None:
    assert isinstance(time_of(value, None), Naive)
    placed = time_of(value, BERLIN)
    assert isinstance(placed, dt.datetime)
    assert placed.utcoffset() == dt.timedelta(hours=1)


@pytest.mark.parametrize("value", ["2024-10-27 02:30", "2024-03-31 02:30"])
def test_a_local_time_that_was_twice_or_never_is_no_time(value: str) -> None:
    assert time_of(value, BERLIN) is None


@pytest.mark.parametrize("value", ["03/01/2024", "yesterday", "12", "99999999999999999999", "nan", "1e400", -1, "0"])
def test_what_is_no_time(value: Any) -> None:
    assert time_of(value, None) is None
