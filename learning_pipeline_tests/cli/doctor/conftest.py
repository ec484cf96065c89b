"""A healthy data root, copies of it to hurt, and what the doctor says of them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from learning_pipeline_tests.cli.conftest import CommandLine
from learning_pipeline_tests.worlds import as_lines, bot_events, hourly_bars

MORE = re.sub(rb'"s(\d)', rb'"more-\1', as_lines(bot_events(9, hourly_bars(1, 6), 3)))
"""Events that the healthy root does not hold."""


class Diagnosis(NamedTuple):
    """Exit code and findings by what they are about."""

    exit_code: int
    findings: list[dict[str, Any]]

    def of(self, about: str, level: str) -> str:
        """What was found and what to do, of the findings of one kind."""
        return "\n".join(
            f"{f['what']} -> {f['do']}" for f in self.findings if (f["about"], f["level"]) == (about, level)
        )

    def bad(self) -> set[tuple[str, str]]:
        """Kinds of findings that are not ok."""
        return {(f["about"], f["level"]) for f in self.findings if f["level"] != "ok"}


def diagnosis(command: CommandLine) -> Diagnosis:
    said = command("doctor", "--json")
    assert said.err == ""
    return Diagnosis(said.exit_code, json.loads(said.out)["findings"])


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """Bars, signals that were all decided on, and one run."""
    command = CommandLine(tmp_path_factory.mktemp("sound") / "home")
    inbox = command.home / "inbox"
    inbox.mkdir(parents=True)
    bars = hourly_bars(1, 6)
    events = bot_events(1, bars, 40)
    decided = {event["signal_id"] for event in events if event["type"] == "decision"}
    bars.write_parquet(inbox / "bars.parquet")
    (inbox / "bot.jsonl").write_bytes(as_lines([event for event in events if event["signal_id"] in decided]))
    assert command("run").exit_code == 0
    return command


@pytest.fixture
def copy(sound: CommandLine, tmp_path: Path) -> CommandLine:
    """The healthy data root again, for one test to hurt."""
    shutil.copytree(sound.home, tmp_path / "copy")
    return CommandLine(tmp_path / "copy")
