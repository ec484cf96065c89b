"""Events that a strategy recorded, beside what freqtrade wrote itself."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from learning_pipeline.adapters.freqtrade import FreqtradeOptions, imported
from learning_pipeline.adapters.freqtrade.recorded import told_by
from learning_pipeline_tests.adapters.freqtrade import databases as db
from learning_pipeline_tests.adapters.freqtrade.test_candles import rows
from learning_pipeline_tests.adapters.freqtrade.test_candles import write as write_candles

NOON = dt.datetime(2024, 3, 1, 12, tzinfo=dt.UTC)
AT = "2024-03-01T12:00:00Z"


def write(folder: Path, *events: dict[str, Any], more: bytes = b"") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "bot-2024-03.jsonl"
    path.write_bytes(b"".join(json.dumps({"at": AT, **event}).encode() + b"\n" for event in events) + more)
    return path


def test_candles_are_wanted_of_every_pair_that_was_blocked_too(tmp_path: Path) -> None:
    write(tmp_path / "learning_events", {"source": "bot", "symbol": "BTC/USDT"})
    db.write(tmp_path / "tradesv3.sqlite", [db.trade(pair="ETH/USDT")], db.round_trip())
    for pair in ("BTC", "ETH", "SOL"):
        write_candles(tmp_path / "data" / "binance" / f"{pair}_USDT-1h.feather", rows(2))
    found = [one.bars for one in imported([tmp_path], FreqtradeOptions()) if one.bars is not None]
    assert [sorted(bars["symbol"].unique()) for bars in found] == [["BTC/USDT", "ETH/USDT"]]


def test_what_is_no_event_is_left_to_the_parser(tmp_path: Path) -> None:
    path = write(
        tmp_path, {"source": "bot", "trade_id": "bot:1:A/USDT:x"}, more=b'[]\nno\n{"at": 1, "source": "b"}\n{"cut'
    )
    told = told_by([path])
    assert (told.pairs, told.trades) == (frozenset(), {"1:A/USDT:x"})
    assert told.span == (NOON, NOON)
    (one,) = imported([path], FreqtradeOptions())
    assert (one.files, one.counts) == ((path,), (("lines", 5),))


def test_trades_of_a_backtest_are_not_those_of_a_bot(tmp_path: Path) -> None:
    source = "freqtrade:walker:Guarded:backtest:20240301T120000"
    told = told_by([write(tmp_path, {"source": source, "trade_id": f"{source}:1:A/USDT:x", "symbol": "A/USDT"})])
    assert (told.pairs, told.trades) == ({"A/USDT"}, frozenset())
