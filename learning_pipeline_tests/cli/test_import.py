"""A bot's own files from the command line: counted, again without a change, and what they do not hold is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from learning_pipeline_tests.adapters.freqtrade.exports import result, trade, write_zip
from learning_pipeline_tests.cli.conftest import CommandLine


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_zip(tmp_path_factory.mktemp("bot") / "backtest_results", {"Dip": result(trade(), rejected_signals=4)})


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    return CommandLine(tmp_path_factory.mktemp("home"))


def test_what_was_found_is_counted_and_again_it_is_all_duplicates(tmp_path: Path, exported: Path) -> None:
    command = CommandLine(tmp_path / "home")
    first = command("import", "freqtrade", exported.parent, "--json")
    assert first.exit_code == 0, first.err
    (found,) = json.loads(first.out)
    assert found["counts"]["trades"] == 1
    assert (found["n_quarantined"], found["n_duplicate"]) == (0, 0)
    assert found["n_accepted"] == found["n_lines"] >= 7  # signal, decision, two orders, two fills, close
    again = command("import", "freqtrade", exported, "--json")
    assert again.exit_code == 0
    (same,) = json.loads(again.out)
    assert (same["n_accepted"], same["n_duplicate"]) == (0, found["n_accepted"])
    assert [file["sha256"] for file in same["files"]] == [file["sha256"] for file in found["files"]]


def test_a_person_sees_what_it_holds_what_it_does_not_and_what_to_do_next(command: CommandLine, exported: Path) -> None:
    said = command("import", "freqtrade", exported)
    assert "trades 1" in said.out
    assert "Not in these files, so nothing is said of it:\n- " in said.out
    assert f"learning-pipeline run --home {command.home}" in said.out


def test_with_strict_a_refused_line_is_a_failure(tmp_path: Path, exported: Path) -> None:
    command = CommandLine(tmp_path / "home")
    assert command("import", "freqtrade", exported, "--strict").exit_code == 0
    # The same signals from what is called another bot: a second `signal` for one signal_id is refused.
    assert command("import", "freqtrade", exported, "--source", "copy").exit_code == 0
    assert command("import", "freqtrade", exported, "--source", "copy", "--strict").exit_code == 1


@pytest.mark.parametrize("kind", ["freqtrade", "nautilus"])
def test_a_path_that_is_not_there_is_one_line(tmp_path: Path, kind: str) -> None:
    command = CommandLine(tmp_path / "home")
    said = command("import", kind, tmp_path / "nowhere")
    assert (said.exit_code, said.out, said.err.count("\n")) == (1, "", 1)
    assert str(tmp_path / "nowhere") in said.err
    assert said.err.startswith("E_LEARN_BAD_INPUT: ")
