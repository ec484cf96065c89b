"""Which artifact stands in which state: rows are added and ended, inside a transaction that holds the write lock."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import sqlalchemy as sa

from learning_pipeline.stores.database import utc_text
from learning_pipeline.stores.rollout_tables import deployments
from learning_pipeline.stores.rollouts import Deployment, standing


class Move(NamedTuple):
    """An artifact into a state of a target.

    at : by the clock; data_at : newest instant of the data, never before that of an earlier move.
    """

    target: str
    artifact_id: str | None
    artifact_sha256: str | None
    state: str
    at: dt.datetime
    data_at: dt.datetime


def move(connection: sa.Connection, how: Move) -> int:
    """Put an artifact in a state; what stood there is retired, and where it stood itself it does no more."""
    generation, since = _next(connection, how)
    _end(connection, how.target, how.artifact_id, since)
    stands = standing(connection, how.target).get(how.state)
    if stands is not None:
        _retire(connection, how, stands, generation, since)
    _insert(connection, how, generation, since, (how.artifact_id, how.artifact_sha256, how.state))
    return generation


def withdraw(connection: sa.Connection, how: Move) -> int:
    """Retire what stands in a state: nothing does afterwards."""
    generation, since = _next(connection, how)
    _retire(connection, how, standing(connection, how.target)[how.state], generation, since)
    return generation


def _next(connection: sa.Connection, how: Move) -> tuple[int, str]:
    """The move's number, and since when it counts on the data's clock."""
    of_target = deployments.c.target == how.target
    columns = sa.func.max(deployments.c.generation), sa.func.max(deployments.c.since)
    generation, last = connection.execute(sa.select(*columns).where(of_target)).one()
    return (generation or 0) + 1, max(utc_text(how.data_at), last or "")


def _retire(connection: sa.Connection, how: Move, each: Deployment, generation: int, since: str) -> None:
    _end(connection, each.target, each.artifact_id, since)
    _insert(connection, how, generation, since, (each.artifact_id, each.artifact_sha256, "retired"))


def _end(connection: sa.Connection, target: str, artifact_id: str | None, until: str) -> None:
    """End the state that an artifact is in, whichever it is."""
    table = deployments.c
    is_it = (table.target == target) & (table.artifact_id == artifact_id) & table.until.is_(None)
    connection.execute(sa.update(deployments).where(is_it).values(until=until))


def _insert(
    connection: sa.Connection, how: Move, generation: int, since: str, what: tuple[str | None, str | None, str]
) -> None:
    artifact_id, sha256, state = what
    said = {"target": how.target, "generation": generation, "artifact_id": artifact_id, "artifact_sha256": sha256}
    row = said | {"state": state, "since": since, "until": None, "moved_at": utc_text(how.at)}
    connection.execute(sa.insert(deployments).values(row))
