"""Candle files as freqtrade writes them, in every format it has; whole months; nothing that still forms."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from learning_pipeline.adapters.freqtrade.candles import candles
from learning_pipeline.contracts.imported import Imported
from learning_pipeline.errors import BadInput
from learning_pipeline.market.parse import parse_bars

START = dt.datetime(2024, 1, 30, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def rows(n: int, first: dt.datetime = START, price: float = 100.0) -> pl.DataFrame:
    """Candles of an hour each, in freqtrade's columns."""
    date = pl.datetime_range(first, first + (n - 1) * HOUR, "1h", time_unit="ms", eager=True)
    closes = [price + i % 7 for i in range(n)]
    same = {"open": closes, "high": [c + 2.0 for c in closes], "low": [c - 2.0 for c in closes], "close": closes}
    return pl.DataFrame({"date": date, **same, "volume": [float(i) for i in range(n)]})


def write(path: Path, frame: pl.DataFrame) -> Path:
    """A candle file in the format of its name, last changed long after its candles."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = path.name.split(".", 1)[1]
    if kind == "feather":
        frame.write_ipc(path, compression="lz4")
    elif kind == "parquet":
        frame.write_parquet(path)
    else:
        text = json.dumps([list(row) for row in frame.with_columns(pl.col("date").dt.epoch("ms")).iter_rows()])
        path.write_bytes(gzip.compress(text.encode()) if kind == "json.gz" else text.encode())
    return path


def every(*paths: Path, pairs: frozenset[str] | None = None) -> list[Imported]:
    return list(candles(paths, pairs, None, None))


def gaps(found: list[Imported]) -> str:
    return "\n".join(gap for one in found for gap in one.gaps)


def bars(found: list[Imported]) -> pl.DataFrame:
    return pl.concat([one.bars for one in found if one.bars is not None])


@pytest.mark.parametrize("kind", ["feather", "parquet", "json", "json.gz"])
def test_every_format_gives_the_same_bars_that_the_market_accepts(tmp_path: Path, kind: str) -> None:
    found = every(write(tmp_path / "binance" / f"BTC_USDT-1h.{kind}", rows(72)))
    assert [one.stem for one in found] == [
        "freqtrade-candles-binance-1h-2024-01",
        "freqtrade-candles-binance-1h-2024-02",
    ]
    assert [one.counts for one in found] == [(("bars", 48), ("pairs", 1)), (("bars", 24), ("pairs", 1))]
    given_, read = rows(72), bars(found)
    assert read["ts"].to_list() == given_["date"].to_list()
    assert read.select(pl.col("open", "high", "low", "close", "volume")).equals(given_.drop("date"))
    assert read["symbol"].unique().to_list() == ["BTC/USDT"]
    for i, one in enumerate(found):
        one.bars.write_parquet(tmp_path / f"{i}.parquet")  # type: ignore[union-attr]
        assert parse_bars(one.bars).refused.is_empty()  # type: ignore[arg-type]


def test_futures_lie_in_a_folder_of_their_own_and_keep_their_pair(tmp_path: Path) -> None:
    folder = tmp_path / "bybit" / "futures"
    kept = write(folder / "BTC_USDT_USDT-1h-futures.feather", rows(3))
    others = [write(folder / f"BTC_USDT_USDT-1h-{kind}.feather", rows(3)) for kind in ("mark", "funding_rate", "index")]
    trades = write(folder / "BTC_USDT_USDT-trades.feather", rows(3))
    found = every(kept, *others, trades)
    assert bars(found)["symbol"].unique().to_list() == ["BTC/USDT:USDT"]
    assert bars(found).height == 3
    assert found[0].told == "1h candles of bybit, 2024-01, 1 pair"
    assert [kind in gaps(found) for kind in ("mark", "funding_rate", "index")] == [True] * 3


def test_a_month_that_is_over_is_the_same_file_however_long_the_history_has_grown(tmp_path: Path) -> None:
    path = tmp_path / "binance" / "BTC_USDT-1h.feather"
    write(path, rows(60))
    before = {one.stem: one.bars for one in every(path)}
    write(path, rows(90))
    after = {one.stem: one.bars for one in candles([path], None, START + 5 * HOUR, START + 60 * HOUR)}
    assert after["freqtrade-candles-binance-1h-2024-01"].equals(before["freqtrade-candles-binance-1h-2024-01"])  # type: ignore[union-attr, arg-type]
    assert after["freqtrade-candles-binance-1h-2024-02"].height == 42  # type: ignore[union-attr]


def test_only_months_that_are_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "binance" / "BTC_USDT-1h.feather", rows(72))
    first = dt.datetime(2024, 2, 1, tzinfo=dt.UTC)
    assert [one.stem[-7:] for one in candles([path], None, first, None)] == ["2024-02"]
    assert [one.stem[-7:] for one in candles([path], None, None, first - HOUR)] == ["2024-01"]
    assert list(candles([path], None, dt.datetime(2025, 1, 1, tzinfo=dt.UTC), None)) == []


def test_a_candle_that_was_forming_when_the_file_was_written_is_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "binance" / "BTC_USDT-1h.feather", rows(5))
    half = (START + 4.5 * HOUR).timestamp()
    os.utime(path, (half, half))
    found = every(path)
    assert bars(found)["ts"].max() == START + 3 * HOUR
    assert "still forming" in gaps(found)
    closed = (START + 5 * HOUR).timestamp()
    os.utime(path, (closed, closed))
    assert bars(every(path)).height == 5
    assert gaps(every(path)) == ""


def test_only_pairs_that_are_asked_for_under_their_own_names(tmp_path: Path) -> None:
    folder = tmp_path / "kraken"
    paths = [write(folder / f"{name}-1h.feather", rows(2)) for name in ("BTC_USD", "ETH_USD", "ETH_S_USD")]
    found = every(*paths, pairs=frozenset({"ETH.S/USD", "BTC/USD"}))
    assert sorted(bars(found)["symbol"].unique()) == ["BTC/USD", "ETH.S/USD"]


def test_one_file_a_pair_and_timeframe_and_the_others_are_named(tmp_path: Path) -> None:
    kept = write(tmp_path / "binance" / "BTC_USDT-1h.feather", rows(2))
    older = write(tmp_path / "binance" / "BTC_USDT-1h.json", rows(2, price=50.0))
    elsewhere = write(tmp_path / "kraken" / "BTC_USDT-1h.feather", rows(2, price=70.0))
    found = every(elsewhere, older, kept)
    assert bars(found)["close"].to_list() == [100.0, 101.0]
    assert str(older) in gaps(found)
    assert f"is read from {kept}" in gaps(found)


def test_months_have_no_fixed_length_and_hdf5_is_not_read(tmp_path: Path) -> None:
    monthly = write(tmp_path / "binance" / "BTC_USDT-1Mo.feather", rows(2))
    hdf5 = tmp_path / "binance" / "BTC_USDT-1h.h5"
    hdf5.write_bytes(b"\x89HDF")
    (found,) = every(monthly, hdf5, tmp_path / "config.json")
    assert found.bars is None
    assert "1Mo have no fixed length" in gaps([found])
    assert "convert-data" in gaps([found])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("BTC_USDT-1h.feather", b"ARROW1 and then nothing"),
        ("BTC_USDT-1h.feather", b""),
        ("BTC_USDT-1h.parquet", b"PAR1xxxx"),
        ("BTC_USDT-1h.json", b'{"pair": "BTC/USDT"}'),
        ("BTC_USDT-1h.json", b'[[1, "NaN", 1, 1, 1, 1]]'),
        ("BTC_USDT-1h.json.gz", gzip.compress(b"[[1, 2")[:-4]),
        ("BTC_USDT-1h.json.gz", b"no gzip at all"),
    ],
)
def test_a_file_that_is_none_is_one_line_and_never_stops_the_others(tmp_path: Path, name: str, content: bytes) -> None:
    bad, good = tmp_path / "binance" / name, write(tmp_path / "binance" / "ETH_USDT-1h.feather", rows(2))
    bad.write_bytes(content)
    with pytest.raises(BadInput, match="expected candles") as said:
        every(bad)
    assert "\n" not in str(said.value)
    found = every(bad, good)
    assert bars(found).height == 2
    assert str(bad) in gaps(found)


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (rows(2).drop("volume"), "no column volume"),
        (rows(2).with_columns(pl.col("date").cast(pl.String)), "expected times in column date"),
        (rows(2).with_columns(close=pl.lit("high")), "conversion"),
    ],
)
def test_columns_that_are_not_candles(tmp_path: Path, frame: pl.DataFrame, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        every(write(tmp_path / "binance" / "BTC_USDT-1h.feather", frame))


def test_a_json_bomb_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("learning_pipeline.adapters.freqtrade.candle_file.MAX_BYTES", 10_000)
    path = tmp_path / "binance" / "BTC_USDT-1h.json.gz"
    path.parent.mkdir()
    path.write_bytes(gzip.compress(b" " * 20_000))
    with pytest.raises(BadInput, match="more than 10000 bytes"):
        every(path)


def test_volume_that_is_no_number_is_unknown_and_times_without_zone_are_utc(tmp_path: Path) -> None:
    frame = rows(2).with_columns(pl.col("date").dt.replace_time_zone(None), volume=pl.lit(float("nan")))
    found = bars(every(write(tmp_path / "binance" / "BTC_USDT-1h.parquet", frame)))
    assert found["volume"].to_list() == [None, None]
    assert found["ts"].to_list() == [START, START + HOUR]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(short=st.integers(1, 80), more=st.integers(0, 80))
def test_no_bar_is_lost_or_told_twice_and_growth_only_adds(tmp_path: Path, short: int, more: int) -> None:
    path = tmp_path / "binance" / "BTC_USDT-1h.feather"
    before = bars(every(write(path, rows(short))))
    after = bars(every(write(path, rows(short + more))))
    assert after.height == after["ts"].n_unique() == short + more
    assert after.head(short).equals(before)
