"""What must be transactional about ingestion: arrivals, marks, the days on which ids were seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from learning_pipeline.stores.database import Database

_metadata = sa.MetaData()

_arrivals = sa.Table(
    "arrivals",
    _metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True, comment="order of arrival"),
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("file", sa.String, nullable=False, comment="name it was delivered under"),
    sa.Column("stored_as", sa.String, nullable=False, comment="name in the inbox"),
    sa.Column("arrived_at", sa.String, nullable=False, comment="RFC 3339"),
    sa.Column("counts", sa.JSON, comment="what became of its lines, written before the lake is"),
    sa.Column("is_landed", sa.Boolean, nullable=False, default=False, comment="its rows are in the lake"),
)
_seen = sa.Table(
    "seen_files",
    _metadata,
    sa.Column("stored_as", sa.String, primary_key=True),
    sa.Column("size", sa.Integer, primary_key=True),
    sa.Column("mtime_ns", sa.Integer, primary_key=True),
)
_marks = sa.Table(
    "marks", _metadata, sa.Column("name", sa.String, primary_key=True), sa.Column("value", sa.String, nullable=False)
)
_key_days = sa.Table(
    "key_days",
    _metadata,
    sa.Column("key", sa.Integer, primary_key=True, comment="64-bit digest of an id"),
    sa.Column("day", sa.Integer, primary_key=True, comment="proleptic ordinal"),
    sqlite_with_rowid=False,
)
_LOOKUP_CHUNK = 10_000


class Ledger:
    """Arrivals of files, marks (named values) and the days on which ids were seen.

    Parameters
    ----------
    url : path or str
        SQLite file, or a database URL.

    Raises
    ------
    StoreBusy
        Another process has held the database for longer than the busy timeout.
    BadInput
        The database cannot be opened or is damaged. Both also from every method.
    """

    def __init__(self, url: Path | str) -> None:
        self._database = Database(url, _metadata)

    def mark(self, name: str) -> str | None:
        """Value of a mark; None where it is not set."""
        with self._database.reading() as connection:
            return connection.scalar(sa.select(_marks.c.value).where(_marks.c.name == name))

    def marks(self) -> dict[str, str]:
        """Every mark, read at one instant."""
        with self._database.reading() as connection:
            return {row.name: row.value for row in connection.execute(sa.select(_marks))}

    def set_marks(self, values: dict[str, str | None]) -> None:
        """Set several marks in one transaction; None removes one."""
        with self._database.writing() as connection:
            for name, value in values.items():
                connection.execute(sa.delete(_marks).where(_marks.c.name == name))
                if value is not None:
                    connection.execute(sa.insert(_marks).values(name=name, value=value))

    def seen_files(self) -> set[tuple[str, int, int]]:
        """Inbox files registered so far: name, size in bytes, modification time in nanoseconds."""
        with self._database.reading() as connection:
            return {tuple(row) for row in connection.execute(sa.select(_seen))}

    def register(self, sha256: str, file: str, stored_as: str, stat: tuple[int, int], now: dt.datetime) -> None:
        """Note an inbox file; a content known before is not noted again."""
        with self._database.writing() as connection:
            row = {"sha256": sha256, "file": file, "stored_as": stored_as, "arrived_at": now.isoformat()}
            connection.execute(sa.insert(_arrivals).prefix_with("OR IGNORE").values(**row, is_landed=False))
            seen = {"stored_as": stored_as, "size": stat[0], "mtime_ns": stat[1]}
            connection.execute(sa.insert(_seen).prefix_with("OR IGNORE").values(**seen))

    def arrivals(self, *, landed: bool) -> list[dict[str, Any]]:
        """Files in order of arrival: those whose rows are in the lake, or those still to be landed."""
        query = sa.select(_arrivals).where(_arrivals.c.is_landed == landed).order_by(_arrivals.c.seq)
        with self._database.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def note_counts(self, counts: dict[str, dict[str, int]]) -> None:
        """Note what becomes of each file's lines, before the lake is written; a count noted before stays."""
        with self._database.writing() as connection:
            for sha256, count in counts.items():
                open_ = (_arrivals.c.sha256 == sha256) & (
                    _arrivals.c.counts.is_(None) | (_arrivals.c.counts == sa.JSON.NULL)
                )
                connection.execute(sa.update(_arrivals).where(open_).values(counts=count))

    def note_landed(self, sha256s: Iterable[str]) -> None:
        """Note that the rows of these files are in the lake."""
        with self._database.writing() as connection:
            for sha256 in sha256s:
                connection.execute(sa.update(_arrivals).where(_arrivals.c.sha256 == sha256).values(is_landed=True))

    def forget_landed(self) -> None:
        """Note that no file's rows are in the lake: every file is to be landed again."""
        with self._database.writing() as connection:
            connection.execute(sa.update(_arrivals).where(_arrivals.c.is_landed).values(is_landed=False))

    def add_key_days(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Note on which days ids are seen; a superset of the lake is harmless."""
        rows = [{"key": key, "day": day} for key, day in pairs]
        if rows:
            with self._database.writing() as connection:
                connection.execute(sa.insert(_key_days).prefix_with("OR IGNORE"), rows)

    def days_of_keys(self, keys: list[int]) -> set[int]:
        """Days on which any of these ids may have been seen."""
        days: set[int] = set()
        with self._database.reading() as connection:
            for k in range(0, len(keys), _LOOKUP_CHUNK):
                query = sa.select(_key_days.c.day).where(_key_days.c.key.in_(keys[k : k + _LOOKUP_CHUNK])).distinct()
                days.update(connection.scalars(query))
        return days
