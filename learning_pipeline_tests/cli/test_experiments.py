"""A named person starts, pauses and resumes; the bots' file follows (real ledger)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from learning_pipeline.books.research import ledger
from learning_pipeline.cli import app
from learning_pipeline.stores.experiments import Change, Experiments
from learning_pipeline.stores.experiments_file import read_experiments
from learning_pipeline_tests.books.research.worlds import LIMITS, START, asks, filled, opened, spec, walked


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A session that lost 60 on e1, and a draft on another playbook."""
    lost = [filled(2, "t", 1, 1.0, 1_000.0), filled(3, "t", -1, 1.0, 940.0)]
    draft = asks(4, "draft", name="e2", spec=spec("e2", playbook_id="macd"))
    held, told = walked(opened(), asks(1, "running"), *lost, draft)
    change = Change(**ledger.change_of(held, told, START.date(), LIMITS))
    Experiments(tmp_path / "ledger.sqlite").settle(START, change)
    return tmp_path


def asked(home: Path, *words: str):
    return CliRunner().invoke(app, ["experiments", *words, "--home", str(home)])


def states(home: Path) -> dict[str, str]:
    return {one["experiment_id"]: one["state"] for one in read_experiments(home / "experiments.json")["experiments"]}


def test_the_list_shows_experiments_and_money_and_brings_the_file_up_to_date(home: Path) -> None:
    shown = asked(home, "list")
    assert shown.exit_code == 0
    for words in ("e1", "paused", "e1 lost 60.00 USD, more than 50.00", "bot/monday"):
        assert words in shown.stdout
    assert states(home) == {"e1": "paused", "e2": "draft"}
    assert json.loads(asked(home, "list", "--json").stdout) == read_experiments(home / "experiments.json")


def test_an_empty_data_root_says_so(tmp_path: Path) -> None:
    assert "No experiment" in asked(tmp_path, "list").stdout
    assert asked(tmp_path, "start", "e1", "--by", "alice").exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_a_person_lifts_the_pause_then_starts_the_draft_and_pauses_it(home: Path) -> None:
    assert asked(home, "start", "e2", "--by", "alice").exit_code == 1  # research is paused
    assert asked(home, "resume", "bot/monday", "--by", "alice", "--reason", "seen").exit_code == 0
    assert not read_experiments(home / "experiments.json")["sessions"][0]["paused"]
    assert asked(home, "start", "e2", "--by", "alice").exit_code == 0
    done = asked(home, "pause", "e2", "--by", "bob", "--json")
    assert json.loads(done.stdout)["did"] == "paused"
    assert states(home) == {"e1": "paused", "e2": "paused"}
    moves = [
        (row["experiment_id"], row["to_state"], row["actor"])
        for row in Experiments(home / "ledger.sqlite").transitions()
    ]
    assert moves[-2:] == [("e2", "running", "alice"), ("e2", "paused", "bob")]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("start", "e1", "--by", "alice"), "it is paused; to start it, it must be draft"),
        (("pause", "e2", "--by", "alice"), "it is draft; to pause it, it must be running"),
        (("resume", "e1", "--by", " "), "--by"),
        (("resume", "nobody", "--by", "alice"), "no such experiment or session"),
        (("pause", "bot/monday", "--by", "alice"), "no such experiment or session"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_changes_nothing(home: Path, words: tuple[str, ...], why: str) -> None:
    before = Experiments(home / "ledger.sqlite").standing()
    refused = asked(home, *words)
    assert refused.exit_code == 1
    (line,) = refused.stderr.splitlines()
    assert why in line
    assert Experiments(home / "ledger.sqlite").standing() == before


def test_resuming_the_experiment_lifts_the_pause_that_it_made(home: Path) -> None:
    assert asked(home, "resume", "e1", "--by", "alice").exit_code == 0
    assert states(home)["e1"] == "running"
    assert not read_experiments(home / "experiments.json")["sessions"][0]["paused"]
