"""The bundled bars are what their note says."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl
import pytest

FOLDER = Path(__file__).parents[2] / "data" / "sample"
SCHEMA = {
    "symbol": pl.String,
    "timeframe": pl.String,
    "ts": pl.Datetime("us", "UTC"),
    "open": pl.Float64,
    "high": pl.Float64,
    "low": pl.Float64,
    "close": pl.Float64,
    "volume": pl.Float64,
}


@pytest.mark.parametrize(("name", "rows"), [("btcusd_1h", 20_111), ("eurusd_1h", 6_225)])
def test_file_has_the_bars_columns_and_the_digest_of_its_note(name, rows):
    path = FOLDER / f"{name}.parquet"
    bars = pl.read_parquet(path)
    assert bars.schema == SCHEMA
    assert bars.height == rows
    assert bars["ts"].is_sorted()
    assert bars["ts"].is_unique().all()
    assert f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" in (FOLDER / "PROVENANCE.md").read_text()


def test_prices_lie_between_low_and_high(sample):
    held = pl.all_horizontal(
        pl.col("low") > 0,
        *(pl.col(name).is_finite() & pl.col(name).is_between("low", "high") for name in ("open", "close")),
    )
    assert sample.select(held.all()).item()


def test_twelve_hour_stamps_give_every_hour_of_the_day_once(sample):
    """12-AM read as noon would give days with two noons and no midnight."""
    btc = sample.filter(pl.col("symbol") == "BTCUSD")
    days = (
        btc.group_by(pl.col("ts").dt.date()).agg(pl.len(), pl.col("ts").dt.hour().n_unique().alias("hours")).sort("ts")
    )
    whole = days[1:-1]
    assert whole.select((pl.col("len") == 24).all() & (pl.col("hours") == 24).all()).to_series().all()
    assert (btc["ts"].diff().drop_nulls() == pl.duration(hours=1).pipe(pl.select).item()).all()


def test_noon_and_midnight_of_a_known_day_are_in_their_places(sample):
    """Source lines: `2017-07-02 12-AM` closes at 2391.87, `2017-07-02 12-PM` at 2440.87."""
    day = sample.filter((pl.col("symbol") == "BTCUSD") & (pl.col("ts").dt.date() == pl.date(2017, 7, 2)))
    closes = dict(day.select(pl.col("ts").dt.hour(), "close").iter_rows())
    assert (closes[0], closes[12]) == (2391.87, 2440.87)


def test_a_closed_market_has_no_saturday(sample):
    eur = sample.filter(pl.col("symbol") == "EURUSD")
    assert 6 not in eur["ts"].dt.weekday().unique().to_list()
