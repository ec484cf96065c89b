"""The command line in this process, and one data root that was ingested and run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from learning_pipeline.cli import app
from learning_pipeline_tests.worlds import as_lines, bot_events, hourly_bars


class Said(NamedTuple):
    """What a command said and how it ended."""

    exit_code: int
    out: str
    err: str


class CommandLine:
    """Runs commands on a data root; what they do to the environment ends with them."""

    def __init__(self, home: Path, columns: int = 80) -> None:
        self.home, self.columns = home, columns

    def __call__(self, *arguments: object, **environment: str) -> Said:
        before = dict(os.environ)
        variables = {"COLUMNS": str(self.columns), "LEARNING_PIPELINE_HOME": str(self.home), **environment}
        try:
            ended = CliRunner().invoke(app, [str(a) for a in arguments], env=variables)
        finally:
            os.environ.clear()
            os.environ.update(before)
        assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exc_info
        assert "Traceback" not in ended.stderr
        return Said(ended.exit_code, ended.stdout, ended.stderr)


@pytest.fixture
def empty(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "home")


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A data root with bars, a bot's events over twelve days, and one run."""
    place = tmp_path_factory.mktemp("root")
    command = CommandLine(place / "home")
    bars = hourly_bars(1, 12)
    (place / "out").mkdir()
    bars.write_parquet(place / "out" / "bars.parquet")
    (place / "out" / "bot.jsonl").write_bytes(as_lines(bot_events(1, bars, 60)))
    assert command("ingest", place / "out").exit_code == 0
    assert command("run").exit_code == 0
    return command
