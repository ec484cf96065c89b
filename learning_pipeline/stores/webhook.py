"""Deliver alerts over HTTP: bounded in time and size whatever the other side does, and remembered when done."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import socket
import threading
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

import sqlalchemy as sa

from learning_pipeline.stores.database import Database, utc_text
from learning_pipeline.stores.home import Home

AT_ONCE = 500
"""Alerts in one delivery, at most, the oldest first."""
_metadata = sa.MetaData()
_alerts = sa.Table(
    "alert_deliveries",
    _metadata,
    sa.Column("alert_id", sa.String, primary_key=True),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("told_at", sa.String, comment="RFC 3339; null: not delivered yet"),
)


class Untold:
    """Alerts that are to be delivered, each once.

    Parameters
    ----------
    home : Home
        Data root. Errors as `Database`.
    """

    def __init__(self, home: Home) -> None:
        self._database = Database(home.ledger, _metadata)

    def add(self, alerts: Iterable[Mapping[str, Any]]) -> None:
        """Note alerts, ``alert_id`` and whatever JSON holds; one that is known is not noted again."""
        rows = [{"alert_id": alert["alert_id"], "payload": dict(alert)} for alert in alerts]
        if rows:
            with self._database.writing() as connection:
                connection.execute(sa.insert(_alerts).prefix_with("OR IGNORE"), rows)

    def waiting(self) -> list[dict[str, Any]]:
        """Alerts that nobody was told of, by id, which begins with the day; as many as one delivery takes."""
        query = sa.select(_alerts.c.payload).where(_alerts.c.told_at.is_(None)).order_by("alert_id").limit(AT_ONCE)
        with self._database.reading() as connection:
            return list(connection.scalars(query))

    def note_told(self, alerts: Iterable[Mapping[str, Any]], at: dt.datetime) -> None:
        """Note that these were delivered."""
        with self._database.writing() as connection:
            for alert in alerts:
                its = _alerts.c.alert_id == alert["alert_id"]
                connection.execute(sa.update(_alerts).where(its).values(told_at=utc_text(at)))


def post(url: str, document: Mapping[str, Any], timeout_seconds: float) -> str | None:
    """Post JSON to an address; None where it was taken (a status of 200 to 299), else why not, in one line.

    Redirects are not followed, the body of the answer is not read, and all of it takes ``timeout_seconds`` at most,
    however slowly the other side speaks. The address stands in no message: it may hold a secret.
    """
    try:
        where = urlsplit(url)
        port = where.port
    except ValueError:
        return "webhook_url: expected an address, found none that can be read"
    if where.scheme not in {"http", "https"} or not where.hostname:
        return "webhook_url: expected an address of http or https"
    kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    connection = kind(where.hostname, port, timeout=timeout_seconds)
    is_over = threading.Event()
    ended = threading.Timer(timeout_seconds, _cut_off, (connection, is_over))
    ended.daemon = True
    ended.start()
    try:
        why = _answered(connection, where, json.dumps(document).encode())
        return "no answer that can be used in time" if is_over.is_set() else why
    except (OSError, http.client.HTTPException, ValueError) as e:
        return f"no answer that can be used ({type(e).__name__})"
    finally:
        ended.cancel()
        connection.close()


def _answered(connection: http.client.HTTPConnection, where: SplitResult, body: bytes) -> str | None:
    path = (where.path or "/") + (f"?{where.query}" if where.query else "")
    connection.request("POST", path, body, {"Content-Type": "application/json", "User-Agent": "learning-pipeline"})
    status = connection.getresponse().status
    return None if 200 <= status < 300 else f"the server said {status}"


def _cut_off(connection: http.client.HTTPConnection, is_over: threading.Event) -> None:
    """End a conversation that drags on: each word came in time, but there is no end of them."""
    is_over.set()
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it ended by itself
