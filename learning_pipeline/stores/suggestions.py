"""Edits that judges ask for, and what people made of them: in the ledger; applied once, by a named person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from learning_pipeline.errors import BadInput, Refused
from learning_pipeline.stores.database import Database, utc_text
from learning_pipeline.stores.playbook_files import PlaybookFiles, digest

_metadata = sa.MetaData()
Row = dict[str, Any]

_suggestions = sa.Table(
    "playbook_suggestions",
    _metadata,
    sa.Column("suggestion_id", sa.String, primary_key=True),
    sa.Column("state", sa.String, nullable=False, comment="pending, applied, rejected, stale, refused"),
    sa.Column("playbook_id", sa.String, nullable=False),
    sa.Column("section", sa.String),
    sa.Column("judge", sa.String, nullable=False),
    sa.Column("requested_at", sa.String, nullable=False, comment="RFC 3339"),
    sa.Column("suggested_text", sa.String),
    sa.Column("evidence_summary", sa.String),
    sa.Column("file_sha256", sa.String(64), comment="of the file that it was made for"),
    sa.Column("diff", sa.String, comment="what a person is shown"),
    sa.Column("diff_sha256", sa.String(64)),
    sa.Column("content", sa.LargeBinary, comment="the whole file as it would be: what is written"),
    sa.Column("decided_at", sa.String, comment="RFC 3339"),
    sa.Column("actor", sa.String),
    sa.Column("reason", sa.String),
    sa.Column("after_sha256", sa.String(64)),
)
_edits = sa.Table(
    "playbook_edits",
    _metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("suggestion_id", sa.String, nullable=False),
    sa.Column("recorded_at", sa.String, nullable=False, comment="RFC 3339"),
    sa.Column("action", sa.String, nullable=False, comment="applied, rejected, stale"),
    sa.Column("actor", sa.String, comment="the person; null where the file was found changed"),
    sa.Column("before_sha256", sa.String(64)),
    sa.Column("after_sha256", sa.String(64)),
    sa.Column("diff_sha256", sa.String(64)),
)
CHANGED = "the playbook has changed since the suggestion was made"


class Suggestions:
    """Suggestions and the record of what was done with each.

    Times go in and come out as instants with a time zone; they are kept in UTC.

    Parameters
    ----------
    url : path or str
        The ledger: SQLite file, or a database URL. Errors as `Database`.
    files : PlaybookFiles
        The playbooks that they are about.
    """

    def __init__(self, url: Path | str, files: PlaybookFiles) -> None:
        self._database, self._files = Database(url, _metadata), files

    def add(self, rows: Iterable[Row]) -> list[Row]:
        """Take in suggestions, pending or refused; those whose id is known add nothing. Returns the new ones."""
        added = []
        with self._database.writing() as connection:
            for row in rows:
                there = _suggestions.c.suggestion_id == row["suggestion_id"]
                if connection.execute(sa.select(_suggestions.c.state).where(there)).first() is None:
                    connection.execute(sa.insert(_suggestions).values(_plain(row)))
                    added.append(row)
        return added

    def every(self) -> list[Row]:
        """All of them, in the order in which they were asked for; without the whole file."""
        return self._rows(sa.true())

    def pending(self) -> list[Row]:
        """Those that wait for a person."""
        return self._rows(_suggestions.c.state == "pending")

    def one(self, suggestion_id: str) -> Row:
        """A suggestion.

        Raises
        ------
        BadInput
            There is none of this id.
        """
        found = self._rows(_suggestions.c.suggestion_id == suggestion_id)
        if not found:
            raise BadInput(f"{suggestion_id[:64]!r}: no such suggestion; `playbooks suggestions` names them")
        return found[0]

    def edits(self) -> list[Row]:
        """What was done with suggestions, by whom, with the file's digests before and after; in order."""
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(_edits).order_by(_edits.c.seq)).mappings()
            return [_instants(dict(row)) for row in rows]

    def apply(self, suggestion_id: str, actor: str, now: dt.datetime, diff_sha256: str | None = None) -> Row:
        """Write a suggestion into its playbook, once; the suggestion as it is then.

        The state moves before the file does, in one transaction that is kept only if the file was written. Where the
        process died between the two, the same call finds the file written and finishes.

        Parameters
        ----------
        actor : str
            The person's name.
        now : datetime
            When, with a time zone.
        diff_sha256 : str, optional
            Digest of the difference that the person has seen; any other is refused.

        Raises
        ------
        BadInput
            The suggestion is unknown, or the name empty.
        Refused
            It is not pending any more, its difference is another one, or the playbook has changed since.
        """
        self.one(suggestion_id)
        try:
            with self._database.writing() as connection:
                row = _decided(connection, suggestion_id, "applied", _named(actor), now, None)
                if diff_sha256 not in (None, row["diff_sha256"]):
                    raise Refused(f"{suggestion_id}: its difference is not the one you have seen; look at it again")
                self._files.edit(row["playbook_id"], lambda content: _unchanged(content, row))
                _note(connection, row, "applied", actor, now, digest(row["content"]))
        except _Changed as e:
            self._stale(suggestion_id, now, CHANGED)
            raise Refused(f"{suggestion_id}: {CHANGED}; nothing was written, it is stale now") from e
        return self.one(suggestion_id)

    def reject(self, suggestion_id: str, actor: str, now: dt.datetime, reason: str | None = None) -> Row:
        """Put a suggestion aside for good; as `apply`, but for the file."""
        self.one(suggestion_id)
        with self._database.writing() as connection:
            row = _decided(connection, suggestion_id, "rejected", _named(actor), now, reason)
            _note(connection, row, "rejected", actor, now, row["file_sha256"])
        return self.one(suggestion_id)

    def rebase(self, suggestion_id: str, before_sha256: str, made: Row) -> None:
        """Make a pending suggestion one for the file as it is now, where only our own evidence was written since.

        Parameters
        ----------
        before_sha256 : str
            Of the file that it must have been made for.
        made : dict
            ``file_sha256, diff, diff_sha256, content`` anew.
        """
        same = (_suggestions.c.suggestion_id == suggestion_id) & (_suggestions.c.file_sha256 == before_sha256)
        with self._database.writing() as connection:
            connection.execute(sa.update(_suggestions).where(same, _suggestions.c.state == "pending").values(made))

    def find_stale(self, now: dt.datetime) -> list[Row]:
        """Mark those pending whose playbook was changed or taken away; returns them."""
        digests = {file.playbook_id: file.sha256 for file in self._files.every()}
        stale = [row for row in self.pending() if digests.get(row["playbook_id"]) != row["file_sha256"]]
        for row in stale:
            self._stale(row["suggestion_id"], now, CHANGED)
        return stale

    def _stale(self, suggestion_id: str, now: dt.datetime, reason: str) -> None:
        """Mark one as stale; nothing where somebody decided meanwhile."""
        with self._database.writing() as connection:
            row = _moved(connection, suggestion_id, "stale", None, now, reason)
            if row is not None:
                _note(connection, row, "stale", None, now, row["file_sha256"])

    def _rows(self, where: sa.ColumnElement[bool]) -> list[Row]:
        columns = [c for c in _suggestions.c if c.name != "content"]
        query = sa.select(*columns).where(where)
        order = (_suggestions.c.requested_at, _suggestions.c.suggestion_id)
        with self._database.reading() as connection:
            return [_instants(dict(row)) for row in connection.execute(query.order_by(*order)).mappings()]


class _Changed(Exception):
    """The file is not what the suggestion was made for."""


def _unchanged(content: bytes, row: Row) -> bytes:
    """What is to be written in place of a content."""
    if digest(content) not in (row["file_sha256"], digest(row["content"])):
        raise _Changed
    return row["content"]


def _named(actor: str) -> str:
    if not actor.strip():
        raise BadInput("--by: expected the name of the person who decides, was empty")
    return actor.strip()


def _moved(
    connection: sa.Connection, suggestion_id: str, state: str, actor: str | None, now: dt.datetime, reason: str | None
) -> Row | None:
    """Move a suggestion if it is pending; the first statement writes, so that nobody comes between look and write."""
    pending = (_suggestions.c.suggestion_id == suggestion_id) & (_suggestions.c.state == "pending")
    change = {"state": state, "actor": actor, "decided_at": utc_text(now), "reason": reason}
    found = connection.execute(sa.update(_suggestions).where(pending).values(change).returning(_suggestions))
    row = found.mappings().first()
    return None if row is None else dict(row)


def _decided(
    connection: sa.Connection, suggestion_id: str, state: str, actor: str, now: dt.datetime, reason: str | None
) -> Row:
    row = _moved(connection, suggestion_id, state, actor, now, reason)
    if row is not None:
        return row
    is_it = _suggestions.c.suggestion_id == suggestion_id
    was = connection.execute(sa.select(_suggestions).where(is_it)).mappings().one()
    by = f" by {was['actor']} at {was['decided_at']}" if was["actor"] else f": {was['reason']}"
    raise Refused(f"{suggestion_id}: already {was['state']}{by}")


def _note(
    connection: sa.Connection, row: Row, action: str, actor: str | None, now: dt.datetime, after: str | None
) -> None:
    said = {"suggestion_id": row["suggestion_id"], "recorded_at": utc_text(now), "action": action}
    said |= {"actor": actor and actor.strip(), "before_sha256": row["file_sha256"], "diff_sha256": row["diff_sha256"]}
    connection.execute(sa.insert(_edits).values({**said, "after_sha256": after}))
    if action == "applied":
        is_it = _suggestions.c.suggestion_id == row["suggestion_id"]
        connection.execute(sa.update(_suggestions).where(is_it).values(after_sha256=after))


def _plain(row: Row) -> Row:
    return row | {"requested_at": utc_text(row["requested_at"])}


def _instants(row: Row) -> Row:
    return {k: dt.datetime.fromisoformat(v) if v and k.endswith("_at") else v for k, v in row.items()}
