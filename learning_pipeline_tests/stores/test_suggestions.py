"""Edits that judges ask for: applied once, by a named person, on the file that they were made for."""

from __future__ import annotations

import datetime as dt
import signal
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from learning_pipeline.errors import BadInput, Refused
from learning_pipeline.stores.playbook_files import PlaybookFiles, digest
from learning_pipeline.stores.suggestions import Suggestions
from learning_pipeline_tests.stores.rows import exit_codes, python, said

NOON = dt.datetime(2024, 3, 4, 12, tzinfo=dt.UTC)
BEFORE, AFTER = b"before\n", b"after\n"
IMPORTS = """
import datetime as dt, os, signal, sys
from pathlib import Path
import sqlalchemy as sa
from learning_pipeline.stores.playbook_files import PlaybookFiles
from learning_pipeline.stores.suggestions import Suggestions
"""
APPLY = """
home, name, fatal = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
suggestions, n = Suggestions(home / "ledger.sqlite", PlaybookFiles(home / "playbooks")), 0
def die_at(*_):
    global n
    n += 1
    if n == fatal:
        os.kill(os.getpid(), signal.SIGKILL)
engine = suggestions._database._engine
for moment in ("before_cursor_execute", "commit"):
    sa.event.listen(engine, moment, die_at)
try:
    suggestions.apply("s1", name, dt.datetime(2024, 3, 4, 12, tzinfo=dt.UTC))
    print("applied")
except Exception as e:
    print(type(e).__name__)
"""


def suggestion(name: str = "s1", **changes: Any) -> dict[str, Any]:
    told = {
        "suggestion_id": name,
        "state": "pending",
        "playbook_id": "x",
        "section": "Notes",
        "judge": "rules",
        "requested_at": NOON,
        "suggested_text": "after",
        "evidence_summary": "seen",
        "file_sha256": digest(BEFORE),
        "diff": "-before\n+after",
        "diff_sha256": "d1",
        "content": AFTER,
    }
    return told | changes


FATAL = [2, 3, 4, 5]
"""The statement or commit before which the process dies."""


def asked(home: Path) -> Path:
    (home / "playbooks").mkdir()
    (home / "playbooks" / "x.md").write_bytes(BEFORE)
    opened(home).add([suggestion()])
    return home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return asked(tmp_path)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Data roots of which somebody died while applying."""
    homes = {fatal: asked(tmp_path_factory.mktemp(f"killed{fatal}")) for fatal in FATAL}
    codes = exit_codes(IMPORTS, APPLY, [(home, "Ada", fatal) for fatal, home in homes.items()])
    assert codes == [-signal.SIGKILL] * len(FATAL)
    return homes


def opened(home: Path) -> Suggestions:
    return Suggestions(home / "ledger.sqlite", PlaybookFiles(home / "playbooks"))


def playbook(home: Path) -> bytes:
    return (home / "playbooks" / "x.md").read_bytes()


def test_applying_writes_the_file_that_was_shown_and_marks_the_suggestion_consumed(home: Path) -> None:
    done = opened(home).apply("s1", " Ada ", NOON, "d1")
    assert playbook(home) == AFTER
    assert (done["state"], done["actor"], done["decided_at"]) == ("applied", "Ada", NOON)
    assert done["after_sha256"] == digest(AFTER)
    assert opened(home).pending() == []
    (edit,) = opened(home).edits()
    told = {name: edit[name] for name in ("action", "actor", "before_sha256", "after_sha256", "diff_sha256")}
    assert told == {
        "action": "applied",
        "actor": "Ada",
        "before_sha256": digest(BEFORE),
        "after_sha256": digest(AFTER),
        "diff_sha256": "d1",
    }


def test_a_request_made_again_adds_nothing_whatever_became_of_it(home: Path) -> None:
    suggestions = opened(home)
    assert suggestions.add([suggestion(), suggestion("s2")]) == [suggestion("s2")]
    suggestions.reject("s1", "Ada", NOON)
    assert suggestions.add([suggestion()]) == []
    assert [row["state"] for row in suggestions.every()] == ["rejected", "pending"]


def test_a_rejected_suggestion_leaves_the_file_and_is_over(home: Path) -> None:
    done = opened(home).reject("s1", "Ada", NOON, "no")
    assert (done["state"], done["reason"], playbook(home)) == ("rejected", "no", BEFORE)
    with pytest.raises(Refused, match="s1: already rejected by Ada at 2024-03-04T12:00"):
        opened(home).apply("s1", "Bob", NOON)
    assert [edit["action"] for edit in opened(home).edits()] == ["rejected"]


def test_a_playbook_that_changed_makes_it_stale_and_is_not_written(home: Path) -> None:
    (home / "playbooks" / "x.md").write_bytes(b"by hand\n")
    with pytest.raises(Refused, match="the playbook has changed since the suggestion was made; nothing was written"):
        opened(home).apply("s1", "Ada", NOON)
    assert playbook(home) == b"by hand\n"
    assert opened(home).one("s1")["state"] == "stale"
    assert [(edit["action"], edit["actor"]) for edit in opened(home).edits()] == [("stale", None)]
    with pytest.raises(Refused, match="already stale: the playbook has changed"):
        opened(home).apply("s1", "Ada", NOON)


def test_a_difference_other_than_the_one_seen_is_refused_and_stays_pending(home: Path) -> None:
    with pytest.raises(Refused, match="not the one you have seen"):
        opened(home).apply("s1", "Ada", NOON, "d0")
    assert (opened(home).one("s1")["state"], playbook(home), opened(home).edits()) == ("pending", BEFORE, [])


@pytest.mark.parametrize("actor", ["", "  "])
def test_nobody_decides_nothing(home: Path, actor: str) -> None:
    for decide in (opened(home).apply, opened(home).reject):
        with pytest.raises(BadInput, match="expected the name of the person"):
            decide("s1", actor, NOON)
    assert (opened(home).one("s1")["state"], playbook(home)) == ("pending", BEFORE)


def test_an_unknown_suggestion_is_one_line(home: Path) -> None:
    with pytest.raises(BadInput, match="no such suggestion"):
        opened(home).apply("../s" * 100, "Ada", NOON)


def test_a_refused_request_can_never_be_applied(home: Path) -> None:
    opened(home).add([suggestion("s2", state="refused", content=None, file_sha256=None, reason="no such playbook")])
    with pytest.raises(Refused, match="s2: already refused: no such playbook"):
        opened(home).apply("s2", "Ada", NOON)


def test_those_whose_playbook_changed_or_went_are_found(home: Path) -> None:
    suggestions = opened(home)
    suggestions.add([suggestion("s2", playbook_id="gone")])
    assert [row["suggestion_id"] for row in suggestions.find_stale(NOON)] == ["s2"]
    (home / "playbooks" / "x.md").write_bytes(b"by hand\n")
    assert [row["suggestion_id"] for row in suggestions.find_stale(NOON)] == ["s1"]
    assert suggestions.find_stale(NOON) == []


def test_our_own_evidence_makes_it_one_for_the_new_file(home: Path) -> None:
    made = {"file_sha256": digest(b"new\n"), "diff": "d", "diff_sha256": "d1", "content": b"new after\n"}
    opened(home).rebase("s1", digest(b"another\n"), made)
    assert opened(home).one("s1")["file_sha256"] == digest(BEFORE)
    opened(home).rebase("s1", digest(BEFORE), made)
    (home / "playbooks" / "x.md").write_bytes(b"new\n")
    opened(home).apply("s1", "Ada", NOON)
    assert playbook(home) == b"new after\n"


def test_of_people_who_apply_at_once_one_does(home: Path) -> None:
    with ExitStack() as stack:
        people = [stack.enter_context(python(IMPORTS + APPLY, home, f"p{k}", 0)) for k in range(4)]
        told = sorted(said(one) for one in people)
    assert told == ["Refused", "Refused", "Refused", "applied"]
    assert playbook(home) == AFTER
    assert [edit["action"] for edit in opened(home).edits()] == ["applied"]


@pytest.mark.parametrize("fatal", FATAL)
def test_a_process_that_dies_while_applying_is_finished_by_the_next(killed: dict[int, Path], fatal: int) -> None:
    home = killed[fatal]
    assert playbook(home) in {BEFORE, AFTER}
    done = opened(home).apply("s1", "Bob", NOON)
    assert (done["state"], done["actor"], playbook(home)) == ("applied", "Bob", AFTER)
    assert [edit["actor"] for edit in opened(home).edits()] == ["Bob"]
