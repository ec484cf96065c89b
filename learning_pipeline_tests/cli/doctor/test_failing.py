"""Runs that fail, die, hold or are given up; checks that fail; a daemon that is gone. All of them really happen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import dagster as dg
import polars as pl
import pytest
from dagster._daemon.types import DaemonHeartbeat

from learning_pipeline.definitions import defs
from learning_pipeline.defs.attempts import MAX_ATTEMPTS, WAITING_TAG, digest_of
from learning_pipeline.events.tables import Deliveries
from learning_pipeline.jobs import prepare_instance
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.writer import is_dead
from learning_pipeline_tests.cli.conftest import CommandLine
from learning_pipeline_tests.cli.doctor.conftest import MORE, diagnosis
from learning_pipeline_tests.worlds import as_lines

TRADE = {
    "event_id": "t1", "type": "trade_closed", "at": "2024-03-06T12:00:00Z", "source": "bot", "trade_id": "t1",
    "symbol": "AAA", "timeframe": "1h", "side": "long", "qty": 1.0, "entry_price": 100.0, "exit_price": 101.0,
    "opened_at": "2024-03-06T10:00:00Z", "closed_at": "2024-03-06T12:00:00Z", "fees_usd": 0.0, "pnl_usd": 50.0,
    "roi": 0.5,
}  # fmt: skip
RECORDER = """
import os, signal, sys
from learning_pipeline.stores.recorder import Recorder
recorder = Recorder(sys.argv[1], source="bot")
recorder.signal(signal_id="x", symbol="AAA", timeframe="1h", strategy="s", side="long")
print("written", flush=True)
signal.pause()
"""


def drop(copy: CommandLine, content: bytes, name: str = "more.jsonl", age: float = 0.0) -> None:
    path = copy.home / "inbox" / name
    path.write_bytes(content)
    os.utime(path, (time.time() - age,) * 2)


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_run_under_way_is_told_of_and_one_that_was_killed_too(copy: CommandLine) -> None:
    drop(copy, MORE)
    command = [sys.executable, "-m", "learning_pipeline.cli", "run", "--home", str(copy.home)]
    alive = copy.home / "dagster" / "alive"
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        until(lambda: any(not is_dead(file) for file in alive.glob("*")))
        process.send_signal(signal.SIGSTOP)
        during = diagnosis(copy)
        process.send_signal(signal.SIGKILL)
    assert f"Process {process.pid} writes to this data root since " in during.of("writer", "ok")
    assert f"wait for process {process.pid}" in during.of("inbox", "warning")
    assert during.exit_code == 0
    after = diagnosis(copy)
    assert (after.exit_code, after.of("writer", "ok")) == (1, "")
    assert "1 run died without a word and still counts as started: " in after.of("runs", "problem")
    assert copy("run").exit_code == 0
    assert diagnosis(copy).bad() == set()


def test_a_failed_run_says_where_and_why_and_since_when(copy: CommandLine) -> None:
    drop(copy, MORE)
    lake, aside = copy.home / "lake", copy.home / "aside"
    lake.rename(aside)
    lake.write_text("a file where the lake should be")
    for _ in range(2):
        assert copy("run").exit_code == 1
    found = diagnosis(copy)
    assert found.exit_code == 1
    words = found.of("runs", "problem")
    assert words.startswith("The last run (chain) failed just now at ingestion: ")
    assert "; 2 failed in a row, since " in words
    lake.unlink()
    aside.rename(lake)
    assert copy("run").exit_code == 0
    assert diagnosis(copy).bad() == set()


def test_a_check_that_only_warns_is_a_warning(copy: CommandLine) -> None:
    drop(copy, as_lines([TRADE]))
    assert copy("run").exit_code == 0
    found = diagnosis(copy)
    assert (found.exit_code, found.bad()) == (0, {("checks", "warning")})
    assert "1 asset check of the last run failed: trades_match_their_prices on events/trades" in found.of(
        "checks", "warning"
    )


def test_a_blocking_check_is_a_problem(copy: CommandLine) -> None:
    lake = Lake(copy.home / "lake")
    listed = lake.read(Deliveries)
    wrong = listed.with_columns(pl.col("n_accepted") + 1)
    lake.replace(Deliveries, wrong, *sorted(listed["day"])[:: max(1, listed.height - 1)][:2])
    drop(copy, MORE)
    assert copy("run").exit_code == 1
    found = diagnosis(copy)
    assert found.exit_code == 1
    assert "every_line_is_accounted_for on events/deliveries" in found.of("checks", "problem")
    assert found.of("runs", "problem")


def test_a_sensor_that_gave_up_is_a_problem(copy: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(copy, MORE)
    home = Home.at(copy.home)
    for name in ("LEARNING_PIPELINE_HOME", "DAGSTER_HOME"):
        monkeypatch.setenv(name, "")  # restored after the test
    prepare_instance(home)
    home.lake.rename(copy.home / "aside")
    home.lake.write_text("a file where the lake should be")
    config = {"resources": {"chain": {"config": {"home": str(home.root)}}}}
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with dg.DagsterInstance.get() as instance:
        for _ in range(MAX_ATTEMPTS):
            defs.resolve_job_def("chain").execute_in_process(
                instance=instance,
                run_config={**config, **quiet},
                tags={WAITING_TAG: digest_of(["more.jsonl"])},
                raise_on_error=False,
            )
    found = diagnosis(copy)
    assert found.exit_code == 1
    assert "3 runs on the files that wait in the inbox failed" in found.of("sensor", "problem")


@pytest.mark.parametrize(("age", "is_gone"), [(10.0, False), (900.0, True), (None, True)])
def test_a_daemon_that_is_gone_while_files_wait_is_a_problem(
    copy: CommandLine, age: float | None, is_gone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(copy, MORE, age=600)
    assert diagnosis(copy).bad() == {("inbox", "warning")}, "no daemon was ever used"
    kinds = {"SENSOR": age, "SCHEDULER": 900.0}
    monkeypatch.setenv("DAGSTER_HOME", str(copy.home / "dagster"))
    with dg.DagsterInstance.get() as instance:
        for kind, seconds in kinds.items():
            if seconds is not None:
                instance.add_daemon_heartbeat(DaemonHeartbeat(time.time() - seconds, kind, "d", []))
    found = diagnosis(copy)
    assert (("daemon", "problem") in found.bad()) is is_gone
    if is_gone:
        words = "was last seen 15 minutes ago" if age else "was never seen"
        assert words in found.of("daemon", "problem")


def test_records_that_cannot_be_read_are_a_problem(copy: CommandLine) -> None:
    (copy.home / "dagster" / "history" / "runs.db").write_bytes(b"x" * 5000)
    found = diagnosis(copy)
    assert (found.exit_code, found.bad()) == (1, {("runs", "problem")})


def test_a_file_left_open_by_a_killed_recorder_is_told_of(copy: CommandLine) -> None:
    with subprocess.Popen([sys.executable, "-c", RECORDER, str(copy.home / "inbox")], stdout=subprocess.PIPE) as bot:
        assert bot.stdout
        assert bot.stdout.readline() == b"written\n"
        assert diagnosis(copy).bad() == set(), "its recorder lives"
        bot.kill()
    found = diagnosis(copy)
    assert found.bad() == {("recorder", "warning")}
    assert "1 file left open by a recorder that is gone: bot-" in found.of("recorder", "warning")
