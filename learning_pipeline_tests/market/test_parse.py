"""Every delivered row is a bar, a duplicate, or refused with its reason."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning_pipeline.events.refusals import REASON_CODES
from learning_pipeline.market.parse import ParsedBars, parse_bars
from learning_pipeline.market.tables import Bars
from learning_pipeline_tests.market.rows import MONDAY, csv, stamp, text, typed


def accounted(raw: pl.DataFrame) -> ParsedBars:
    """What a file holds; the bars keep their contract and the rows add up."""
    parsed = parse_bars(raw)
    Bars.checked(parsed.rows.drop("line_no"))
    numbers = pl.concat([parsed.rows["line_no"], parsed.refused["line_no"]])
    assert numbers.is_unique().all()
    assert numbers.is_between(1, max(raw.height, 1)).all()
    assert parsed.n_lines == raw.height == numbers.len() + parsed.n_duplicate
    assert set(parsed.refused["reason_code"]) <= set(REASON_CODES)
    return parsed


def codes(raw: pl.DataFrame) -> list[str]:
    return accounted(raw).refused["reason_code"].to_list()


def test_a_bar_of_text_and_a_typed_bar_are_the_same() -> None:
    from_text, from_typed = accounted(csv(text())), accounted(typed())
    assert from_text.rows.equals(from_typed.rows)
    assert from_text.rows.row(0, named=True) == {
        "day": MONDAY.date(),
        "symbol": "BTC/USDT",
        "timeframe": "1h",
        "ts": MONDAY,
        "open": 100.0,
        "high": 110.0,
        "low": 95.0,
        "close": 105.0,
        "volume": 3.0,
        "known_at": MONDAY + dt.timedelta(hours=1),
        "revision": 0,
        "line_no": 1,
    }


REFUSED: dict[str, list[dict[str, Any]]] = {
    "null_value": [{name: blank} for name in ["symbol", "timeframe", "ts", "open", "close"] for blank in (None, "")],
    "naive_time": [{"ts": "2024-01-01 00:00:00"}, {"ts": "2024-01-01T00:00"}, {"ts": "2024-01-01"}],
    "bad_time": [
        {"ts": "1704067200"},
        {"ts": "2024-02-30T00:00:00Z"},
        {"ts": "2024-01-01T24:00:00Z"},
        {"ts": "2024-01-01T00:00:00+99:00"},
        {"ts": "yesterday"},
        {"ts": "0001-01-01T00:00:00Z"},
        {"ts": "9999-12-31T23:59:59Z"},
        {"ts": "2099-12-31T23:00:00Z"},
        {"timeframe": "999999w"},
    ],
    "wrong_type": [{"open": "1_00"}, {"open": "nan"}, {"high": "Infinity"}, {"low": "0x5F"}, {"volume": "many"}],
    "not_finite": [{"high": "1e999"}, {"volume": "1e999"}],
    "unknown_word": [{"timeframe": "60"}, {"timeframe": "1M"}, {"timeframe": "0m"}, {"timeframe": "1h\n"}],
    "bad_prices": [
        {"low": "0"},
        {"low": "-95"},
        {"low": "-0.0"},
        {"volume": "-1"},
        {"high": "104"},
        {"low": "101"},
        {"high": "99", "close": "98"},
    ],
}


@pytest.mark.parametrize(("code", "change"), [(code, change) for code in REFUSED for change in REFUSED[code]])
def test_a_bad_row_is_refused_by_name(code: str, change: dict[str, Any]) -> None:
    bad = text(**change)
    parsed = accounted(csv(text(), bad, text(ts=stamp(1))))
    (found,) = parsed.refused.iter_rows(named=True)
    assert (found["line_no"], found["reason_code"]) == (2, code)
    assert json.loads(found["raw"]) == bad
    assert found["detail"]


@pytest.mark.parametrize(
    "change",
    [
        {"ts": "2024-01-01 00:00:00Z"},
        {"ts": "2024-01-01T05:30:00.000000000+05:30"},
        {"volume": None},
        {"volume": ""},
        {"volume": "0"},
        {"open": "1e2", "high": "+110", "low": "95."},
        {"open": "95", "high": "95", "low": "95", "close": "95"},
        {"ts": "1928-01-01T00:00:00Z"},
    ],
)
def test_what_is_unusual_but_valid_is_kept(change: dict[str, Any]) -> None:
    assert codes(csv(text(**change))) == []


@pytest.mark.parametrize("volume", [None, "", "-0"])
def test_no_volume_is_null_and_minus_zero_is_zero(volume: str | None) -> None:
    (kept,) = accounted(csv(text(volume=volume))).rows["volume"]
    assert str(kept) == ("0.0" if volume == "-0" else "None")


def test_a_file_without_volumes_is_fine() -> None:
    assert accounted(csv(text()).drop("volume")).rows["volume"].to_list() == [None]


@pytest.mark.parametrize("name", ["line_no", "why", "day", "reason_code", "note"])
def test_columns_of_any_other_name_are_left_out(name: str) -> None:
    assert accounted(csv(text(**{name: "7"}))).rows.height == 1
    assert codes(csv(text(**{name: "7"}, open="?"))) == ["wrong_type"]


@pytest.mark.parametrize(
    "change", [{"open": 100, "high": 110, "low": 95, "close": 105}, {"volume": 2**40}, {"volume": None}]
)
def test_typed_numbers_may_be_whole(change: dict[str, Any]) -> None:
    assert codes(typed(**change)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"open": True},
        {"open": dt.timedelta(1)},
        {"open": [100.0]},
        {"ts": MONDAY.replace(tzinfo=None)},
        {"ts": MONDAY.date()},
        {"ts": 1704067200},
        {"symbol": 7},
        {"timeframe": 60},
    ],
)
def test_a_column_of_the_wrong_type_refuses_every_row(change: dict[str, Any]) -> None:
    assert codes(typed(**change)) == ["bad_schema"]


def test_a_missing_column_refuses_every_row_and_names_it() -> None:
    parsed = accounted(csv(text(), text()).drop("close"))
    assert parsed.refused["reason_code"].to_list() == ["bad_schema"] * 2
    assert "missing close" in parsed.refused["detail"][0]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"open": None}, "null_value"),
        ({"high": float("nan")}, "not_finite"),
        ({"volume": float("nan")}, "not_finite"),
        ({"high": float("inf")}, "not_finite"),
        ({"low": 0}, "bad_prices"),
    ],
)
def test_typed_numbers_are_checked_too(change: dict[str, Any], code: str) -> None:
    assert codes(typed(**change)) == [code]


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_typed_times_of_any_unit_and_zone(unit: Any, zone: str) -> None:
    dtype = pl.Datetime(unit, zone)
    assert accounted(typed().cast({"ts": dtype})).rows["ts"].to_list() == [MONDAY]
    assert accounted(typed().clear().cast({"ts": dtype})).n_lines == 0
    for far in (2**62, -(2**62), 10**11):
        beyond = typed().with_columns(pl.Series("ts", [far]).cast(dtype))
        assert codes(beyond) == (["bad_time"] if abs(far) > 10**15 else [])


def test_files_without_rows() -> None:
    assert accounted(csv()).n_lines == 0
    assert accounted(csv().drop("open")).n_lines == 0


def test_equal_rows_are_counted_and_one_stays() -> None:
    parsed = accounted(csv(text(), text(ts="2024-01-01 01:00:00+01:00"), text(open="1e2")))
    assert (parsed.rows["line_no"].to_list(), parsed.n_duplicate) == ([1], 2)


@pytest.mark.parametrize("other", [{"close": "104"}, {"volume": None}, {"volume": "4"}])
def test_rows_of_one_key_that_differ_are_all_refused(other: dict[str, Any]) -> None:
    parsed = accounted(csv(text(), text(symbol="ETH/USDT"), text(**other), text()))
    assert parsed.rows["symbol"].to_list() == ["ETH/USDT"]
    assert parsed.refused.select("line_no", "reason_code").rows() == [(k, "conflicting_bar") for k in (1, 3, 4)]


@st.composite
def rows_of_csv(draw: st.DrawFn) -> dict[str, Any]:
    """A row of a few keys, its fields now and then anything."""
    row = text(ts=stamp(draw(st.integers(0, 3))), symbol=draw(st.sampled_from(["A", "B"])))
    row["close"] = draw(st.sampled_from(["105", "104", "105.0"]))
    if draw(st.integers(0, 4)) == 0:
        anything = st.none() | st.text(max_size=6) | st.sampled_from(["nan", "-1", "1e999", "1h", stamp(1)])
        row[draw(st.sampled_from(list(row)))] = draw(anything)
    return row


@settings(max_examples=100, deadline=None)
@given(st.lists(rows_of_csv(), max_size=10))
def test_rows_add_up_for_any_text(rows: list[dict[str, Any]]) -> None:
    accounted(csv(*rows))


@settings(max_examples=60, deadline=None)
@given(st.lists(rows_of_csv(), max_size=10), st.randoms())
def test_the_order_of_rows_does_not_matter(rows: list[dict[str, Any]], random: Any) -> None:
    shuffled = random.sample(rows, len(rows))
    one, other = accounted(csv(*rows)), accounted(csv(*shuffled))
    tables = [Bars.checked(parsed.rows.drop("line_no")) for parsed in (one, other)]
    assert tables[0].equals(tables[1])
    refused = [sorted(parsed.refused.select("reason_code", "raw").rows()) for parsed in (one, other)]
    assert refused[0] == refused[1]
    assert one.n_duplicate == other.n_duplicate
