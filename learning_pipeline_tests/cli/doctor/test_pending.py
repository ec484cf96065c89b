"""Outcomes that stay open, bars that are missing or have stopped, signals and decisions without each other."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from learning_pipeline.defs.catalog import TABLES, VIEWS
from learning_pipeline.defs.warehouse import connect
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.warehouse import publish
from learning_pipeline_tests.cli.conftest import CommandLine
from learning_pipeline_tests.cli.doctor.conftest import Diagnosis, diagnosis
from learning_pipeline_tests.worlds import MONDAY, as_lines, hourly_bars, stamp

ODD = "[red]NO\x1b[2JNE[/odd]"


def signal(name: str, symbol: str, hours: float, **more: Any) -> dict[str, Any]:
    at = {"at": stamp(MONDAY + dt.timedelta(hours=hours)), "source": "bot", "signal_id": name}
    what = {"symbol": symbol, "timeframe": "1h", "strategy": "s", "side": "long", "ttl_minutes": 600}
    return {"event_id": f"{name}-s", "type": "signal", **at, **what, **more}


def block(name: str, hours: float) -> dict[str, Any]:
    at = {"at": stamp(MONDAY + dt.timedelta(hours=hours)), "source": "bot", "signal_id": name}
    report = {"decision": "blocked", "blocker_component": "ts", "market": {"price": 100.0}}
    return {"event_id": f"{name}-d", "type": "decision", **at, **report}


def decided(name: str, symbol: str, hours: float) -> list[dict[str, Any]]:
    return [signal(name, symbol, hours), block(name, hours)]


@pytest.fixture(scope="module")
def ill(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """AAA is well; HALT has bars for two days only while its signals go on; ODD has none; reports and signals miss."""
    bars = hourly_bars(2, 12, ("AAA", "HALT"))
    early = (pl.col("symbol") == "AAA") | (pl.col("ts") < MONDAY + dt.timedelta(days=2))
    events = [e for k in range(11) for e in decided(f"a{k}", "AAA", 24 * k + 1)]
    events += [e for k in range(10) for e in decided(f"h{k}", "HALT", 24 * k + 40)]
    events += decided("n", ODD, 30)
    events += [block("nobody", 50), block("nothing", 60)]
    events += [signal(f"u{k}", "AAA", 70 + k) for k in range(5)]
    command = CommandLine(tmp_path_factory.mktemp("ill") / "home")
    inbox = command.home / "inbox"
    inbox.mkdir(parents=True)
    (inbox / "bot.jsonl").write_bytes(as_lines(events))
    bars.filter(early).write_parquet(inbox / "bars.parquet")
    assert command("run").exit_code == 0
    return command


@pytest.fixture(scope="module")
def found(ill: CommandLine) -> Diagnosis:
    return diagnosis(ill)


def test_all_that_is_pending_is_a_warning_not_a_problem(found: Diagnosis) -> None:
    assert found.exit_code == 0
    assert found.bad() == {(about, "warning") for about in ("outcomes", "bars", "signals")}


def test_outcomes_open_for_too_long_name_the_symbol_and_the_end_of_its_bars(found: Diagnosis) -> None:
    words = found.of("outcomes", "warning")
    assert words.startswith(
        "7 outcomes open for more than 3 times their signal's life: HALT 7, bars to 2024-03-06 00:00"
    )


def test_symbols_without_bars_and_with_bars_that_stopped_are_named(found: Diagnosis) -> None:
    words = found.of("bars", "warning")
    assert f"1 decision without outcome for want of bars: {ODD}" in words
    assert "The bars of 1 symbol have stopped: HALT bars to 2024-03-06 00:00, signals to 2024-03-14 16:00" in words


def test_reports_and_signals_without_each_other_are_counted(found: Diagnosis) -> None:
    words = found.of("signals", "warning")
    assert "2 decision reports without signal, the oldest of 2024-03-06 02:00" in words
    assert "5 of 27 signals of the last 30 days never got a decision" in words


def test_a_symbol_can_be_called_anything_at_80_columns(ill: CommandLine) -> None:
    said = ill("doctor")
    assert "\x1b" not in said.out
    assert "[red]NO\ufffd[2JNE[/odd]" in said.out
    lines = said.out.splitlines()
    assert max(map(len, lines[1:])) <= 80
    words = {word for finding in diagnosis(ill).findings for word in f"{finding['what']} {finding['do']}".split()}
    shown = set(said.out.split())
    assert {word for word in words if len(word) < 40 and "\x1b" not in word} <= shown, "folded in a word"


def landed(copy: CommandLine, place: Path, events: list[dict[str, Any]], bars: pl.DataFrame) -> Diagnosis:
    """What is said once more of them was landed and published; their outcomes are not asked about."""
    (place / "more.jsonl").write_bytes(as_lines(events))
    bars.write_parquet(place / "more.parquet")
    assert copy("ingest", place / "more.jsonl", place / "more.parquet").exit_code == 0
    home = Home.at(copy.home)
    publish(home.warehouse, Lake(home.lake), TABLES, VIEWS, connect)
    return diagnosis(copy)


def test_bars_that_go_on_without_the_bot_are_told(copy: CommandLine, tmp_path: Path) -> None:
    bars = hourly_bars(2, 16, ("AAA",)).filter(pl.col("ts") >= MONDAY + dt.timedelta(days=12))
    found = landed(copy, tmp_path, decided("a", "AAA", 1), bars)
    assert found.of("events", "warning").startswith("Bars go on to 2024-03-20 00:00, but the newest signal is of 2024")


def test_data_from_the_future_is_told(copy: CommandLine, tmp_path: Path) -> None:
    days = (dt.datetime.now(dt.UTC) - MONDAY).days - 20
    bars = hourly_bars(2, 2, ("AAA",)).with_columns(pl.col("ts") + dt.timedelta(days=days))
    past, ahead = decided("a", "AAA", 24 * days + 1), decided("b", "AAA", 24 * (days + 60))
    found = landed(copy, tmp_path, past + ahead, bars)
    assert "in the future" in found.of("clock", "warning")
    assert "The bars of 1 symbol have stopped" in found.of("bars", "warning")


@pytest.mark.parametrize(("n_bad", "level"), [(3, "ok"), (20, "warning"), (400, "problem")])
def test_refused_lines_are_counted_by_reason_and_file(
    copy: CommandLine, tmp_path: Path, n_bad: int, level: str
) -> None:
    good = [
        {"event_id": f"g{k}", "type": "portfolio_snapshot", "at": "2024-03-04T12:00:00Z", "source": "bot"}
        | {"cash_usd": 1.0, "equity_usd": 1.0}
        for k in range(700)
    ]
    bad = b"".join(b'{"type":"nonsense","n":%d}\n' % k for k in range(n_bad))
    (tmp_path / "odd.jsonl").write_bytes(as_lines(good) + bad)
    assert copy("ingest", tmp_path / "odd.jsonl").exit_code == 0
    words = diagnosis(copy).of("quarantine", level)
    assert f"{n_bad} unknown_type in odd.jsonl" in words
    assert ("events.quarantine" in words) is (level != "ok")
