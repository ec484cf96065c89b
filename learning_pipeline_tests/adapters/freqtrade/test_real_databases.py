"""Real databases, where there are any: the numbers are freqtrade's own, to the last digit."""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from learning_pipeline.contracts.imported import Imported
from learning_pipeline_tests.adapters.freqtrade.exports import of_type, parsed, read

DATA = Path(os.environ.get("LEARNING_PIPELINE_REFERENCE_DATA", "unset")) / "freqtrade_A"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="LEARNING_PIPELINE_REFERENCE_DATA names no such folder")


def one(path: Path) -> Imported:
    (found,) = read(path)
    return found


def closes(found: Imported) -> list[dict[str, Any]]:
    return [event.payload for event in of_type(found, "trade_closed")]


def agrees(found: Imported) -> bool:
    again = parsed(found)
    assert again.refusals == []
    return not again.frames["trade_closed"]["pnl_mismatch"].any()


def test_the_database_of_a_backtest_says_what_its_json_says() -> None:
    (zip_path,) = (DATA / "run_1h_TrendRider").glob("*.zip")
    with zipfile.ZipFile(zip_path) as archive:
        (strategy,) = json.loads(archive.read(f"{zip_path.stem}.json"))["strategy"].values()
    found = one(DATA / "tradesv3_A.sqlite")
    assert dict(found.counts) == {"trades": 399, "open trades": 0, "orders": 798, "locks": 410}
    assert len(of_type(found, "analytics_report")) == len(strategy["locks"]) == 410
    told = [(t["symbol"], t["opened_at"], t["closed_at"], t["pnl_usd"], t["exit_reason"]) for t in closes(found)]
    assert sorted(told) == sorted(
        (t["pair"], _at(t["open_timestamp"]), _at(t["close_timestamp"]), t["profit_abs"], t["exit_reason"])
        for t in strategy["trades"]
    )
    assert agrees(found)


def test_a_real_dry_run_is_what_its_columns_say() -> None:
    path = DATA / "real_dryrun_bybit_2024_v49cols.sqlite"
    found = one(path)
    assert dict(found.counts)["trades"] == 26
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        rows = database.execute(
            "SELECT pair, amount, open_rate, close_rate, close_profit_abs, close_date, exit_reason"
            " FROM trades WHERE NOT is_open ORDER BY id"
        ).fetchall()
    told = [
        (
            t["symbol"],
            t["qty"],
            t["entry_price"],
            t["exit_price"],
            t["pnl_usd"],
            _text(t["closed_at"]),
            t["exit_reason"],
        )
        for t in closes(found)
    ]
    assert [each[0] for each in told] == [each[0] for each in rows]
    assert [each[4:] for each in told] == [each[4:] for each in rows]
    for each, row in zip(told, rows, strict=True):
        assert each[1:4] == pytest.approx(row[1:4], rel=1e-12)
    assert len(of_type(found, "signal")) == 26
    assert "dry-run bot on bybit" in found.told
    assert agrees(found)


def _at(milliseconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)


def _text(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S.%f}"
