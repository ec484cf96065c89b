"""Answers of people: all of one or nothing, once, on the evidence that was shown; in the file that the bot reads."""

from __future__ import annotations

import datetime as dt
import signal
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from learning_pipeline.errors import BadInput, Refused
from learning_pipeline.stores.approvals import Answer, Approvals
from learning_pipeline.stores.overrides_file import read_overrides_file, write_overrides
from learning_pipeline_tests.stores.rows import exit_codes, python, said

NOON = dt.datetime(2024, 3, 4, 12, tzinfo=dt.UTC)
NINETY = dt.timedelta(days=90)
IMPORTS = """
import datetime as dt, os, signal, sys
from pathlib import Path
import sqlalchemy as sa
from learning_pipeline.stores.approvals import Answer, Approvals
from learning_pipeline.stores.overrides_file import write_overrides
"""
APPROVE = """
home, name, fatal = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
approvals, n = Approvals(home / "ledger.sqlite"), 0
at = dt.datetime(2024, 3, 4, 12, tzinfo=dt.UTC)
def die_at(*_):
    global n
    n += 1
    if n == fatal:
        os.kill(os.getpid(), signal.SIGKILL)
sa.event.listen(approvals._database._engine, "before_cursor_execute", die_at)
answer = Answer({"proposal_id": "p1"}, "e1", name, at, at + dt.timedelta(days=90))
contents = [{"override_id": f"o-{name}", "category": c} for c in ("a", "b")]
try:
    approvals.approve(answer, contents)
    print("approved")
except Exception as e:
    print(type(e).__name__)
if fatal == 99:
    os.kill(os.getpid(), signal.SIGKILL)
write_overrides(home / "overrides.json", approvals.active)
"""


FATAL = [1, 2, 3, 4, 5, 6, 99]
"""The statement before which the process dies; 99: after the last."""


def listed(home: Path) -> Approvals:
    approvals = Approvals(home / "ledger.sqlite")
    approvals.note_listed({"p1": "e1", "p2": "e2"}, NOON)
    return approvals


@pytest.fixture
def approvals(tmp_path: Path) -> Approvals:
    return listed(tmp_path)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Data roots of which somebody died while approving."""
    homes = {fatal: tmp_path_factory.mktemp(f"killed{fatal}") for fatal in FATAL}
    for home in homes.values():
        listed(home)
    codes = exit_codes(IMPORTS, APPROVE, [(home, "Ada", fatal) for fatal, home in homes.items()])
    assert codes == [-signal.SIGKILL] * len(FATAL)
    return homes


def answer(proposal_id: str = "p1", evidence: str = "e1", actor: str = "Ada", at: dt.datetime = NOON) -> Answer:
    return Answer({"proposal_id": proposal_id, "kind": "drop_guard"}, evidence, actor, at, at + NINETY, "because")


def contents(override_id: str = "o1") -> list[dict[str, Any]]:
    return [{"override_id": override_id, "category": category, "n": 4} for category in ("tuning_halo", "tuning_ts")]


def test_an_approval_is_an_answer_an_active_override_and_a_transition(approvals: Approvals) -> None:
    approvals.approve(answer(), contents())
    (told,) = approvals.answers()
    who = {"proposal_id": "p1", "evidence_sha256": "e1", "answer": "approved", "actor": "Ada", "reason": "because"}
    assert told == who | {"decided_at": NOON, "holds_until": NOON + NINETY, "override_id": "o1"}
    state = {"state": "active", "state_at": NOON, "reason": "approved by Ada"}
    assert approvals.overrides() == [row | state for row in contents()]
    (moved,) = approvals.transitions()
    why = {"override_id": "o1", "moved_at": NOON, "reason": "approved by Ada"}
    assert moved == why | {"from_state": None, "to_state": "active"}
    assert approvals.active() == contents()


def test_a_rejection_makes_nothing(approvals: Approvals) -> None:
    approvals.reject(answer())
    assert approvals.standing(NOON) == {"p1": "rejected"}
    assert approvals.overrides() == approvals.transitions() == []


@pytest.mark.parametrize("first", ["approve", "reject"])
def test_a_second_answer_is_refused_and_names_the_first(approvals: Approvals, first: str) -> None:
    word = "approved" if first == "approve" else "rejected"
    approvals.approve(answer(), contents()) if first == "approve" else approvals.reject(answer())
    for again in (lambda: approvals.approve(answer(actor="Bob"), contents("o2")), lambda: approvals.reject(answer())):
        with pytest.raises(Refused, match=f"p1: already {word} by Ada at 2024-03-04T12:00:00"):
            again()
    assert len(approvals.answers()) == 1


def test_only_the_evidence_that_was_listed_can_be_answered(approvals: Approvals) -> None:
    with pytest.raises(Refused, match="p1: its evidence has changed since it was listed"):
        approvals.approve(answer(evidence="e9"), contents())
    with pytest.raises(Refused, match="p3: its evidence was never listed"):
        approvals.reject(answer("p3"))
    assert approvals.answers() == approvals.overrides() == []
    approvals.note_listed({"p1": "e9"}, NOON)
    approvals.approve(answer(evidence="e9"), contents())


@pytest.mark.parametrize("name", ["", "  "])
def test_nobody_cannot_answer(name: str) -> None:
    with pytest.raises(BadInput, match="expected the name of the person"):
        answer(actor=name)


def test_after_its_time_it_is_retired_as_of_its_end_and_may_be_approved_anew(approvals: Approvals) -> None:
    approvals.approve(answer(), contents())
    approvals.retire(NOON + NINETY - dt.timedelta(microseconds=1))
    assert len(approvals.active()) == 2
    late = NOON + NINETY + dt.timedelta(days=5)
    approvals.retire(late)
    approvals.retire(late)
    assert approvals.active() == []
    assert approvals.standing(late) == {}
    moved = [(row["from_state"], row["to_state"], row["moved_at"]) for row in approvals.transitions()]
    assert moved == [(None, "active", NOON), ("active", "retired", NOON + NINETY)]
    assert {(row["state"], row["state_at"]) for row in approvals.overrides()} == {("retired", NOON + NINETY)}
    approvals.approve(answer(at=late), contents("o2"))
    assert {row["override_id"] for row in approvals.active()} == {"o2"}


def test_approving_retires_what_is_over_even_if_nobody_looked_before(approvals: Approvals) -> None:
    approvals.approve(answer(), contents())
    approvals.reject(answer("p2", "e2", at=NOON + NINETY))
    assert approvals.active() == []


@pytest.mark.parametrize("fatal", FATAL)
def test_a_kill_in_the_middle_leaves_nothing_or_everything(killed: dict[int, Path], fatal: int) -> None:
    home = killed[fatal]
    again = Approvals(home / "ledger.sqlite")
    n_rows = len(again.answers()), len(again.overrides()), len(again.transitions())
    assert n_rows == ((1, 2, 1) if fatal == 99 else (0, 0, 0))
    assert read_overrides_file(home / "overrides.json") == [], "no file, or none of it"
    if fatal != 99:
        again.approve(answer(), contents())
    write_overrides(home / "overrides.json", again.active)
    assert read_overrides_file(home / "overrides.json") == again.active() != []


def test_of_two_who_approve_at_once_one_is_refused(approvals: Approvals, tmp_path: Path) -> None:
    with ExitStack() as stack:
        asked = [stack.enter_context(python(IMPORTS + APPROVE, tmp_path, name, 0)) for name in ("Ada", "Bob", "Cleo")]
        words = sorted(said(process) for process in asked)
    assert words == ["Refused", "Refused", "approved"]
    assert len({row["override_id"] for row in approvals.active()}) == 1
    assert read_overrides_file(tmp_path / "overrides.json") == approvals.active()


def test_the_file_is_written_only_where_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "new" / "overrides.json"
    assert not write_overrides(path, list)
    assert not path.parent.exists()
    assert write_overrides(path, contents)
    before = path.stat().st_mtime_ns, path.read_bytes()
    assert not write_overrides(path, contents)
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before
    assert write_overrides(path, list)
    assert read_overrides_file(path) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"n": 4', '"n": 5', "not that of its SHA-256"),
        ("tuning_halo", "tuning_hal0", "not that of its SHA-256"),
        ("}", "", "damaged"),
        ('"sha256"', '"sha"', "damaged"),
        ('"overrides"', '"other"', "damaged"),
    ],
)
def test_a_damaged_file_is_refused_and_says_what_to_do(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = tmp_path / "overrides.json"
    write_overrides(path, contents)
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(BadInput, match=f"{words}.*`learning-pipeline overrides` writes it anew"):
        read_overrides_file(path)
