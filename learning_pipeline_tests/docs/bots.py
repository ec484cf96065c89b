"""Folders of bots that a reader of the how-tos has: small exports, as freqtrade and NautilusTrader write them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl

from learning_pipeline_tests.adapters.freqtrade import exports as freqtrade
from learning_pipeline_tests.adapters.nautilus import exports as nautilus
from learning_pipeline_tests.adapters.nautilus.catalogs import write_bars


def write_bots(folder: Path) -> None:
    """``user_data`` of freqtrade and ``catalog`` of NautilusTrader."""
    results = {"Dip": freqtrade.result(freqtrade.trade(), rejected_signals=4)}
    freqtrade.write_zip(folder / "user_data" / "backtest_results", results)
    candles = folder / "user_data" / "data" / "binance" / "AAA_USDT-1h.feather"
    candles.parent.mkdir(parents=True)
    _candles().write_ipc(candles)
    catalog = folder / "catalog"
    write_bars(catalog, f"{nautilus.PERP}-1-MINUTE-LAST-EXTERNAL", [f"{100 + k % 5}.0" for k in range(60)])
    nautilus.write_log(catalog / "events.jsonl", nautilus.story())


def _candles() -> pl.DataFrame:
    """48 hours around the trade's noon, rising by one an hour."""
    first = freqtrade.NOON - dt.timedelta(hours=24)
    opens = [80.0 + hour for hour in range(48)]
    return pl.DataFrame(
        {
            "date": pl.Series([first + dt.timedelta(hours=hour) for hour in range(48)], dtype=pl.Datetime("ms", "UTC")),
            "open": opens,
            "high": [price + 1.5 for price in opens],
            "low": [price - 0.5 for price in opens],
            "close": [price + 1.0 for price in opens],
            "volume": [10.0] * 48,
        }
    )
