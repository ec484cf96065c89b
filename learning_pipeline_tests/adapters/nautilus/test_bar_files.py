"""Bars of a catalog: every price is the nearest float to what was written, every time is the open."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.adapters.nautilus import imported
from learning_pipeline.adapters.nautilus.bar_files import bar_type_in, bars_of
from learning_pipeline.errors import BadInput
from learning_pipeline.market.parse import parse_bars
from learning_pipeline_tests.adapters.nautilus import catalogs, exports
from learning_pipeline_tests.adapters.nautilus.exports import at

MINUTES = "BTCUSDT-PERP.BINANCE-1-MINUTE-LAST-EXTERNAL"


def read(path: Path) -> pl.DataFrame:
    bar_type = bar_type_in(path)
    assert bar_type is not None
    return bars_of(path, bar_type)


def refused(path: Path) -> str:
    with pytest.raises(BadInput) as e:
        list(imported([path]))
    assert "\n" not in str(e.value)
    return str(e.value)


HIGH = st.integers(-(2**126), 2**126)
STANDARD = st.integers(-(2**63), 2**63 - 2)


@given(st.lists(HIGH, min_size=1, max_size=30))
def test_sixteen_bytes_are_the_nearest_float(tmp_path_factory: pytest.TempPathFactory, raw: list[int]) -> None:
    assert decoded(tmp_path_factory.mktemp("bars"), raw, 16) == [float(Decimal(n).scaleb(-16)) for n in raw]


@given(st.lists(STANDARD, min_size=1, max_size=30))
def test_eight_bytes_are_the_nearest_float(tmp_path_factory: pytest.TempPathFactory, raw: list[int]) -> None:
    exact = [float(Decimal(n).scaleb(-9)) for n in raw]
    assert decoded(tmp_path_factory.mktemp("bars"), raw, 8) == exact
    assert decoded(tmp_path_factory.mktemp("bars"), raw, 8, pa.array(raw, pa.int64())) == exact


def decoded(folder: Path, raw: list[int], width: int, column: pa.Array | None = None) -> list[float]:
    """What is read of a file with these integers as closes; its arrays begin inside a buffer."""
    numbers = [n.to_bytes(width, "little", signed=True) for n in raw]
    prices = pa.array(numbers, pa.binary(width)) if column is None else column
    times = pa.array([exports.ns(k) for k in range(len(raw))], pa.uint64())
    names = ["open", "high", "low", "close", "volume", "ts_event", "ts_init"]
    table = pa.table(dict(zip(names, [prices] * 5 + [times] * 2, strict=True)))
    pq.write_table(table.replace_schema_metadata({"bar_type": MINUTES}), folder / "x.parquet", row_group_size=7)
    return read(folder / "x.parquet")["close"].to_list()


@pytest.mark.parametrize("width", [8, 16])
def test_a_price_that_is_not_there_is_null(tmp_path: Path, width: int) -> None:
    largest = 2 ** (8 * width - 1) - 1
    assert decoded(tmp_path, [largest, 5 * 10 ** {8: 9, 16: 16}[width]], width) == [None, 5.0]


def test_the_time_is_the_open(tmp_path: Path) -> None:
    """Nautilus stamps the close: a bar of the first hour of a day is stamped 01:00 and is ours of 00:00."""
    path = catalogs.write_bars(tmp_path, "AUD/USD.SIM-1-HOUR-MID-EXTERNAL", ["0.65", "0.66"], 60, 60)
    bars = read(path)
    assert bars.select("symbol", "timeframe", "ts", "close").rows() == [
        ("AUD/USD.SIM", "1h", at(0), 0.65),
        ("AUD/USD.SIM", "1h", at(60), 0.66),
    ]
    assert parse_bars(bars).refused.is_empty()


def test_a_close_in_the_last_millisecond_is_the_end_of_its_second(tmp_path: Path) -> None:
    path = catalogs.write_bars(tmp_path, MINUTES, ["1.5"], first_close_minute=1 - 0.001 / 60)
    assert read(path)["ts"].to_list() == [at(0)]


def test_bars_that_time_does_not_make_are_passed_over_and_said(tmp_path: Path) -> None:
    catalogs.write_bars(tmp_path, MINUTES, ["1.5"])
    catalogs.write_bars(tmp_path, "BTCUSDT-PERP.BINANCE-100-TICK-LAST-EXTERNAL", ["9.5"])
    catalogs.write_bars(tmp_path, "BTCUSDT-PERP.BINANCE-30-SECOND-LAST-EXTERNAL", ["9.5"])
    (found,) = imported([tmp_path])
    assert found.bars is not None
    assert found.bars["close"].to_list() == [1.5]
    passed = [gap.split(" ")[0] for gap in found.gaps if "minutes, hours, days or weeks" in gap]
    assert passed == [
        "BTCUSDT-PERP.BINANCE-100-TICK-LAST-EXTERNAL",
        "BTCUSDT-PERP.BINANCE-30-SECOND-LAST-EXTERNAL",
    ]


def test_of_several_prices_of_one_bar_the_last_trade_is_read(tmp_path: Path) -> None:
    for price, close in [("BID", "1.0"), ("LAST", "1.5"), ("ASK", "2.0")]:
        catalogs.write_bars(tmp_path, f"ETH.SIM-5-MINUTE-{price}-EXTERNAL", [close])
    catalogs.write_bars(tmp_path, "ETH.SIM-5-MINUTE-LAST-INTERNAL", ["3.0"])
    (found,) = imported([tmp_path])
    assert found.bars is not None
    assert found.bars["close"].to_list() == [1.5]
    assert sum("another price" in gap for gap in found.gaps) == 3


def test_a_truncated_file_is_one_line(tmp_path: Path) -> None:
    path = catalogs.write_bars(tmp_path, MINUTES, ["1.5"] * 100)
    path.write_bytes(path.read_bytes()[:-50])
    assert str(path) in refused(path)
    assert str(path) in refused(tmp_path)


def test_prices_that_are_no_integers_are_refused(tmp_path: Path) -> None:
    """Catalogs of versions before fixed-point prices held floats."""
    path = catalogs.write_bars(tmp_path, MINUTES, ["1.5"])
    table = pq.read_table(path)
    pq.write_table(table.set_column(0, "open", pa.array([1.5])), path)
    words = refused(path)
    assert "`open`" in words
    assert "found double" in words


def test_other_parquet_is_passed_over_in_a_folder_and_refused_by_name(tmp_path: Path) -> None:
    catalogs.write_bars(tmp_path, MINUTES, ["1.5"])
    other = tmp_path / "instrument.parquet"
    pl.DataFrame({"id": ["ETH.SIM"], "price_precision": [2]}).write_parquet(other)
    assert len(list(imported([tmp_path]))) == 1
    assert "found none of them" in refused(other)
