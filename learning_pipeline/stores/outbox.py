"""Events that the learning engine emits: a table of the ledger, and a JSONL file with the same lines for others."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal

import sqlalchemy as sa

from learning_pipeline.stores.atomic import atomic_write
from learning_pipeline.stores.database import Database, utc_text
from learning_pipeline.stores.home import Home

Topic = Literal[
    "ordinis.learn.dataset.built",
    "ordinis.learn.model.trained",
    "ordinis.learn.eval.completed",
    "ordinis.learn.rollout.completed",
    "ordinis.learn.drift.alert",
]
SOURCE = "learning_pipeline"
_metadata = sa.MetaData()
_events = sa.Table(
    "outbox",
    _metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("event_id", sa.String(64), nullable=False, unique=True),
    sa.Column("type", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False, comment="RFC 3339"),
    sa.Column("payload", sa.JSON, nullable=False),
)


class Outbox:
    """What happened, told once: an event of the same topic and key is not told again.

    Parameters
    ----------
    home : Home
        Data root; the ledger holds the events, ``outbox/learn-events.jsonl`` shows them. Errors as `Database`.
    """

    def __init__(self, home: Home) -> None:
        self._database = Database(home.ledger, _metadata)
        self._file = home.outbox / "learn-events.jsonl"

    def emit(self, topic: Topic, key: str, payload: Mapping[str, Any], at: dt.datetime) -> None:
        """Tell an event; ``key`` is what it is about (a dataset, an artifact, an evaluation, a move, an alert)."""
        event_id = hashlib.sha256(f"{topic}\n{key}".encode()).hexdigest()
        row = {"event_id": event_id, "type": topic, "at": utc_text(at), "payload": dict(payload)}
        with self._database.writing() as connection:
            connection.execute(sa.insert(_events).prefix_with("OR IGNORE").values(row))
            # before the commit: whoever tells next waits, so that an older file never takes the place of a newer one
            atomic_write(self._file, "".join(f"{json.dumps(e, sort_keys=True)}\n" for e in _told(connection)).encode())

    def events(self) -> list[dict[str, Any]]:
        """Every event in the order told: the envelope of CONTRACTS 1 with the payload beside it."""
        with self._database.reading() as connection:
            return _told(connection)


def _told(connection: sa.Connection) -> list[dict[str, Any]]:
    rows = connection.execute(sa.select(_events).order_by(_events.c.seq)).mappings()
    return [
        {"event_id": r["event_id"], "type": r["type"], "at": r["at"], "source": SOURCE, "schema_version": 1}
        | r["payload"]
        for r in rows
    ]
