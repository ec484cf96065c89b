"""One attempt to ask for, allow or make a move: one transaction, and one record of the audit in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa

from learning_pipeline.errors import BadInput, RolloutDenied
from learning_pipeline.stores import model_tables
from learning_pipeline.stores import rollout_tables as tables
from learning_pipeline.stores.audit import Audit, hold
from learning_pipeline.stores.database import Database, utc_text
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.rollouts import Row


class Why(Protocol):
    """A reason why not."""

    @property
    def code(self) -> str:
        """Stable word for machines."""

    @property
    def words(self) -> str:
        """What is wrong."""


class Fault(NamedTuple):
    """A reason why not that the ledger itself finds."""

    code: str
    words: str


class Attempts:
    """Transactions on the rollouts of a data root, one after the other.

    Parameters
    ----------
    home : Home
        Data root. Errors as `Database`.
    """

    def __init__(self, home: Home) -> None:
        self.home, self._audit = home, Audit(home)
        self._database = Database(home.ledger, tables.metadata)
        Database(home.ledger, model_tables.metadata)

    @contextmanager
    def turn(self) -> Iterator[sa.Connection]:
        """One transaction that no other's comes between; the audit's head is written after it."""
        with self._database.writing() as connection:
            hold(connection)
            yield connection
        self._audit.publish_head()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection to read with."""
        with self._database.reading() as connection:
            yield connection

    def next_seq(self, connection: sa.Connection) -> int:
        """Place that the next record will have: requests and approvals are named by it."""
        return self._audit.last(connection).seq + 1

    def record(
        self,
        connection: sa.Connection,
        at: dt.datetime,
        actor: str,
        action: str,
        about: Row,
        why: Sequence[Why],
        said: dict[str, Any],
    ) -> None:
        """Add a record: what was tried, on what it rests, and the reasons where it was denied."""
        reasons = [{"code": each.code, "words": each.words} for each in why]
        detail = _plain({"request_id": about["request_id"], "reasons": reasons, **said})
        what = about["target"], about["artifact_id"], "denied" if why else "done"
        self._audit.append(connection, at, actor, action, *what, detail)


def allow(why: Sequence[Why], about: Row) -> None:
    """Go on where there is no reason why not.

    Raises
    ------
    RolloutDenied
        With every reason, in one line.
    """
    if why:
        what = about["request_id"] or f"{about['target']}: rollback"
        raise RolloutDenied(f"{what}: " + "; ".join(f"{each.code}: {each.words}" for each in why))


def named(name: str, does: str) -> str:
    """A person's name.

    Raises
    ------
    BadInput
        It is empty.
    """
    if not name.strip():
        raise BadInput(f"--by: expected the name of the person who {does}, was empty")
    return name.strip()


def measured(evaluations: list[Row]) -> list[Row]:
    """What the audit keeps of the newest evaluation by each pack; given newest first."""
    newest = {row["pack_id"]: row for row in reversed(evaluations)}
    names = ("eval_id", "pack_id", "passed", "status", "artifact_sha256", "policy_sha256", "evaluated_at")
    return [{name: row[name] for name in (*names, "metrics", "baseline", "gates")} for _, row in sorted(newest.items())]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return utc_text(value) if isinstance(value, dt.datetime) else value
