"""`lp.query`: published tables as frames, and nothing but reading."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

import learning_pipeline as lp
from learning_pipeline.errors import BadInput


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("CREATE TABLE guards AS SELECT 'ts' AS guard, TIMESTAMPTZ '2024-05-01 12:00:00+02' AS at")
    return tmp_path


def test_a_query_gives_a_frame_with_instants_in_utc(home: Path) -> None:
    found = lp.query("SELECT * FROM guards WHERE guard = $guard", home, {"guard": "ts"})
    assert found["guard"].to_list() == ["ts"]
    assert found["at"][0] == dt.datetime(2024, 5, 1, 10, tzinfo=dt.UTC)
    assert lp.query("SELECT * FROM guards WHERE guard = $guard", home, {"guard": "dx"}).is_empty()


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT * FROM analysis.what_if", "published by an older version, perhaps"),
        ("SELECT nothing FROM guards", "query: Binder Error"),
        ("SELEC", "query: Parser Error"),
        ("", "expected one that gives rows"),
        ("DELETE FROM guards", "read-only"),
        ("SELECT * FROM read_csv('/etc/passwd')", "query: Permission Error"),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_line(home: Path, sql: str, words: str) -> None:
    with pytest.raises(BadInput, match=words) as told:
        lp.query(sql, home)
    assert "\n" not in str(told.value)


def test_nothing_published_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no warehouse yet"):
        lp.query("SELECT 1", tmp_path)
