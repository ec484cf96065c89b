"""``playbooks``: what is claimed and found, suggestions, and one clear line for what cannot be done."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from learning_pipeline.stores.home import Home
from learning_pipeline.stores.playbook_files import PlaybookFiles, digest
from learning_pipeline.stores.suggestions import Suggestions
from learning_pipeline_tests.cli.conftest import CommandLine

NOON = dt.datetime(2024, 3, 4, 12, tzinfo=dt.UTC)


def suggest(command: CommandLine, name: str = "s1", diff: str = "-old\n+new \x1b[2J[red]") -> None:
    home = Home.at(command.home)
    files = PlaybookFiles.of(home)
    before = files.one("rsi_extremes").content
    row = {
        "suggestion_id": name,
        "state": "pending",
        "playbook_id": "rsi_extremes",
        "section": "Notes",
        "judge": "rules",
    }
    made = {"file_sha256": digest(before), "diff": diff, "diff_sha256": "d", "content": before + b"new\n"}
    Suggestions(home.ledger, files).add([row | made | {"requested_at": NOON}])


def test_playbooks_are_listed_before_any_run(empty: CommandLine) -> None:
    said = empty("playbooks", "list")
    assert said.exit_code == 0
    assert "rsi_extremes" in said.out
    assert "no run yet" in said.out
    rows = {row["playbook_id"]: row for row in json.loads(empty("playbooks", "list", "--json").out)}
    assert rows["rsi_extremes"]["status"] is None
    assert rows["rsi_extremes"]["threshold"] == 0.45


def test_a_playbook_that_cannot_be_read_is_named(empty: CommandLine) -> None:
    empty("playbooks", "list")
    (empty.home / "playbooks" / "mine.md").write_text("# no front matter\n")
    assert "not used: mine.md: expected front matter" in empty("playbooks", "list").out


def test_evidence_is_shown(root: CommandLine) -> None:
    assert "No evidence yet" in root("playbooks", "show", "rsi_extremes").out
    told = json.loads(root("playbooks", "show", "rsi_extremes", "--json").out)
    assert (told["status"], told["n_trades"], told["win_rate"]) == ("insufficient_data", 0, None)


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "x" * 400, "nope"])
def test_an_id_that_is_no_playbook_is_one_line(empty: CommandLine, name: str) -> None:
    said = empty("playbooks", "show", name)
    assert said.exit_code == 1
    assert "no such playbook" in said.err
    assert said.err.startswith("E_LEARN_BAD_INPUT: ")


def test_suggestions_show_what_would_change_and_cannot_style_the_terminal(empty: CommandLine) -> None:
    assert "No suggestion" in empty("playbooks", "suggestions").out
    suggest(empty)
    said = empty("playbooks", "suggestions").out
    assert "-old\n+new \ufffd[2J[red]" in said
    assert json.loads(empty("playbooks", "suggestions", "--json").out)[0]["suggestion_id"] == "s1"


def test_a_suggestion_is_applied_once(empty: CommandLine) -> None:
    suggest(empty)
    done, again = (empty("playbooks", "apply", "s1", "--by", who) for who in ("Ada", "Bob"))
    assert (done.exit_code, again.exit_code) == (0, 1)
    assert "applied s1 (rsi_extremes, Notes) by Ada" in done.out
    assert "E_LEARN_REFUSED: s1: already applied by Ada" in again.err
    assert PlaybookFiles.of(Home.at(empty.home)).one("rsi_extremes").content.endswith(b"new\n")


def test_a_suggestion_is_rejected_with_a_reason(empty: CommandLine) -> None:
    suggest(empty)
    done = json.loads(empty("playbooks", "reject", "s1", "--by", "Ada", "--reason", "no", "--json").out)
    assert (done["state"], done["actor"], done["reason"]) == ("rejected", "Ada", "no")


def test_who_decides_must_be_said(empty: CommandLine) -> None:
    suggest(empty)
    assert empty("playbooks", "apply", "s1").exit_code == 2
    assert empty("playbooks", "apply", "s1", "--by", "").exit_code == 1


def test_a_folder_of_ones_own_is_read_and_must_be_there(empty: CommandLine) -> None:
    said = empty("playbooks", "list", PLAYBOOK_FOLDER="elsewhere")
    assert said.exit_code == 1
    assert "elsewhere: expected a folder of playbooks" in said.err
    (empty.home / "elsewhere").mkdir(parents=True)
    assert empty("playbooks", "list", "--json", PLAYBOOK_FOLDER="elsewhere").out == "[]\n"
