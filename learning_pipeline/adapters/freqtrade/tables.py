"""The tables of a bot's database, read without leaving a trace and while the bot writes on."""

from __future__ import annotations

import sqlite3
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from learning_pipeline.errors import BadInput

Row = Mapping[str, Any]
"""A row as SQLite gives it: any column may be missing, null or of another type."""

MAGIC = b"SQLite format 3\x00"
BUSY_SECONDS = 5.0
MAX_CELL_BYTES = 1 << 20
_NEEDED = {"id", "pair", "is_open", "open_rate", "amount", "open_date"}
"""Columns of ``trades`` in every generation since 2019, without which a trade is none."""


class Tables(NamedTuple):
    """What was read, in the order of ids; a table that the generation has not is empty."""

    trades: list[Row]
    orders: list[Row]
    locks: list[Row]
    n_trade_columns: int
    """Which generation it is: freqtrade adds columns with time."""


def is_database(path: Path) -> bool:
    """Whether a file is called like a database or is one."""
    if path.suffix in {".sqlite", ".sqlite3"}:
        return True
    with path.open("rb") as stream:
        return stream.read(len(MAGIC)) == MAGIC


def read_tables(path: Path) -> Tables:
    """Trades, orders and locks as of one instant.

    Raises
    ------
    BadInput
        It is no SQLite file, damaged, locked, or not freqtrade's.
    """
    try:
        with _opened(path) as database:
            return _read(path, database)
    except (sqlite3.Error, OSError) as e:
        again = "; the bot is writing, try again" if "locked" in str(e) else ""
        raise BadInput(f"{path}: expected freqtrade's database (SQLite), could not be read: {e}{again}") from e


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    address = f"file:{urllib.parse.quote(str(path.resolve()))}?mode=ro"
    if _is_at_rest(path):
        address += "&immutable=1"  # else SQLite would leave its -shm file there, or fail where it may not write one
    with closing(sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)) as database:
        database.row_factory = sqlite3.Row
        database.text_factory = lambda raw: raw.decode(errors="replace")
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_CELL_BYTES)
        database.execute("PRAGMA trusted_schema = OFF")
        database.execute("BEGIN")  # one snapshot for all tables
        yield database


def _is_at_rest(path: Path) -> bool:
    """Whether nobody has it open for writing: its mode is write-ahead, and there is no log to write to."""
    with path.open("rb") as stream:
        header = stream.read(20)
    return header[18:20] == b"\x02\x02" and not Path(f"{path}-wal").exists()


def _read(path: Path, database: sqlite3.Connection) -> Tables:
    names = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    columns = {row["name"] for row in database.execute("PRAGMA table_info(trades)")} if "trades" in names else set()
    if missing := _NEEDED - columns:
        what = f"table trades without {', '.join(sorted(missing))}" if columns else "no table trades"
        raise BadInput(f"{path}: expected freqtrade's database, found {what}")
    read = {table: _rows(database, table) if table in names else [] for table in ("trades", "orders", "pairlocks")}
    return Tables(read["trades"], read["orders"], read["pairlocks"], len(columns))


def _rows(database: sqlite3.Connection, table: str) -> list[Row]:
    return [dict(row) for row in database.execute(f"SELECT * FROM {table} ORDER BY id")]  # noqa: S608  # our three names
