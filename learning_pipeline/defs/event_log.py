"""Dagster's event log in SQLite, with its files kept open, and without the events that tell nothing.

Dagster opens a file anew, with an engine that compiles every statement anew, for each of the thousands of statements
of a run: 40 % of the CPU time of a small one. Four in ten events say that an asset got its inputs or handed over what
it made, as its lineage and its materialisation say.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster import DagsterEventType, EventLogEntry
from dagster._core.storage.event_log import SqlEventLogStorage, SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine

TELL_NOTHING = {DagsterEventType.STEP_INPUT, DagsterEventType.LOADED_INPUT, DagsterEventType.HANDLED_OUTPUT}


class Sparing(SqlEventLogStorage):
    """Does without what costs much in each of our runs and tells nothing."""

    def store_event(self, event: EventLogEntry) -> None:
        """Store an event, unless another says the same."""
        if event.dagster_event_type not in TELL_NOTHING:
            super().store_event(event)

    def has_table(self, table_name: str) -> bool:  # noqa: ARG002  # Dagster's
        """Every file is made with every table; Dagster opens it anew to look, at every asset event."""
        return True

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:  # noqa: ARG002  # Dagster's
        return True  # as above


class EventLog(Sparing, SqliteEventLogStorage):
    """The files of Dagster's own class, in the same places; the index and the run of the last statement stay open.

    ``dagster.yaml`` names this class; ``base_dir`` there is the folder of the instance.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> "EventLog":
        """The event log of an instance's folder."""
        return cls(str(Path(config_value["base_dir"]) / "history" / "runs"), inst_data)

    def wipe(self) -> None:
        """Delete every event; the files of runs are deleted, so none may stay open."""
        self._close(*self._engines)
        super().wipe()

    def dispose(self) -> None:
        """Close every file."""
        self._close(*self._engines)
        super().dispose()

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock, self._engine(shard).connect() as connection, connection.begin():
            yield connection

    def _engine(self, shard: str) -> Engine:
        """That of a file; of runs, one at a time: a server that shows hundreds must not keep hundreds open."""
        if shard not in self._engines:
            if shard != INDEX_SHARD_NAME:
                self._close(*self._engines.keys() - {INDEX_SHARD_NAME})
            engine = create_engine(
                self.conn_string_for_shard(shard), connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}
            )
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            self._engines[shard] = engine
        return self._engines[shard]

    def _close(self, *shards: str) -> None:
        for shard in shards:
            self._engines.pop(shard).dispose()
