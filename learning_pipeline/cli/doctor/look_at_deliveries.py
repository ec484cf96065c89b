"""What the ledger and the inbox say."""

from __future__ import annotations

import datetime as dt

import polars as pl

from learning_pipeline.cli.doctor.facts import Delivered, Refused
from learning_pipeline.defs.due import SETTINGS, Due
from learning_pipeline.errors import LearningPipelineError
from learning_pipeline.events.tables import Quarantine
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.inbox import Arrival, Inbox
from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.ledger import Ledger
from learning_pipeline.stores.peek import copied

LATELY = dt.timedelta(days=30)
"""How far before the newest refused file reasons are counted."""


def look_at_deliveries(home: Home, settings_sha256: str | None) -> Delivered:
    """Files that wait and files that landed, what is due, what was refused; ``settings_sha256`` None: unknown."""
    with copied(home.ledger) as copy:
        try:
            ledger = Ledger(copy)
            inbox, marks = Inbox(home.inbox, ledger), ledger.marks()
            waiting, landed = inbox.waiting(), inbox.arrivals(landed=True)
        except LearningPipelineError as e:
            raise type(e)(str(e).replace(str(copy), str(home.ledger))) from e
    known = marks.get(SETTINGS)
    return Delivered(
        waiting=waiting,
        waiting_since=min((_arrived(home, name) for name in waiting), default=None),
        landed=landed,
        due=Due.of(marks, settings_sha256 or known or ""),
        settings_changed=bool(known and settings_sha256 and known != settings_sha256),
        refused=_refused(home, landed),
    )


def _arrived(home: Home, name: str) -> dt.datetime:
    try:
        return dt.datetime.fromtimestamp((home.inbox / name).stat().st_mtime, dt.UTC)
    except FileNotFoundError:
        return dt.datetime.now(dt.UTC)  # gone since it was listed


def _refused(home: Home, landed: list[Arrival]) -> list[Refused]:
    """Reasons and files of what was refused lately, newest first, then most first."""
    arrived = [arrival.arrived_at for arrival in landed if (arrival.counts or {}).get("n_quarantined")]
    if not arrived:
        return []
    since = max(arrived) - LATELY
    rows = Lake(home.lake).read(Quarantine, since.date())
    counted = rows.group_by("file", "reason_code", "arrived_at").agg(n=pl.len().cast(pl.Int64))
    newest = counted.sort("arrived_at", "n", "file", "reason_code", descending=[True, True, False, False])
    return [Refused(*row) for row in newest.select("file", "reason_code", "n", "arrived_at").iter_rows()]
