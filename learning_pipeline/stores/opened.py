"""Delta tables that were opened before: their whole log is read once, however long the history is."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import NamedTuple

from deltalake import DeltaTable
from deltalake.exceptions import TableNotFoundError


class _Known(NamedTuple):
    """A table, and which file its newest commit was: commits are never changed, so another file is another table."""

    table: DeltaTable
    newest: tuple[int, int] | None


class _OfThread(threading.local):
    """Tables by address; one thread's reading must not move the version that another one is about to write on."""

    def __init__(self) -> None:
        self.tables: dict[str, _Known] = {}


_known = _OfThread()


def current(uri: str) -> DeltaTable | None:
    """The table as it stands now; None where there is none. Of one known before, only newer commits are read."""
    known = _known.tables.pop(uri, None)
    if known is None or known.newest is None or _newest_commit(uri, known.table) != known.newest:
        try:
            table = DeltaTable(uri)
        except TableNotFoundError:
            return None
    else:
        table = known.table
        if _commit(uri, table.version() + 1).exists():
            table.update_incremental()
    _known.tables[uri] = _Known(table, _newest_commit(uri, table))
    return table


def keep(uri: str, table: DeltaTable) -> None:
    """Know a table as it stands after a commit of ours."""
    _known.tables[uri] = _Known(table, _newest_commit(uri, table))


def _newest_commit(uri: str, table: DeltaTable) -> tuple[int, int] | None:
    """Inode and time of the file; None where it is not one on this machine, and the table is opened anew."""
    try:
        stat = _commit(uri, table.version()).stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns


def _commit(uri: str, version: int) -> Path:
    return Path(uri) / "_delta_log" / f"{version:020}.json"
