"""The way to look: one DuckDB file of copied tables, replaced in one rename, never written in place."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl

from learning_pipeline.errors import BadInput
from learning_pipeline.stores.atomic import publish_file

if TYPE_CHECKING:  # slow to import, and who only reads the file needs neither
    from learning_pipeline.contracts import Table
    from learning_pipeline.stores.lake import Lake

Connect = Callable[[Path], AbstractContextManager[duckdb.DuckDBPyConnection]]
STORAGE_VERSION = "v1.2.0"
_DAYS = "copied_days"
_DUCKDB_TYPES: dict[Any, str] = {
    pl.String: "VARCHAR",
    pl.Float64: "DOUBLE",
    pl.Int64: "BIGINT",
    pl.Boolean: "BOOLEAN",
    pl.Date: "DATE",
    pl.Datetime: "TIMESTAMP WITH TIME ZONE",
}


def publish(path: Path, lake: Lake, tables: list[type[Table]], views: Mapping[str, str], connect: Connect) -> int:
    """Bring the warehouse up to the lake: copy the last file aside, reload the days that changed, rename into place.

    Readers keep the file that they opened; nobody waits for anybody.

    Parameters
    ----------
    views : table address -> SQL
        Tables that are shown otherwise than copied; ``{copied}`` and ``{<room>.<table>}`` stand for copied tables.
    connect : callable
        Opens a DuckDB file for writing.

    Returns
    -------
    n_reloaded : int
        (table, day) pairs that were reloaded.
    """
    temporary = path.with_name(f".{path.name}.new")
    for left_by_a_kill in (temporary, temporary.with_name(f"{temporary.name}.wal")):
        left_by_a_kill.unlink(missing_ok=True)
    if path.exists():
        shutil.copyfile(path, temporary)
    else:
        _create(temporary)
    with connect(temporary) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.begin()  # one transaction: hundreds of small ones would each be written to the log
        _require_shape(connection, tables, views)
        n_reloaded = _bring_up(connection, lake, tables)
        connection.commit()
        connection.execute("CHECKPOINT")
    publish_file(temporary, path)
    return n_reloaded


@contextmanager
def read_only(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published file for reading; close it again, since an open connection hides a newer file.

    Raises
    ------
    BadInput
        Nothing was published yet, or the file is damaged.
    """
    if not path.exists():
        raise BadInput(f"{path}: no warehouse yet; `learning-pipeline ingest` events and `run` the chain (or `demo`)")
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as e:
        raise BadInput(f"{path}: {_first_line(e)}; remove it and `learning-pipeline run` publishes it anew") from e
    try:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection
    finally:
        connection.close()


def _create(path: Path) -> None:
    """An empty file in a format that DuckDB 1.x reads too."""
    connection = duckdb.connect()
    try:
        connection.execute(
            f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS new (STORAGE_VERSION '{STORAGE_VERSION}')"
        )
        connection.execute(
            f"CREATE SCHEMA new.lake; CREATE TABLE new.lake.{_DAYS} (address VARCHAR, day DATE, files VARCHAR)"
        )
    finally:
        connection.close()


def _bring_up(connection: duckdb.DuckDBPyConnection, lake: Lake, tables: list[type[Table]]) -> int:
    """Reload the days whose lake files are not those copied last; how many, over all tables."""
    copied, listed = copied_days(connection), []
    for table in tables:
        known, there = copied.get(table.address(), {}), lake.files_by_day(table)
        stale = stale_days(known, there)
        if stale:
            rows = lake.read(table, stale[0], stale[-1])
            if any(stale[0] < day < stale[-1] for day in there.keys() - stale):
                rows = rows.filter(pl.col("day").is_in(stale))
            _reload(connection, table, rows, [day for day in stale if day in known])
        listed += [(table.address(), day, there.get(day)) for day in stale]
    if listed:
        _note(connection, listed)
    return len(listed)


def copied_days(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[dt.date, str]]:
    """Of each table the days that were copied, and from which files."""
    copied: dict[str, dict[dt.date, str]] = {}
    for address, day, files in connection.execute(f"SELECT address, day, files FROM lake.{_DAYS}").fetchall():  # noqa: S608  # a constant name
        copied.setdefault(address, {})[day] = files
    return copied


def stale_days(copied: Mapping[dt.date, str], there: Mapping[dt.date, str]) -> list[dt.date]:
    """Days of a table that were copied from other files than are there now (``Lake.files_by_day``)."""
    return sorted(day for day in copied.keys() | there.keys() if copied.get(day) != there.get(day))


def _reload(
    connection: duckdb.DuckDBPyConnection, table: type[Table], rows: pl.DataFrame, replaced: list[dt.date]
) -> None:
    if replaced:
        connection.execute(f"DELETE FROM {_copied(table)} WHERE day IN (SELECT unnest(?))", [replaced])  # noqa: S608  # our own names
    connection.register("incoming", rows.to_arrow())
    connection.execute(f"INSERT INTO {_copied(table)} BY NAME SELECT * FROM incoming")  # noqa: S608  # our own names
    connection.unregister("incoming")


def _note(connection: duckdb.DuckDBPyConnection, listed: list[tuple[str, dt.date, str | None]]) -> None:
    """Note from which files days were copied; no files: the day is gone."""
    schema = {"address": pl.String, "day": pl.Date, "files": pl.String}
    connection.register("listed", pl.DataFrame(listed, schema=schema, orient="row").to_arrow())
    connection.execute(f"DELETE FROM lake.{_DAYS} WHERE (address, day) IN (SELECT (address, day) FROM listed)")  # noqa: S608  # a constant name
    connection.execute(f"INSERT INTO lake.{_DAYS} BY NAME SELECT * FROM listed WHERE files IS NOT NULL")  # noqa: S608
    connection.unregister("listed")


def _require_shape(connection: duckdb.DuckDBPyConnection, tables: list[type[Table]], views: Mapping[str, str]) -> None:
    """Copied tables as the contracts have them, and the analysts' views of them; the file says which shape it has."""
    columns = {table: _columns(table) for table in tables}
    shown = [line for table in tables for line in _view(table, views.get(table.address()))]
    digest = hashlib.sha256("\n".join([*map(str, columns.values()), *shown]).encode()).hexdigest()
    there = connection.execute("SELECT comment FROM duckdb_tables() WHERE table_name = ?", [_DAYS]).fetchone()
    if there == (digest,):
        return
    made = _made_anew(connection, columns)
    connection.execute("; ".join([*made, *shown, f"COMMENT ON TABLE lake.{_DAYS} IS '{digest}'"]))


def _made_anew(
    connection: duckdb.DuckDBPyConnection, columns: Mapping[type[Table], list[tuple[str, str]]]
) -> Iterator[str]:
    """Create copied tables; where a contract has changed, drop its table so that every day is reloaded."""
    query = """
        SELECT table_name, list((column_name, data_type) ORDER BY column_index) FROM duckdb_columns()
        WHERE schema_name = 'lake' GROUP BY table_name
    """
    there = dict(connection.execute(query).fetchall())
    for table, wanted in columns.items():
        if there.get(table.address()) != wanted:
            yield f"DROP TABLE IF EXISTS {_copied(table)} CASCADE"
            yield f"DELETE FROM lake.{_DAYS} WHERE address = {_literal(table.address())}"  # noqa: S608  # our own names
            yield f"CREATE TABLE {_copied(table)} ({', '.join(f'{_quoted(n)} {t}' for n, t in wanted)})"


def _view(table: type[Table], view: str | None) -> Iterator[str]:
    shown = f"{_quoted(table.room())}.{_quoted(table.table())}"
    query = (view or newest_rows(table)).replace("{copied}", _copied(table))
    yield f"CREATE SCHEMA IF NOT EXISTS {_quoted(table.room())}"
    yield f"CREATE OR REPLACE VIEW {shown} AS {query}"
    yield f"COMMENT ON VIEW {shown} IS {_literal(table.grain())}"
    for name, (_, _, description) in table.columns_described().items():
        if description:
            yield f"COMMENT ON COLUMN {shown}.{_quoted(name)} IS {_literal(description)}"


def newest_rows(table: type[Table]) -> str:
    """SQL of the rows that count: of each identity those of its last revision."""
    revised = table.revised()
    if revised is None:
        return "SELECT * FROM {copied}"
    identity, order = map(_quoted, revised)
    return f"SELECT * FROM {{copied}} QUALIFY {order} = max({order}) OVER (PARTITION BY {identity})"  # noqa: S608


def _copied(table: type[Table]) -> str:
    return f"lake.{_quoted(table.address())}"


def _columns(table: type[Table]) -> list[tuple[str, str]]:
    return [(name, _duckdb_type(dtype)) for name, dtype in table.dtypes().items()]


def _duckdb_type(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.List):
        return f"{_DUCKDB_TYPES[dtype.inner.base_type()]}[]"
    return _DUCKDB_TYPES[dtype.base_type()]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _first_line(e: Exception) -> str:
    return str(e).splitlines()[0].rstrip("!.")
