"""Arrivals, marks and days of ids; several processes at once."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from learning_pipeline.errors import BadInput
from learning_pipeline.stores.ledger import Ledger
from learning_pipeline_tests.stores.rows import python, said

NOW = dt.datetime(2024, 3, 4, 12, tzinfo=dt.UTC)
REGISTER = """
import sys, datetime as dt
from pathlib import Path
from learning_pipeline.stores.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]))
for n in range(20):
    ledger.register(f"sha-{n}", "f", f"s{n}", (1, n), dt.datetime.now(dt.UTC))
    ledger.set_marks({"last": str(n), sys.argv[2]: str(n)})
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "new" / "ledger.sqlite")


def test_marks_are_set_changed_and_removed_together(ledger: Ledger) -> None:
    ledger.set_marks({"a": "1", "b": "2"})
    ledger.set_marks({"a": "3", "b": None, "c": None})
    assert ledger.marks() == {"a": "3"}
    assert (ledger.mark("a"), ledger.mark("b")) == ("3", None)


def test_files_are_listed_in_order_of_arrival_and_a_content_once(ledger: Ledger) -> None:
    for n, sha256 in enumerate(["z", "a", "z"]):
        ledger.register(sha256, f"file{n}", f"stored{n}", (n, n), NOW)
    assert [(r["sha256"], r["file"]) for r in ledger.arrivals(landed=False)] == [("z", "file0"), ("a", "file1")]
    assert ledger.seen_files() == {("stored0", 0, 0), ("stored1", 1, 1), ("stored2", 2, 2)}
    ledger.note_landed(["z"])
    assert [r["sha256"] for r in ledger.arrivals(landed=True)] == ["z"]


def test_counts_once_noted_stay(ledger: Ledger) -> None:
    ledger.register("z", "file", "stored", (1, 1), NOW)
    ledger.note_counts({"z": {"n_lines": 1}})
    ledger.note_counts({"z": {"n_lines": 2}})
    assert ledger.arrivals(landed=False)[0]["counts"] == {"n_lines": 1}


def test_days_of_ids(ledger: Ledger) -> None:
    ledger.add_key_days([(-(2**63), 1), (5, 2), (5, 3), (5, 3)])
    ledger.add_key_days([])
    assert ledger.days_of_keys([5, 7]) == {2, 3}
    assert ledger.days_of_keys([*range(100, 25_000), -(2**63)]) == {1}
    assert ledger.days_of_keys([]) == set()


def test_every_commit_is_forced_to_disk(ledger: Ledger) -> None:
    with ledger._database.reading() as connection:
        asked = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
    assert asked == ["wal", 2]


def test_processes_that_create_and_fill_one_ledger_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with ExitStack() as stack:
        for process in [stack.enter_context(python(REGISTER, path, f"mark-{n}")) for n in range(3)]:
            said(process)
    assert {r["sha256"] for r in Ledger(path).arrivals(landed=False)} == {f"sha-{n}" for n in range(20)}
    assert Ledger(path).marks() == {"last": "19", "mark-0": "19", "mark-1": "19", "mark-2": "19"}


def test_a_file_that_is_no_ledger_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(BadInput, match=r"ledger\.sqlite: the ledger cannot be used \(file is not a database\)"):
        Ledger(path)
    assert path.read_bytes().startswith(b"not a database")


def test_a_folder_in_its_place_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").mkdir()
    with pytest.raises(BadInput, match="unable to open"):
        Ledger(tmp_path / "ledger.sqlite")


def test_a_ledger_is_sqlite_that_anybody_can_read(ledger: Ledger, tmp_path: Path) -> None:
    ledger.set_marks({"a": "1"})
    with closing(sqlite3.connect(tmp_path / "new" / "ledger.sqlite")) as connection:
        assert connection.execute("SELECT * FROM marks").fetchall() == [("a", "1")]
