"""Runs that are killed, that meet each other, and that have nothing to do: real processes, real stores."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from learning_pipeline.events.tables import Deliveries
from learning_pipeline.stores.home import VARIABLE
from learning_pipeline.stores.run_records import RunRecords
from learning_pipeline_tests.cli.conftest import CommandLine
from learning_pipeline_tests.worlds import Root, bot_events, hourly_bars

COMMAND = [sys.executable, "-m", "learning_pipeline.cli", "run"]


def start(root: Root) -> subprocess.Popen[str]:
    environment = {**os.environ, VARIABLE: str(root.home.root)}
    return subprocess.Popen(COMMAND, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(process: subprocess.Popen[str]) -> str:
    _, errors = process.communicate(timeout=180)
    assert process.returncode == 0, errors
    return errors


def a_root(folder: Path) -> Root:
    root = Root(folder)
    bars = hourly_bars(5, 10)
    root.deliver(bot_events(5, bars, 60), bars)
    return root


def n_tables(root: Root) -> int:
    return len(list(root.home.lake.glob("*/*")))


def wait_until_writing(root: Root, n: int, process: subprocess.Popen[str]) -> None:
    """Until the run has begun that many tables of the lake."""
    while n_tables(root) < n and process.poll() is None:
        time.sleep(0.005)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Root:
    root = a_root(tmp_path_factory.mktemp("undisturbed"))
    root.run()
    return root


def same_as(root: Root, undisturbed: Root) -> None:
    theirs = undisturbed.tables()
    for address, frame in root.tables().items():
        assert_frame_equal(frame, theirs[address], check_exact=True)
    counts = ["sha256", "n_lines", "n_accepted", "n_duplicate", "n_quarantined", "n_incomplete"]
    assert_frame_equal(root.table(Deliveries).select(counts), undisturbed.table(Deliveries).select(counts))


@pytest.mark.parametrize("share", [0.01, 0.6, 0.9])
def test_a_run_after_a_kill_succeeds_by_itself_and_equals_an_undisturbed_one(
    share: float, tmp_path: Path, undisturbed: Root
) -> None:
    """Killed when it has begun that share of the tables."""
    root = a_root(tmp_path)
    killed = start(root)
    wait_until_writing(root, math.ceil(share * n_tables(undisturbed)), killed)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    assert CommandLine(root.home.root)("run").exit_code == 0
    same_as(root, undisturbed)
    statuses = [run.status for run in RunRecords(root.home.dagster).newest(9)]
    assert statuses == ["SUCCESS", "FAILURE"]


def test_two_runs_started_at_once_take_turns_and_the_later_says_that_it_waits(
    tmp_path: Path, undisturbed: Root
) -> None:
    root = a_root(tmp_path)
    errors = [finished(process) for process in [start(root), start(root)]]
    assert sum("waiting" in text for text in errors) == 1, errors
    same_as(root, undisturbed)


def test_a_second_run_commits_nothing(undisturbed: Root) -> None:
    before = undisturbed.versions()
    undisturbed.run()
    undisturbed.run(first="2024-03-06")
    assert undisturbed.versions() == before


def test_definitions_load_without_a_warning() -> None:
    loaded = subprocess.run(
        [
            sys.executable,
            "-W",
            "error",
            "-c",
            "import learning_pipeline.definitions as d; d.defs.resolve_job_def('chain')",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert loaded.returncode == 0, loaded.stderr
    assert loaded.stderr == ""
