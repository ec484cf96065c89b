"""What Dagster's instance says of runs and of its daemon, read off its SQLite files without Dagster.

Importing Dagster and opening an instance takes seconds, creates files and migrates old ones.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from learning_pipeline.errors import BadInput
from learning_pipeline.stores.peek import copied

UNDER_WAY = ("STARTING", "STARTED", "CANCELING")
CHECKED = "ASSET_CHECK_EVALUATION"
_RUNS = """
    SELECT run_id, pipeline_name, status, coalesce(start_time, unixepoch(create_timestamp)), end_time
    FROM runs ORDER BY id DESC LIMIT ?
"""
_TAGGED = "SELECT count(*) FROM run_tags JOIN runs USING (run_id) WHERE key = ? AND value = ? AND status = 'FAILURE'"
_SAID = """
    SELECT event FROM event_logs
    WHERE dagster_event_type IN ('STEP_FAILURE', 'PIPELINE_FAILURE', 'ASSET_CHECK_EVALUATION') ORDER BY id
"""


class Run(NamedTuple):
    """One run; ``ended_at`` is null while it is under way, and where its process died."""

    run_id: str
    job: str
    status: str
    started_at: dt.datetime
    ended_at: dt.datetime | None


class FailedCheck(NamedTuple):
    """An asset check that did not pass; a blocking one stops its run."""

    asset: str
    name: str
    is_blocking: bool


class Said(NamedTuple):
    """What a run's log says of its failure: the step, the cause in one line, the checks that failed."""

    step: str
    cause: str
    failed_checks: list[FailedCheck]


class RunRecords:
    """The records of one instance's folder.

    Raises
    ------
    BadInput
        A file is missing, damaged, or not laid out as Dagster's; from every method.
    """

    def __init__(self, folder: Path) -> None:
        self._runs, self._logs = folder / "history" / "runs.db", folder / "history" / "runs"

    def exist(self) -> bool:
        """Whether there ever was a run or a daemon."""
        return self._runs.exists()

    def newest(self, limit: int) -> list[Run]:
        """Runs, newest first."""
        rows = _ask(self._runs, _RUNS, limit)
        return [Run(row[0], row[1], row[2], _instant(row[3]), _instant(row[4]) if row[4] else None) for row in rows]

    def n_failed(self, tag: str, value: str) -> int:
        """How many runs that bear a tag have failed."""
        return _ask(self._runs, _TAGGED, tag, value)[0][0]

    def heartbeats(self) -> dict[str, dt.datetime]:
        """When each part of the daemon was last seen; empty where none ever was."""
        rows = _ask(self._runs, "SELECT daemon_type, timestamp FROM daemon_heartbeats")
        return {kind: dt.datetime.fromisoformat(at).replace(tzinfo=dt.UTC) for kind, at in rows}

    def said(self, run_id: str) -> Said:
        """What a run's log says of its failure and of its checks."""
        events = [json.loads(text)["dagster_event"] for (text,) in _ask(self._logs / f"{run_id}.db", _SAID)]
        step, cause = "", ""
        for event in events:
            if event["event_type_value"] != CHECKED and not cause:
                step, cause = event["step_key"] or "", _cause(event)
        checks = [event["event_specific_data"] for event in events if event["event_type_value"] == CHECKED]
        return Said(step, cause, [_failed(check) for check in checks if not check["success"]])


def _failed(check: dict[str, Any]) -> FailedCheck:
    return FailedCheck("/".join(check["asset_key"]["path"]), check["check_name"], bool(check["blocking"]))


def _cause(event: dict[str, Any]) -> str:
    """First line of the innermost error, else what the event says."""
    error = (event["event_specific_data"] or {}).get("error")
    while error and error.get("cause"):
        error = error["cause"]
    words = (error or {}).get("message") or event.get("message") or "unknown cause"
    return words.strip().splitlines()[0]


def _ask(path: Path, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with _refusals_in_words(path), copied(path) as copy, closing(sqlite3.connect(copy)) as connection:
        return connection.execute(query, values).fetchall()


@contextmanager
def _refusals_in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as e:
        raise BadInput(f"{path}: cannot be read ({e})") from e


def _instant(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
