"""What was seen in a data root. A part that could not be read is its reason instead, or None where it is absent."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from learning_pipeline.defs.due import Due
from learning_pipeline.stores.inbox import Arrival
from learning_pipeline.stores.run_records import Run, Said


class Unreadable(NamedTuple):
    """A store that cannot be read, and why."""

    why: str


class OpenFile(NamedTuple):
    """A recorder's open file whose writer is gone."""

    name: str
    n_bytes: int
    written_at: dt.datetime


class Writer(NamedTuple):
    """The process that holds the data root."""

    pid: int
    since: dt.datetime


class Place(NamedTuple):
    """The data root as files.

    ``n_bytes`` is a lower bound where there are too many files to count (``is_counted``); ``n_orphaned`` is looked at
    in a large lake only.
    """

    n_bytes: int
    n_free: int
    n_orphaned: int
    is_counted: bool
    has_lake: bool
    writer: Writer | None
    abandoned: list[OpenFile]
    unreadable_settings: str


class Refused(NamedTuple):
    """Refused lines of one file with one reason."""

    file: str
    reason: str
    n: int
    arrived_at: dt.datetime


class Delivered(NamedTuple):
    """What the ledger and the inbox say: waiting files, landed files, what is due, what was refused lately."""

    waiting: list[str]
    waiting_since: dt.datetime | None
    landed: list[Arrival]
    due: Due
    settings_changed: bool
    refused: list[Refused]


class Market(NamedTuple):
    """One symbol of the warehouse: its outcomes still open, and how far its events and its bars reach."""

    symbol: str
    n_decisions: int
    n_open: int
    n_overdue: int
    oldest_open: dt.datetime | None
    events_to: dt.datetime | None
    bars_to: dt.datetime | None


class Published(NamedTuple):
    """What the warehouse says, and how far it is behind the lake."""

    n_stale_days: int
    markets: list[Market]
    n_unmatched: int
    oldest_unmatched: dt.datetime | None
    n_decided: int
    n_never_decided: int


class Imported(NamedTuple):
    """What goes wrong where a bot's own files are imported.

    Attributes
    ----------
    twice : list of str
        Strategies whose decisions on one market, side and instant stand under several sources.
    n_decided_twice : int
        Such decisions, counted once each.
    unrecorded : list of str
        Guards that were in force in the longest window and whose blocks nobody wrote down.
    """

    twice: list[str]
    n_decided_twice: int
    unrecorded: list[str]


class Folder(NamedTuple):
    """A bot's folder that is watched: whether it is there, and how many imports of it as it stands have failed."""

    path: str
    exists: bool
    n_failed: int


class Runs(NamedTuple):
    """What Dagster's instance says."""

    newest: Run | None
    said: Said | None
    failing_since: dt.datetime | None
    n_failed_in_a_row: int
    n_failed_on_waiting: int
    dead: list[Run]
    silent: list[Run]
    under_way: list[Run]
    heartbeats: dict[str, dt.datetime]


class Governed(NamedTuple):
    """What is known of models: open alarms of drift, trainings that failed in a row, approved moves that wait.

    ``failure`` is the reason of the last; ``audit_fault`` is empty where the chain of audit records is whole.
    """

    alarms: list[str]
    n_failed_in_a_row: int
    failure: str | None
    waiting: list[str]
    audit_fault: str


class Facts(NamedTuple):
    """Everything that was seen, when, and how a command names this data root."""

    now: dt.datetime
    home_option: str
    place: Place
    delivered: Delivered | Unreadable | None
    published: Published | Unreadable | None
    runs: Runs | Unreadable | None
    governed: Governed | Unreadable | None = None
    imported: Imported | Unreadable | None = None
    watched: list[Folder] | Unreadable | None = None

    def command(self, words: str) -> str:
        """A command that can be pasted."""
        return f"`learning-pipeline {words}{self.home_option}`"

    def run_or_wait(self) -> str:
        """What to do where a run is wanted: start one, unless one is writing."""
        if self.place.writer:
            return f"wait for process {self.place.writer.pid}, which is writing, then look again"
        return self.command("run")
