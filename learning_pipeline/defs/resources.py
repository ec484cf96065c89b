"""The run's own context: data root, days, settings, stores, the one-writer lock."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

import dagster as dg
from pydantic import Field, PrivateAttr

from learning_pipeline.contracts import Entry, Settings, end_of
from learning_pipeline.defs.catalog import SETTINGS
from learning_pipeline.defs.due import Due, fingerprint
from learning_pipeline.defs.room_settings import RoomSettings
from learning_pipeline.errors import BadSettings
from learning_pipeline.stores.approvals import Approvals
from learning_pipeline.stores.experiments import Experiments
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.inbox import Inbox
from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.learning_log import write_entries
from learning_pipeline.stores.ledger import Ledger
from learning_pipeline.stores.settings_file import load_settings
from learning_pipeline.stores.writer import is_dead, one_writer, sign_of_life

NO_DAYS = (dt.date(1970, 1, 1), dt.date(1970, 1, 1))
"""A range for rooms that are asked about no data at all."""

CHAIN_JOB, CHOSEN_IN_UI = "chain", "__ASSET_JOB"
"""Jobs that compute what is due; all others only publish something beside it."""

RUN_RETENTION = dt.timedelta(days=30)
MAX_DELETED = 50
"""Old runs deleted at the start of a run, at most."""

UNFINISHED = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.CANCELING]


class Chain(RoomSettings, dg.ConfigurableResource):
    """The days of a run and the stores of its data root."""

    home: str = Field(description="data root: a run of this server belongs to its own, so leave it as it is")
    first: str = Field(default="", description="first day, YYYY-MM-DD; empty: the first day that is due")
    last: str = Field(default="", description="last day, YYYY-MM-DD; empty: the last day of the data")
    settings: dict[str, Any] = Field(default_factory=dict, description="room -> key -> value, over the settings file")
    _paths: Home | None = PrivateAttr(default=None)
    _due: Due | None = PrivateAttr(default=None)
    _settings: dict[str, Settings] | None = PrivateAttr(default=None)
    _job: str = PrivateAttr(default=CHAIN_JOB)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Chain"]:
        """Hold the data root for the run, and close the books on runs whose process is gone.

        Sensors and schedules only look: they hold nothing.
        """
        if context.run is None:
            yield self
            return
        run_id, self._job = context.run.run_id, context.run.job_name
        with sign_of_life(self._life(run_id)), one_writer(self.paths.lock, _saying(context)):
            if context.instance:
                self._fail_dead_runs(context.instance, run_id)
                _delete_old_runs(context.instance, dt.datetime.now(dt.UTC) - RUN_RETENTION)
            yield self

    @property
    def paths(self) -> Home:
        """Paths of the data root, looked up once: every store of a run asks for them."""
        if self._paths is None:
            self._paths = Home.at(self.home)
        return self._paths

    @property
    def lake(self) -> Lake:
        """The Delta lake."""
        return _lake(self.paths)

    @property
    def ledger(self) -> Ledger:
        """The ledger."""
        return _ledger(self.paths)

    @property
    def approvals(self) -> Approvals:
        """Answers of people, in the ledger."""
        return Approvals(self.paths.ledger)

    @property
    def experiments(self) -> Experiments:
        """Experiments and research money, in the ledger."""
        return Experiments(self.paths.ledger)

    @property
    def computes_what_is_due(self) -> bool:
        """Whether the days of this run are no longer due once it has ended."""
        return self._job.startswith((CHAIN_JOB, CHOSEN_IN_UI))

    @property
    def is_up_to_date(self) -> bool:
        """Whether this run reaches the end of the data: only then it says how things stand now."""
        newest = self.due.newest_known_at
        return self.days is not None and newest is not None and self.days[1] >= newest.date()

    @property
    def inbox(self) -> Inbox:
        """The inbox."""
        return Inbox(self.paths.inbox, self.ledger)

    @property
    def due(self) -> Due:
        """What is due by the ledger's marks; nobody but this run moves them, through ``mark``."""
        if self._due is None:
            self._due = Due.of(self.ledger.marks(), fingerprint(self.effective_settings))
        return self._due

    def mark(self, marks: dict[str, str | None]) -> None:
        """Set marks of the ledger; what is due is another after it."""
        self.ledger.set_marks(marks)
        self._due = None

    @property
    def days(self) -> tuple[dt.date, dt.date] | None:
        """First and last day of this run; None while there is no data at all."""
        return self.due.days(_day(self.first), _day(self.last))

    @property
    def now(self) -> dt.datetime:
        """Newest instant that counts in this run: of the data, never of the clock."""
        newest, days = self.due.newest_known_at, self.days
        if newest is None or days is None:
            return dt.datetime.min.replace(tzinfo=dt.UTC)
        return min(newest, end_of(days[1]))

    @property
    def effective_settings(self) -> dict[str, Settings]:
        """Settings of every room for this run: those it began with, whoever edits the file meanwhile."""
        if self._settings is None:
            self._settings = load_settings(self.paths.settings, SETTINGS, self.settings)
        return self._settings

    def log(self, entries: Iterable[Entry]) -> None:
        """Append to ``learning_system.log``, where anything was due: else it was told before."""
        if self.due.dirty_from is not None:
            write_entries(self.paths.learning_log, entries)

    def _life(self, run_id: str) -> Any:
        return self.paths.dagster / "alive" / run_id

    def _fail_dead_runs(self, instance: dg.DagsterInstance, run_id: str) -> None:
        """Mark runs as failed whose process died: they would stay unfinished for ever."""
        for run in instance.get_runs(dg.RunsFilter(statuses=UNFINISHED)):
            if run.run_id != run_id and is_dead(self._life(run.run_id)):
                instance.report_run_failed(run, "the process of this run is gone; a later run has taken over")
                self._life(run.run_id).unlink(missing_ok=True)


def _saying(context: dg.InitResourceContext) -> Callable[[str], None]:
    return context.log.info if context.log else lambda _: None


@lru_cache(maxsize=1)
def _lake(paths: Home) -> Lake:
    """One of its kind, so that assets share what was read."""
    return Lake(paths.lake)


@cache
def _ledger(paths: Home) -> Ledger:
    return Ledger(paths.ledger)


def _delete_old_runs(instance: dg.DagsterInstance, before: dt.datetime) -> None:
    """Runs grow the instance by a megabyte each; what they made stays."""
    for record in instance.get_run_records(dg.RunsFilter(created_before=before), limit=MAX_DELETED):
        instance.delete_run(record.dagster_run.run_id)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as e:
        raise BadSettings(f"chain: expected a day as YYYY-MM-DD, was {text!r}") from e
