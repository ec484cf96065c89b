"""A database of what must be transactional: SQLite in WAL mode, every commit forced to disk."""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from learning_pipeline.errors import BadInput, LearningPipelineError, StoreBusy

_WAL_TRIES, _WAL_PAUSE_SECONDS = 200, 0.05


class Database:
    """Transactions over some tables, which are made where they are not there yet.

    Parameters
    ----------
    url : path or str
        SQLite file, or a database URL.
    tables : MetaData
        Tables that must be there.

    Raises
    ------
    StoreBusy
        Another process has held the database for longer than the busy timeout.
    BadInput
        The database cannot be opened or is damaged. Both also from every transaction.
    """

    def __init__(self, url: Path | str, tables: sa.MetaData) -> None:
        if isinstance(url, Path):
            url.parent.mkdir(parents=True, exist_ok=True)
        self._engine = _engine(f"sqlite:///{url}" if isinstance(url, Path) else url)
        with self.reading() as connection:
            there = set(sa.inspect(connection).get_table_names())
        if missing := [table for table in tables.sorted_tables if table.name not in there]:
            with self.writing() as connection:
                for table in missing:
                    connection.execute(sa.schema.CreateTable(table, if_not_exists=True))
                    for index in table.indexes:
                        connection.execute(sa.schema.CreateIndex(index, if_not_exists=True))

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection to read with."""
        with _refusals_in_words(self._engine.url), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction: all of it is kept, or none where anything is raised."""
        with _refusals_in_words(self._engine.url), self._engine.begin() as connection:
            yield connection


@lru_cache(maxsize=16)
def _engine(url: str) -> sa.Engine:
    """One per database, for it keeps the statements that it has compiled; it keeps no connection."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    sa.event.listen(engine, "connect", _durable)
    return engine


def utc_text(at: dt.datetime) -> str:
    """An instant as it is kept: UTC with microseconds always, as text in the order of time."""
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


@contextmanager
def _refusals_in_words(url: sa.URL) -> Iterator[None]:
    try:
        yield
    except sa.exc.DBAPIError as e:
        raise _refusal(url, str(e.orig)) from e


def _refusal(url: sa.URL, found: str) -> LearningPipelineError:
    where = url.database or url.render_as_string(hide_password=True)
    if "locked" in found:
        return StoreBusy(f"{where}: another process holds the ledger ({found}); run again")
    return BadInput(f"{where}: the ledger cannot be used ({found}); check the file, its folder and their permissions")


def _durable(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA busy_timeout=30000")  # first: the others wait too
    _use_wal(connection)
    connection.execute("PRAGMA synchronous=FULL")


def _use_wal(connection: Any) -> None:
    """Switch the file to WAL; SQLite refuses at once, whatever the timeout, while another process switches it too."""
    for _ in range(_WAL_TRIES - 1):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            time.sleep(_WAL_PAUSE_SECONDS)
        else:
            return
    connection.execute("PRAGMA journal_mode=WAL")
