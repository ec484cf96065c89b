"""The published file: replaced under readers' feet, reloaded where it changed, and nothing can be written to it."""

from __future__ import annotations

import datetime as dt
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pandera.polars as pa
import polars as pl
import pytest

from learning_pipeline.contracts import Table
from learning_pipeline.errors import BadInput
from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.warehouse import STORAGE_VERSION, publish, read_only
from learning_pipeline_tests.stores.rows import MONDAY, Prices, day, grown, prices, python, said

COUNT = "SELECT count(*), sum(price) FROM stores.prices"
ASK = """
import sys
from pathlib import Path
from learning_pipeline.stores.warehouse import read_only
with read_only(Path(sys.argv[1])) as connection:
    print(*connection.execute(sys.argv[2]).fetchone())
"""
KILLED_PUBLISHER = """
import os, signal, sys, duckdb
from contextlib import contextmanager
from pathlib import Path
from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.warehouse import publish
from learning_pipeline_tests.stores.rows import Prices
@contextmanager
def connect(path):
    connection = duckdb.connect(str(path))
    connection.execute("SET checkpoint_threshold = '1GB'; CREATE TABLE left_behind AS SELECT 1 AS x")
    os.kill(os.getpid(), signal.SIGKILL)
    yield connection
publish(Path(sys.argv[1]), Lake(sys.argv[2]), [Prices], {}, connect)
"""


def connect(path: Path) -> closing[duckdb.DuckDBPyConnection]:
    return closing(duckdb.connect(str(path)))


NAME = "it's here.duckdb"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of three days, and what was published of it."""
    folder = tmp_path_factory.mktemp("published")
    lake = Lake(folder / "lake")
    lake.replace(Prices, prices(3), day(0), day(2))
    assert bring_up(folder / NAME, lake) == 3
    return folder


@pytest.fixture
def lake(tmp_path: Path, published: Path) -> Lake:
    shutil.copytree(published / "lake", tmp_path / "lake")
    return Lake(tmp_path / "lake")


@pytest.fixture
def path(tmp_path: Path, lake: Lake, published: Path) -> Path:
    return Path(shutil.copyfile(published / NAME, tmp_path / NAME))


def bring_up(path: Path, lake: Lake, tables: list[type[Table]] | None = None, **views: str) -> int:
    return publish(path, lake, tables or [Prices], views, connect)


def ask(path: Path, query: str = COUNT) -> Any:
    with read_only(path) as connection:
        return connection.execute(query).fetchall()


def test_a_table_is_shown_with_its_types_and_docs(path: Path) -> None:
    assert ask(path) == [(6, 6.0)]
    assert ask(path, "SELECT comment FROM duckdb_views() WHERE view_name = 'prices'") == [(Prices.grain(),)]
    docs = "SELECT column_name, data_type, comment FROM duckdb_columns() WHERE schema_name = 'stores'"
    assert ("price", "DOUBLE", "price, USD") in ask(path, docs)


def test_only_days_that_changed_are_reloaded(path: Path, lake: Lake) -> None:
    assert bring_up(path, lake) == 0
    lake.replace(Prices, prices(1, 5.0, first=1), day(1), day(1))
    assert bring_up(path, lake) == 1
    assert ask(path) == [(6, 14.0)]
    lake.replace(Prices, Prices.frame(), day(0), day(1))
    assert bring_up(path, lake) == 2
    assert ask(path) == [(2, 2.0)]


def test_a_day_between_those_that_changed_stays_as_it_is(path: Path, lake: Lake) -> None:
    for n in (0, 2):
        lake.replace(Prices, prices(1, 5.0, first=n), day(n), day(n))
    assert bring_up(path, lake) == 2
    assert ask(path) == [(6, 22.0)]


def test_a_reader_keeps_its_data_and_another_process_sees_the_new(path: Path, lake: Lake) -> None:
    with read_only(path) as reader:
        assert reader.execute(COUNT).fetchone() == (6, 6.0)
        lake.replace(Prices, prices(3, 2.0), day(0), day(2))
        bring_up(path, lake)
        assert reader.execute(COUNT).fetchone() == (6, 6.0)
        with python(ASK, path, COUNT) as other:
            assert said(other) == "6 12.0"
    assert ask(path) == [(6, 12.0)]


@pytest.mark.parametrize("kind", [pl.String, pl.Int64])
def test_a_new_column_rebuilds_its_table_and_no_other(path: Path, lake: Lake, kind: object) -> None:
    later, other = grown(Prices, "note", kind), grown(Prices, "other", kind)
    other.__name__ = "Others"
    lake.replace(other, other.frame([{"day": MONDAY, "symbol": "a", "price": 1.0}]), MONDAY, MONDAY)
    assert bring_up(path, lake, [Prices, other]) == 1
    assert bring_up(path, lake, [later, other]) == 3
    assert ask(path, "SELECT count(*), count(note) FROM stores.prices") == [(6, 0)]


def test_a_column_of_another_type_rebuilds_its_table(path: Path, tmp_path: Path) -> None:
    class Whole(Table, key=("day", "symbol")):
        """One row per day and symbol: what it cost."""

        symbol: pl.String = pa.Field(description="market")
        price: pl.Int64 = pa.Field(gt=0, description="price, USD")

    Whole.__name__, Whole.__module__ = "Prices", Prices.__module__
    other = Lake(tmp_path / "other")
    other.replace(Whole, Whole.frame([{"day": MONDAY, "symbol": "a", "price": 2**60 + 1}]), MONDAY, MONDAY)
    bring_up(path, other, [Whole])
    assert ask(path, "SELECT price FROM stores.prices") == [(2**60 + 1,)]


def test_a_view_of_the_catalog_may_show_a_table_otherwise(path: Path, lake: Lake) -> None:
    bring_up(path, lake, **{"stores.prices": "SELECT day, symbol, 2 * price AS price FROM {copied}"})
    assert ask(path) == [(6, 12.0)]


def test_of_a_revised_table_the_rows_of_the_last_revision_are_shown(tmp_path: Path) -> None:
    class Notes(Table, key=("note_id", "made_at"), newest=("note_id", "made_at")):
        """One row per note and revision."""

        note_id: pl.String
        made_at: pl.Int64

    Notes.__module__ = Prices.__module__
    lake = Lake(tmp_path / "lake")
    rows = [{"day": day(n), "note_id": name, "made_at": n} for n, name in enumerate(["a", "b", "a"])]
    lake.replace(Notes, Notes.frame(rows), day(0), day(2))
    bring_up(tmp_path / "w.duckdb", lake, [Notes])
    shown = "SELECT note_id, made_at FROM stores.notes ORDER BY 1"
    assert ask(tmp_path / "w.duckdb", shown) == [("a", 2), ("b", 1)]


def test_the_file_answers_the_same_elsewhere_without_the_lake(path: Path, tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    shutil.copyfile(path, tmp_path / "mail" / "copy.duckdb")
    shutil.rmtree(tmp_path / "lake")
    assert ask(tmp_path / "mail" / "copy.duckdb") == [(6, 6.0)]


def test_older_duckdb_can_read_the_file_also_when_it_was_brought_up_again(path: Path, lake: Lake) -> None:
    bring_up(path, lake)
    ((tags,),) = ask(path, "SELECT tags FROM duckdb_databases() WHERE path IS NOT NULL")
    assert tags["storage_version"].rstrip("+") == STORAGE_VERSION == "v1.2.0"


def test_a_publisher_that_was_killed_leaves_the_old_file_and_nothing_for_the_next(path: Path, lake: Lake) -> None:
    with python(KILLED_PUBLISHER, path, lake.root) as publisher:
        publisher.wait(timeout=60)
    assert [p.suffix for p in path.parent.glob(f".{path.name}.new*")].count(".wal") == 1, "or this tests nothing"
    assert ask(path) == [(6, 6.0)]
    bring_up(path, lake)
    assert ask(path, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'left_behind'") == [(0,)]
    assert sorted(p.name for p in path.parent.iterdir()) == [path.name, "lake"]


def test_a_run_that_fails_publishes_nothing(path: Path, lake: Lake) -> None:
    lake.replace(Prices, prices(3, 9.0), day(0), day(2))
    with pytest.raises(duckdb.Error):
        bring_up(path, lake, **{"stores.prices": "SELECT no_such_column FROM {copied}"})
    assert ask(path) == [(6, 6.0)]
    bring_up(path, lake)
    assert ask(path) == [(6, 54.0)]


@pytest.mark.parametrize(
    "query",
    [
        "CREATE TABLE x (a INT)",
        "INSERT INTO lake.\"stores.prices\" VALUES (DATE '2024-01-01', 'a', 1)",
        "DROP VIEW stores.prices",
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "EXPORT DATABASE '{folder}/out'",
        "SELECT * FROM read_csv('{folder}/secret.csv')",
        "SELECT * FROM '{folder}/secret.csv'",
        "SELECT * FROM read_text('{folder}/secret.csv')",
        "SELECT * FROM glob('{folder}/*')",
        "ATTACH '{folder}/other.duckdb'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET GLOBAL enable_external_access = true",
        "RESET enable_external_access",
        "SET allowed_directories = ['{folder}']",
        "SET access_mode = 'read_write'",
        "SET lock_configuration = false",
        "SET TimeZone = 'Europe/Berlin'",
    ],
)
def test_a_reader_can_neither_write_nor_reach_files_nor_allow_itself_to(path: Path, query: str) -> None:
    (path.parent / "secret.csv").write_text("a\n1\n")
    before = {p.name for p in path.parent.iterdir()}
    with read_only(path) as connection, pytest.raises(duckdb.Error):
        connection.execute(query.replace("{folder}", str(path.parent).replace("'", "''"))).fetchall()
    assert ask(path) == [(6, 6.0)]
    assert {p.name for p in path.parent.iterdir()} == before


def test_times_are_shown_in_utc(tmp_path: Path) -> None:
    table = grown(Prices, "seen_at", pl.Datetime("us", "UTC"))
    at = dt.datetime(2024, 3, 4, 23, 30, tzinfo=dt.UTC)
    lake = Lake(tmp_path / "lake")
    lake.replace(table, table.frame([{"day": MONDAY, "symbol": "a", "price": 1.0, "seen_at": at}]), MONDAY, MONDAY)
    bring_up(tmp_path / "w.duckdb", lake, [table])
    assert ask(tmp_path / "w.duckdb", "SELECT seen_at::VARCHAR FROM stores.prices") == [("2024-03-04 23:30:00+00",)]


def test_no_file_and_a_damaged_one_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.duckdb: no warehouse yet; .*ingest.*run"):
        ask(tmp_path / "none.duckdb")
    (tmp_path / "bad.duckdb").write_bytes(b"x" * 5000)
    with pytest.raises(BadInput, match="not a valid DuckDB database file; remove it"):
        ask(tmp_path / "bad.duckdb")
