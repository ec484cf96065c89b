"""What the ledger and the disk hold of a move, read inside the transaction that makes it."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import sqlalchemy as sa

from learning_pipeline.stores import model_tables
from learning_pipeline.stores import rollout_tables as tables
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.rollouts import Deployment, Row, instants, standing


class Held(NamedTuple):
    """All that a request rests on, as it is now.

    Attributes
    ----------
    approval : dict or None
        The newest yes to it.
    artifact : dict or None
        Its row of the registry.
    sha256_on_disk : str or None
        Of its bytes; None where there is no file.
    evaluations : list of dict
        Of the artifact by any pack, newest first.
    """

    request: Row
    approval: Row | None
    artifact: Row | None
    sha256_on_disk: str | None
    evaluations: list[Row]
    standing: dict[str, Deployment]


def held(connection: sa.Connection, home: Home, request: Row) -> Held:
    """Read it all, the artifact's bytes too."""
    artifact = artifact_row(connection, request["artifact_id"])
    return Held(
        request,
        _newest_yes(connection, request["request_id"]),
        artifact,
        sha256_on_disk(home, artifact),
        evaluations(connection, request["artifact_id"]),
        standing(connection, request["target"]),
    )


def artifact_row(connection: sa.Connection, artifact_id: str | None) -> Row | None:
    """An artifact's row of the registry; None where there is none."""
    table = model_tables.artifacts
    row = connection.execute(sa.select(table).where(table.c.artifact_id == artifact_id)).mappings().first()
    return None if row is None else instants(dict(row))


def sha256_on_disk(home: Home, artifact: Row | None) -> str | None:
    """SHA-256 of an artifact's bytes as they are now; None where there is no such file inside the artifacts' folder."""
    if artifact is None:
        return None
    path = (home.root / artifact["path_ref"]).resolve()
    if not path.is_relative_to(home.models.resolve()) or not path.is_file():
        return None
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _newest_yes(connection: sa.Connection, request_id: str) -> Row | None:
    table = tables.approvals
    yes = (table.c.request_id == request_id) & (table.c.answer == "approved")
    order = table.c.answered_at.desc(), table.c.approval_id.desc()
    row = connection.execute(sa.select(table).where(yes).order_by(*order).limit(1)).mappings().first()
    return None if row is None else instants(dict(row))


def evaluations(connection: sa.Connection, artifact_id: str) -> list[Row]:
    """Evaluations of an artifact by any pack, newest first."""
    table = model_tables.evaluations
    query = sa.select(table).where(table.c.artifact_id == artifact_id)
    order = table.c.evaluated_at.desc(), table.c.eval_id.desc()
    return [instants(dict(row)) for row in connection.execute(query.order_by(*order)).mappings()]
