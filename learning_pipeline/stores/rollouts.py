"""What stands for each target, what stood, who asked for a move and who answered: in the ledger, to read."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any, NamedTuple

import sqlalchemy as sa

from learning_pipeline.errors import BadInput
from learning_pipeline.stores import rollout_tables as tables
from learning_pipeline.stores.database import Database
from learning_pipeline.stores.home import Home

Row = dict[str, Any]
TARGET = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
STANDING = ("active", "shadow")
_ORDER = (tables.deployments.c.target, tables.deployments.c.generation, tables.deployments.c.state)


class Deployment(NamedTuple):
    """One artifact in one state of one target.

    Attributes
    ----------
    state : str
        ``shadow``, ``active`` or ``retired``; an artifact that never stood anywhere is a candidate and has no row.
    since, until : datetime
        On the data's clock: decisions after ``since``, up to ``until``, are its own; None: it stands.
    moved_at : datetime
        When, by the clock.
    generation : int
        Counts the moves of a target.
    """

    target: str
    artifact_id: str
    artifact_sha256: str
    state: str
    since: dt.datetime
    until: dt.datetime | None
    moved_at: dt.datetime
    generation: int


class Rollouts:
    """What was asked, answered and moved; nothing is changed here.

    Parameters
    ----------
    home : Home
        Data root. Errors as `Database`.
    """

    def __init__(self, home: Home) -> None:
        self._database = Database(home.ledger, tables.metadata)

    def history(self, target: str | None = None) -> list[Deployment]:
        """Every deployment of a target, or of all, in the order of the moves."""
        with self._database.reading() as connection:
            return deployments(connection, sa.true() if target is None else tables.deployments.c.target == target)

    def standing(self, target: str) -> dict[str, Deployment]:
        """State -> what stands in it now, of ``active`` and ``shadow``."""
        with self._database.reading() as connection:
            return standing(connection, target)

    def requests(self) -> list[Row]:
        """Every request, in the order asked."""
        return self._rows(sa.select(tables.requests).order_by("requested_at", "request_id"))

    def request(self, request_id: str) -> Row:
        """A request.

        Raises
        ------
        BadInput
            There is none of this id.
        """
        with self._database.reading() as connection:
            return request(connection, request_id)

    def approvals(self) -> list[Row]:
        """Every answer of a person, in the order given."""
        return self._rows(sa.select(tables.approvals).order_by("answered_at", "approval_id"))

    def denied_last(self, request_id: str) -> list[str] | None:
        """Codes for which the last try to move a request was denied; None where it was not, or was never tried."""
        with self._database.reading() as connection:
            return denied_last(connection, request_id)

    def _rows(self, query: sa.Select[Any]) -> list[Row]:
        with self._database.reading() as connection:
            return [instants(dict(row)) for row in connection.execute(query).mappings()]


def named_target(target: str) -> str:
    """A target's name as it may be.

    Raises
    ------
    BadInput
        It is not one of up to 64 small letters, digits, ``_`` and ``-``.
    """
    if not TARGET.fullmatch(target):
        raise BadInput(f"--target: expected up to 64 small letters, digits, _ or -, was {target[:80]!r}")
    return target


def deployments(connection: sa.Connection, where: sa.ColumnElement[bool]) -> list[Deployment]:
    """Deployments in the order of the moves."""
    query = sa.select(*(tables.deployments.c[name] for name in Deployment._fields)).where(where).order_by(*_ORDER)
    return [Deployment(**instants(dict(row))) for row in connection.execute(query).mappings()]


def standing(connection: sa.Connection, target: str) -> dict[str, Deployment]:
    """As `Rollouts.standing`, inside a transaction."""
    table = tables.deployments.c
    stands = (table.target == target) & table.until.is_(None) & table.state.in_(STANDING)
    return {each.state: each for each in deployments(connection, stands)}


def request(connection: sa.Connection, request_id: str) -> Row:
    """As `Rollouts.request`, inside a transaction."""
    query = sa.select(tables.requests).where(tables.requests.c.request_id == request_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise BadInput(f"{request_id[:64]!r}: no such request; `learning-pipeline rollout status` names them")
    return instants(dict(row))


def denied_last(connection: sa.Connection, request_id: str) -> list[str] | None:
    """As `Rollouts.denied_last`, inside a transaction."""
    table = tables.audit.c
    of = table.detail.contains(f'"request_id":"{request_id}"', autoescape=True) & table.action.in_(STANDING)
    detail = connection.scalar(sa.select(table.detail).where(of).order_by(table.seq.desc()).limit(1))
    return sorted({each["code"] for each in json.loads(detail)["reasons"]}) or None if detail else None


def instants(row: Row) -> Row:
    """A row with its times as instants."""
    times = ("since", "until")
    return {k: dt.datetime.fromisoformat(v) if v and (k.endswith("_at") or k in times) else v for k, v in row.items()}
