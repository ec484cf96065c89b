"""Looking at SQLite files that others write to: what was committed is seen, and no trace is left."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from learning_pipeline.errors import BadInput
from learning_pipeline.stores.peek import copied
from learning_pipeline.stores.writer import holder, one_writer
from learning_pipeline_tests.stores.rows import python

HOLDER = """
import sys, time
from pathlib import Path
from learning_pipeline.stores.writer import one_writer
with one_writer(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def count(path: Path) -> int:
    with copied(path) as copy, closing(sqlite3.connect(copy)) as connection:
        return connection.execute("SELECT count(*) FROM t").fetchone()[0]


def test_what_was_committed_is_seen_while_another_writes_and_after_it_closed(tmp_path: Path) -> None:
    path = tmp_path / "it's.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE t (n)")
        for n in range(1, 4):
            writer.execute("INSERT INTO t VALUES (1)")
            assert count(path) == n
        writer.execute("BEGIN")
        writer.execute("INSERT INTO t VALUES (1)")
        assert count(path) == 3, "not committed yet"
        writer.execute("COMMIT")
    before = {file: file.stat() for file in tmp_path.iterdir()}
    assert count(path) == 4
    assert {file: file.stat() for file in tmp_path.iterdir()}.keys() == before.keys() == {path}


def test_a_file_that_is_not_there_is_refused_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"), copied(tmp_path / "none"):
        pass
    assert not list(tmp_path.iterdir())


def test_the_holder_of_a_data_root_is_told_without_touching_its_lock(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    assert holder(lock) is None
    with python(HOLDER, lock) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        assert holder(lock) == process.pid
        process.kill()
    assert lock.read_text() == str(process.pid)
    assert holder(lock) is None
    with one_writer(lock, pytest.fail):
        assert holder(lock) is not None
