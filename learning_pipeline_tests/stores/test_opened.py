"""A table that was opened before is always the table that is there now."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from learning_pipeline.stores.opened import current


def commit(uri, *values):
    pl.DataFrame({"a": values}).write_delta(uri, mode="append")


def values(uri):
    return sorted(pl.read_delta(current(uri))["a"])


def test_commits_of_others_are_seen(tmp_path):
    uri = str(tmp_path / "table")
    commit(uri, 1)
    assert values(uri) == [1]
    with ThreadPoolExecutor(1) as other:
        other.submit(commit, uri, 2).result()
    assert values(uri) == [1, 2]


def test_a_table_taken_away_is_gone_and_one_made_anew_is_another(tmp_path):
    uri = str(tmp_path / "table")
    commit(uri, 1)
    assert values(uri) == [1]
    shutil.rmtree(uri)
    assert current(uri) is None
    commit(uri, 7)
    assert values(uri) == [7]


def test_one_made_anew_in_between_is_another(tmp_path):
    uri = str(tmp_path / "table")
    commit(uri, 1)
    assert values(uri) == [1]
    shutil.rmtree(uri)
    commit(uri, 7)
    assert values(uri) == [7]


def test_threads_do_not_move_each_others_version(tmp_path):
    uri = str(tmp_path / "table")
    commit(uri, 1)
    mine = current(uri)
    with ThreadPoolExecutor(1) as other:
        other.submit(lambda: (commit(uri, 2), current(uri))).result()
    assert mine.version() == 0
