"""Experiments and research money in the ledger: how they stand, who moved them, what was asked, what people did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from learning_pipeline.stores.database import Database, utc_text

_metadata = sa.MetaData()
Row = dict[str, Any]

_acts = sa.Table(
    "experiment_acts",
    _metadata,
    sa.Column("request_id", sa.String, primary_key=True),
    sa.Column("at", sa.String, nullable=False, comment="RFC 3339"),
    sa.Column("content", sa.JSON, nullable=False, comment="what a person or a judge asked for; never changed"),
)
_experiments = sa.Table(
    "experiments",
    _metadata,
    sa.Column("experiment_id", sa.String, primary_key=True),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("content", sa.JSON, nullable=False, comment="its spec, and how it stands"),
)
_sessions = sa.Table(
    "research_sessions",
    _metadata,
    sa.Column("source", sa.String, primary_key=True),
    sa.Column("session_id", sa.String, primary_key=True),
    sa.Column("content", sa.JSON, nullable=False, comment="its research money, as of the last run"),
)
_pauses = sa.Table(
    "research_pauses",
    _metadata,
    sa.Column("source", sa.String, primary_key=True),
    sa.Column("session_id", sa.String, primary_key=True),
    sa.Column("paused_at", sa.String, primary_key=True, comment="RFC 3339"),
    sa.Column("reason", sa.String, nullable=False),
    sa.Column("lifted_at", sa.String, comment="RFC 3339; null while it holds"),
    sa.Column("lifted_by", sa.String, comment="the person"),
)
_transitions = sa.Table(
    "experiment_transitions",
    _metadata,
    sa.Column("experiment_id", sa.String, primary_key=True),
    sa.Column("moved_at", sa.String, primary_key=True, comment="RFC 3339"),
    sa.Column("to_state", sa.String, primary_key=True),
    sa.Column("from_state", sa.String),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("reason", sa.String, nullable=False),
)
_requests = sa.Table(
    "experiment_requests",
    _metadata,
    sa.Column("request_id", sa.String, primary_key=True),
    sa.Column("requested_at", sa.String, nullable=False, comment="RFC 3339"),
    sa.Column("verdict", sa.String, nullable=False),
    sa.Column("reason", sa.String, nullable=False),
)


class Standing(NamedTuple):
    """Rows of experiments and of sessions, and the pauses that hold, as the ledger has them."""

    experiments: list[Row]
    sessions: list[Row]
    pauses: list[Row]


class Change(NamedTuple):
    """What is to be written: how all stands, and the moves, requests, pauses and lifts that led there."""

    experiments: list[Row]
    sessions: list[Row]
    transitions: list[Row]
    requests: list[Row]
    pauses: list[Row]
    lifts: list[Row]


class Experiments:
    """The ledger of experiments. Instants come in with a time zone; rows hold values that JSON holds.

    Parameters
    ----------
    url : path or str
        The ledger: SQLite file, or a database URL. Errors as `Database`.
    """

    def __init__(self, url: Path | str) -> None:
        self._database = Database(url, _metadata)

    def acts(self) -> list[Row]:
        """What people and judges asked for, in the order of time."""
        return [row["content"] for row in self._rows(sa.select(_acts).order_by(_acts.c.at, _acts.c.request_id))]

    def standing(self) -> Standing:
        """How everything stands."""
        with self._database.reading() as connection:
            return _standing(connection)

    def transitions(self) -> list[Row]:
        """Every change of state, in the order of time."""
        return self._rows(sa.select(_transitions).order_by(_transitions.c.moved_at, _transitions.c.experiment_id))

    def requests(self) -> list[Row]:
        """What became of every request, in the order of time."""
        return self._rows(sa.select(_requests).order_by(_requests.c.requested_at, _requests.c.request_id))

    def settle(self, since: dt.datetime, change: Change) -> None:
        """What a run of the chain came to, in place of what was known of an instant and after it.

        A pause that was found once holds until a person lifts it, also where later data would not make it again.
        """
        with self._database.writing() as connection:
            connection.execute(sa.delete(_transitions).where(_transitions.c.moved_at >= utc_text(since)))
            connection.execute(sa.delete(_requests).where(_requests.c.requested_at >= utc_text(since)))
            _write(connection, change)

    def act(self, request_id: str, at: dt.datetime, content: Row, change: Callable[[Standing], Change]) -> bool:
        """Note what a person or judge asks for, and what it changes; false where it was noted before.

        Parameters
        ----------
        change : callable
            From how everything stands, read while nobody else writes; nothing is kept of what it refuses by raising.
        """
        row = {"request_id": request_id, "at": utc_text(at), "content": content}
        with self._database.writing() as connection:
            noted = connection.execute(sa.insert(_acts).prefix_with("OR IGNORE").values(**row))
            if noted.rowcount:
                _write(connection, change(_standing(connection)))
        return bool(noted.rowcount)

    def _rows(self, query: sa.Select[Any]) -> list[Row]:
        with self._database.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def _standing(connection: sa.Connection) -> Standing:
    def contents(table: sa.Table, *order: str) -> list[Row]:
        return [row.content for row in connection.execute(sa.select(table).order_by(*order))]

    holding = sa.select(_pauses).where(_pauses.c.lifted_at.is_(None)).order_by("source", "session_id", "paused_at")
    pauses = [dict(row) for row in connection.execute(holding).mappings()]
    return Standing(contents(_experiments, "experiment_id"), contents(_sessions, "source", "session_id"), pauses)


def _write(connection: sa.Connection, change: Change) -> None:
    for table, rows in ((_experiments, change.experiments), (_sessions, change.sessions)):
        connection.execute(sa.delete(table))
        for row in rows:
            given = {column.name: row[column.name] for column in table.c if column.name != "content"}
            connection.execute(sa.insert(table).values(**given, content=row))
    for table, rows in ((_transitions, change.transitions), (_requests, change.requests)):
        for row in rows:
            connection.execute(sa.insert(table).prefix_with("OR REPLACE").values(**row))
    for row in change.pauses:
        _pause(connection, row)
    for row in change.lifts:
        _lift(connection, row)


def _pause(connection: sa.Connection, row: Row) -> None:
    """One pause at a time; none that a person has lifted already."""
    of = (_pauses.c.source == row["source"]) & (_pauses.c.session_id == row["session_id"])
    stands = _pauses.c.lifted_at.is_(None) | (_pauses.c.lifted_at >= row["paused_at"])
    if connection.execute(sa.select(_pauses).where(of & stands)).first() is None:
        connection.execute(sa.insert(_pauses).values(**row))


def _lift(connection: sa.Connection, row: Row) -> None:
    of = (_pauses.c.source == row["source"]) & (_pauses.c.session_id == row["session_id"])
    lifted = {"lifted_at": row["lifted_at"], "lifted_by": row["lifted_by"]}
    connection.execute(sa.update(_pauses).where(of & _pauses.c.lifted_at.is_(None)).values(**lifted))
