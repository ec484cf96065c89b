"""Help, the installed command, and exit codes of a real process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from learning_pipeline.cli import app
from learning_pipeline_tests.cli.conftest import CommandLine
from learning_pipeline_tests.worlds import empty_warehouse

COMMANDS = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]


def test_every_command_is_in_the_help(empty: CommandLine) -> None:
    said = empty("--help")
    assert said.exit_code == 0
    assert {"demo", "ingest", "run", "sql", "ui"} <= set(COMMANDS)
    for name in COMMANDS:
        assert f" {name} " in said.out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_and_its_data_root(empty: CommandLine, name: str) -> None:
    said = empty(name, "--help")
    assert said.exit_code == 0
    assert "Usage: " in said.out
    assert "--home" in said.out
    assert not empty.home.exists()


@pytest.mark.parametrize("arguments", [["nonsense"], ["ingest"], ["sql"], ["run", "--nonsense"], ["ui", "--port", "0"]])
def test_wrong_usage_is_exit_code_two(empty: CommandLine, arguments: list[str]) -> None:
    said = empty(*arguments)
    assert (said.exit_code, said.out) == (2, "")
    assert "Usage: " in said.err


def process(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "learning_pipeline.cli", *arguments, "--home", str(home)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_a_refusal_of_a_real_process_is_one_line_on_stderr(tmp_path: Path) -> None:
    ended = process(tmp_path / "a home with spaces and a long name that would not fit into eighty columns", "sql", "x")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("E_LEARN_BAD_INPUT: ")
    assert ended.stderr.count("\n") == 1


def test_a_reader_that_hangs_up_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "warehouse.duckdb").write_bytes(empty_warehouse())
    for how in ("csv", "json", "table"):
        query = "SELECT range AS n FROM range(200000)"
        command = [sys.executable, "-m", "learning_pipeline.cli", "sql", query, "--format", how]
        env = {**os.environ, "LEARNING_PIPELINE_HOME": str(tmp_path)}
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, text=True) as running:
            assert running.stdout
            assert running.stderr
            running.stdout.read(100)
            running.stdout.close()
            assert running.stderr.read() == ""
