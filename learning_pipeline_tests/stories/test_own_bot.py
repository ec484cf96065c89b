"""From a freqtrade folder to a guard report, by the words of the README, as a stranger would."""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest
from typer.testing import CliRunner

from learning_pipeline.cli import app
from learning_pipeline.defs.catalog import SETTINGS
from learning_pipeline.stores.home import VARIABLE, Home
from learning_pipeline.stores.settings_file import load_settings
from learning_pipeline.stores.warehouse import read_only
from learning_pipeline_tests.adapters.freqtrade.exports import HOUR, result, trade, write_zip
from learning_pipeline_tests.worlds import MONDAY, hourly_bars

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
PAIR = "AAA/USDT"


class Said(NamedTuple):
    """What a command printed."""

    exit_code: int
    out: str


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's home with a freqtrade folder: a backtest of two strategies, its rejected signals, candles."""
    place = tmp_path_factory.mktemp("stranger")
    bot = place / "freqtrade" / "user_data"
    bars = hourly_bars(5, 12, ("AAA",))
    price = dict(bars.select("ts", "open").rows())
    entries = [at for k in range(20) if (at := MONDAY + HOUR * (30 + 11 * k)) in price][:12]
    trades = [trade(at, ((0, True, 1.0, price[at]), (3, False, 1.0, price[at] * 1.01))) for at in entries]
    late = {"date": [at + 2 * HOUR for at in entries[:8]], "open": [price[at] for at in entries[:8]]}
    blocked = pl.DataFrame({"pair": PAIR, **late, "enter_tag": "dip"})
    write_zip(bot / "backtest_results", {"Dip": result(*trades, rejected_signals=8), "Rip": result()})
    copies = bot / "backtest_results" / "analysis_parquet"
    copies.mkdir()
    blocked.write_parquet(copies / "Dip_rejected.parquet")
    (bot / "data" / "binance").mkdir(parents=True)
    candles = bars.select(pl.col("ts").alias("date"), "open", "high", "low", "close", "volume")
    candles.write_ipc(bot / "data" / "binance" / "AAA_USDT-1h.feather", compression="lz4")
    return place


@pytest.fixture(scope="module")
def said(place: Path) -> list[Said]:
    """Each command of the section, run in order in the stranger's home."""
    before, here = dict(os.environ), Path.cwd()
    os.environ.update({"HOME": str(place), VARIABLE: ""})
    os.chdir(place)
    try:
        return [_run(line) for line in re.findall(r"```bot\n(.*?)\n```", README, flags=re.DOTALL)]
    finally:
        os.chdir(here)
        os.environ.clear()
        os.environ.update(before)


def _run(line: str) -> Said:
    words, _, to = line.partition(" > ")
    program, *arguments = (str(Path(word).expanduser()) for word in shlex.split(words))
    assert program == "learning-pipeline"
    done = CliRunner().invoke(app, arguments)
    if to:
        Path(to).expanduser().parent.mkdir(parents=True, exist_ok=True)
        Path(to).expanduser().write_text(done.stdout, encoding="utf-8")
    return Said(done.exit_code, done.stdout)


def test_one_command_goes_from_the_folder_to_the_verdict_and_the_report(place: Path, said: list[Said]) -> None:
    first = said[0]
    assert first.exit_code == 0
    assert "trades 12" in first.out
    assert "max_open_trades" in first.out
    (report,) = (place / "data" / "mybot" / "reports").glob("*.html")
    assert str(report.relative_to(place)) in first.out
    assert "max_open_trades" in report.read_text(encoding="utf-8")


def test_what_is_in_the_warehouse_is_what_the_export_says(place: Path, said: list[Said]) -> None:
    with read_only(place / "data" / "mybot" / "warehouse.duckdb") as connection:
        (trades,) = connection.sql("SELECT count(*), count(*) FILTER (pnl_mismatch) FROM events.trades").fetchall()
        answers = connection.sql(
            "SELECT decision, blocker_component, count(*) FROM events.decisions GROUP BY ALL"
        ).fetchall()
        (settled,) = connection.sql("SELECT count(*) FROM shadow.outcomes WHERE net_pnl_usd IS NOT NULL").fetchall()
    assert trades == (12, 0)
    assert sorted(answers) == [("approved", None, 12), ("blocked", "max_open_trades", 8)]
    assert settled[0] > 10


def test_the_mixin_is_a_module_that_compiles(place: Path, said: list[Said]) -> None:
    written = (place / "freqtrade" / "user_data" / "strategies" / "learning_events.py").read_text(encoding="utf-8")
    assert said[1].exit_code == 0
    compile(written, "learning_events.py", "exec")
    assert "class LearningEvents" in written


def test_the_settings_of_the_section_are_settings(tmp_path: Path) -> None:
    (text,) = re.findall(r"```toml-bot\n(.*?)```", README, flags=re.DOTALL)
    home = Home.at(tmp_path)
    home.settings.write_text(text, encoding="utf-8")
    (watched,) = load_settings(home.settings, SETTINGS)["imports"].model_dump()["watch"]
    assert watched["path"] == tomllib.loads(text)["imports"]["watch"][0]["path"]
