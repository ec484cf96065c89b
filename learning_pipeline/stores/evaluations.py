"""Evaluations in the ledger: added once, never changed; an approval is bound to the digest of such a row."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from learning_pipeline.stores import model_tables as tables
from learning_pipeline.stores.database import Database, utc_text
from learning_pipeline.stores.home import Home

Row = dict[str, Any]


class Evaluations:
    """What was measured of artifacts. Instants go in as ``datetime`` or RFC 3339 text and come out as text.

    Parameters
    ----------
    home : Home
        Data root; rows are in its ledger. Errors as `Database`.
    """

    def __init__(self, home: Home) -> None:
        self._database = Database(home.ledger, tables.metadata)

    def add(self, row: Mapping[str, Any]) -> Row:
        """Keep an evaluation; one whose ``eval_id`` is known is found, not added again. The row as it stands.

        Parameters
        ----------
        row : mapping
            Columns of the ledger's table but ``content_sha256``, which is computed here.
        """
        given = {name: utc_text(value) if isinstance(value, dt.datetime) else value for name, value in row.items()}
        names = [column.name for column in tables.evaluations.columns if column.name != "content_sha256"]
        kept = {name: given.get(name) for name in names}
        kept["content_sha256"] = content_sha256(kept)
        with self._database.writing() as connection:
            connection.execute(insert(tables.evaluations).values(kept).on_conflict_do_nothing(["eval_id"]))
        return self._rows(tables.evaluations.c.eval_id == row["eval_id"])[0]

    def find(self, eval_id: str) -> Row | None:
        """An evaluation, where it is known."""
        return next(iter(self._rows(tables.evaluations.c.eval_id == eval_id)), None)

    def of(self, artifact_id: str) -> list[Row]:
        """Evaluations of an artifact, newest first."""
        return self._rows(tables.evaluations.c.artifact_id == artifact_id)

    def rows(self) -> list[Row]:
        """Every evaluation, newest first."""
        return self._rows(sa.true())

    def _rows(self, where: sa.ColumnElement[bool]) -> list[Row]:
        newest = (tables.evaluations.c.evaluated_at.desc(), tables.evaluations.c.eval_id)
        query = sa.select(tables.evaluations).where(where).order_by(*newest)
        with self._database.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def content_sha256(row: Mapping[str, Any]) -> str:
    """Digest of everything that a row says, but for the digest itself."""
    said = {name: value for name, value in row.items() if name != "content_sha256"}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
