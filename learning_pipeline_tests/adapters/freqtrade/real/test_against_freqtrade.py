"""The real freqtrade runs a strategy with our mixin; what we read of its files is what it says itself.

``make test-freqtrade``; skipped where FREQTRADE_PYTHON names no Python that has freqtrade.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from learning_pipeline.adapters.freqtrade import FreqtradeOptions, imported
from learning_pipeline.adapters.freqtrade.mixin_file import MIXIN_NAME, mixin_text
from learning_pipeline.events.parse import Parsed, parse_lines
from learning_pipeline_tests.adapters.freqtrade.exports import of_type, parsed
from learning_pipeline_tests.adapters.freqtrade.real.dry_run import N_LIVED, WARM
from learning_pipeline_tests.adapters.freqtrade.real.offline import FORMATS, N_CANDLES, PAIRS, START

HERE = Path(__file__).parent
PYTHON = os.environ.get("FREQTRADE_PYTHON", "")
pytestmark = pytest.mark.skipif(not PYTHON, reason="FREQTRADE_PYTHON is not set: make test-freqtrade")
HOUR = dt.timedelta(hours=1)


def run(tmp_path_factory: pytest.TempPathFactory, script: str) -> Path:
    """A ``user_data`` with the mixin and a strategy that has it, in which freqtrade then did what the script says."""
    folder = tmp_path_factory.mktemp("user_data")
    (folder / "strategies").mkdir()
    (folder / "strategies" / MIXIN_NAME).write_text(mixin_text())
    shutil.copy(HERE / "strategy.txt", folder / "strategies" / "guarded.py")
    ran = subprocess.run([PYTHON, str(HERE / script), str(folder)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert "not recorded" not in ran.stderr, ran.stderr[-3000:]
    return folder


def lines_of(user_data: Path) -> Parsed:
    """The mixin's lines, by the parser that every bot's lines pass."""
    return parse_lines(b"".join(path.read_bytes() for path in sorted((user_data / "learning_events").glob("*.jsonl"))))


@pytest.fixture(scope="module")
def user_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(tmp_path_factory, "offline.py")


@pytest.fixture(scope="module")
def dry_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(tmp_path_factory, "dry_run.py")


@pytest.fixture(scope="module")
def told(user_data: Path) -> dict[str, Any]:
    """What freqtrade's own JSON says of the run."""
    (path,) = (user_data / "backtest_results").glob("*.zip")
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read(f"{path.stem}.json"))["strategy"]["Guarded"]  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def recorded(user_data: Path) -> Parsed:
    return lines_of(user_data)


def key(pair: str, milliseconds: int) -> tuple[str, dt.datetime]:
    return pair, dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)


def decided(recorded: Parsed, **how: Any) -> set[tuple[str, dt.datetime]]:
    """Pair and close of the signal's candle of the decisions that are so."""
    frames = recorded.frames
    signals = frames["signal"].select("signal_id", "symbol", signal_at="happened_at")
    return set(frames["decision"].filter(**how).join(signals, on="signal_id").select("symbol", "signal_at").rows())


def test_the_mixin_loses_nothing_and_every_line_is_an_event(recorded: Parsed, told: dict[str, Any]) -> None:
    assert recorded.refusals == []
    frames = recorded.frames
    assert frames["signal"].height == frames["decision"].height > len(told["trades"]) + told["rejected_signals"]
    assert frames["signal"]["signal_id"].n_unique() == frames["signal"].height
    assert "mean_10" in json.loads(frames["signal"]["features"][0])


def test_what_was_entered_vetoed_and_rejected_is_what_freqtrade_says(
    recorded: Parsed, told: dict[str, Any], user_data: Path
) -> None:
    assert decided(recorded, decision="approved") == {key(t["pair"], t["open_timestamp"]) for t in told["trades"]}
    vetoes = (line.split() for line in (user_data / "vetoes.txt").read_text().splitlines())
    expected = {(pair, dt.datetime.fromisoformat(at)) for pair, at in vetoes}
    assert decided(recorded, blocker_component="confirm_trade_entry") == expected
    rejected = decided(recorded, blocker_component="max_open_trades")
    assert len(rejected) == told["rejected_signals"] > 0
    kinds = Counter(recorded.frames["decision"]["blocker_component"].drop_nulls().to_list())
    assert {"already_open", "CooldownPeriod", "StoplossGuard"} <= kinds.keys()
    assert "not_attempted" not in kinds


def test_the_mixins_trades_are_freqtrades(recorded: Parsed, told: dict[str, Any]) -> None:
    end = dt.datetime.fromisoformat(told["backtest_end"]).replace(tzinfo=dt.UTC)
    closes = recorded.frames["trade_closed"]
    assert not closes["pnl_mismatch"].any()
    found = {(t["symbol"], t["opened_at"]): (t["closed_at"], t["pnl_usd"]) for t in closes.to_dicts()}
    expected = {
        key(t["pair"], t["open_timestamp"]): (key("", t["close_timestamp"])[1], t["profit_abs"])
        for t in told["trades"]
        if key("", t["close_timestamp"])[1] < end
    }
    assert found == expected
    n_orders = sum(len(t["orders"]) for t in told["trades"] if key("", t["close_timestamp"])[1] < end)
    assert recorded.frames["fill"].height >= n_orders > 2 * len(expected)  # additions and trims are in it


def test_the_zip_and_the_database_say_the_same(user_data: Path, told: dict[str, Any]) -> None:
    (from_zip,) = imported(list((user_data / "backtest_results").glob("*.zip")), FreqtradeOptions())
    (from_database,) = imported([user_data / "tradesv3.sqlite"], FreqtradeOptions())
    names = ("symbol", "qty", "opened_at", "closed_at", "pnl_usd", "exit_reason", "did_trim")
    closes = [
        sorted(tuple(event.payload[name] for name in names) for event in of_type(found, "trade_closed"))
        for found in (from_zip, from_database)
    ]
    assert closes[0] == closes[1]
    assert len(closes[0]) == len(told["trades"])
    assert sorted(event[4] for event in closes[1]) == sorted(t["profit_abs"] for t in told["trades"])
    for found in (from_zip, from_database):
        again = parsed(found)
        assert again.refusals == []
        assert not again.frames["trade_closed"]["pnl_mismatch"].any()
    assert [event.payload["labels"]["pair"] for event in of_type(from_database, "analytics_report")] == ["*"]


@pytest.mark.parametrize("kind", ["feather", "parquet", "json", "json.gz"])
def test_candles_of_every_writer_of_freqtrades(user_data: Path, kind: str) -> None:
    (path, *_) = (user_data / "data" / "formats").glob(f"*.{kind}")
    bars = pl.concat([found.bars for found in imported([path], FreqtradeOptions()) if found.bars is not None])
    pair = bars["symbol"][0]
    assert pair in PAIRS
    assert FORMATS.get(pair, "feather") == kind.replace(".", "")
    assert bars["ts"].to_list() == [START + n * HOUR for n in range(N_CANDLES)]
    same = user_data / "data" / "binance" / f"{pair.replace('/', '_')}-1h.feather"
    again = pl.concat([found.bars for found in imported([same], FreqtradeOptions()) if found.bars is not None])
    assert bars.equals(again)


def test_the_whole_folder_in_one_go(user_data: Path) -> None:
    found = list(imported([user_data], FreqtradeOptions()))
    told = [one.told for one in found]
    assert sum(text.startswith("backtest of Guarded") for text in told) == 1
    assert sum(text.startswith("trades of a dry-run bot on binance") for text in told) == 1
    assert sum(len(one.files) for one in found) == 2  # January and February
    assert {symbol for one in found if one.bars is not None for symbol in one.bars["symbol"].unique()} == set(PAIRS)


def closes(found: Parsed) -> dict[tuple[str, dt.datetime], tuple[Any, ...]]:
    names = ("closed_at", "pnl_usd", "qty", "entry_price", "exit_price", "fees_usd", "exit_reason", "did_trim")
    rows = found.frames["trade_closed"].to_dicts()
    return {(row["symbol"], row["opened_at"]): tuple(row[name] for name in names) for row in rows}


def test_a_bot_that_was_restarted_tells_each_thing_once_and_as_its_database_does(dry_run: Path) -> None:
    recorded = lines_of(dry_run)
    (bot,) = imported([dry_run / "tradesv3.dryrun.sqlite"], FreqtradeOptions())
    stored = parsed(bot)
    assert recorded.refusals == stored.refusals == []
    assert sum(frame["event_id"].n_unique() for frame in recorded.frames.values()) == recorded.n_lines
    assert closes(recorded) == closes(stored)
    assert len(closes(recorded)) > 20
    assert recorded.frames["fill"].height == stored.frames["fill"].height
    approved = [
        set(decided_at.frames["decision"].filter(decision="approved")["happened_at"])
        for decided_at in (recorded, stored)
    ]
    assert approved[0] == approved[1]
    assert "dry-run bot on binance" in bot.told


def test_a_bot_records_every_signal_of_its_candles_but_those_that_waited_when_it_stopped(dry_run: Path) -> None:
    signals = lines_of(dry_run).frames["signal"]
    first = START + WARM * HOUR
    last = first + (N_LIVED - 1) * HOUR  # still open when the bot stopped
    restarted = first + (N_LIVED // 2 - 1) * HOUR  # what was blocked then, but not for good, was forgotten
    found = set(signals.filter(pl.col("happened_at") < last).select("symbol", "happened_at").rows())
    expected = set()
    for pair, closes_of in json.loads((dry_run / "closes.json").read_text()).items():
        for n in range(WARM - 1, WARM + N_LIVED - 2):
            if closes_of[n] < sum(closes_of[n - 9 : n + 1]) / 10 * 0.995:
                expected.add((pair, START + (n + 1) * HOUR))
    assert found <= expected
    assert {at for _, at in expected - found} <= {restarted}


def test_a_trade_is_taken_from_the_bots_own_events_or_from_its_database_never_from_both(dry_run: Path) -> None:
    found = list(imported([dry_run], FreqtradeOptions()))
    (bot,) = (one for one in found if one.told.startswith("trades of a dry-run bot"))
    assert {event.type for event in bot.events} == {"analytics_report"}
    assert dict(bot.counts)["told by the strategy"] == dict(bot.counts)["trades"] == 32
    assert sum(len(one.files) for one in found) == 1
