"""What Dagster's instance says of runs and of its daemon."""

from __future__ import annotations

import datetime as dt
import itertools

from learning_pipeline.cli.doctor.facts import Runs
from learning_pipeline.defs.attempts import WAITING_TAG, digest_of
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.run_records import UNDER_WAY, Run, RunRecords
from learning_pipeline.stores.writer import is_dead

NEWEST = 200
ENDED = ("SUCCESS", "FAILURE")
SILENT = dt.timedelta(minutes=10)
"""A run under way gives its sign of life within this time."""


def look_at_runs(home: Home, waiting: list[str], now: dt.datetime) -> Runs | None:
    """Runs that ended, died or are under way, and the daemon's heartbeats; None where there never was any."""
    records = RunRecords(home.dagster)
    if not records.exist():
        return None
    runs = records.newest(NEWEST)
    ended = [run for run in runs if run.status in ENDED]
    failed = list(itertools.takewhile(lambda run: run.status == "FAILURE", ended))
    unfinished = [run for run in runs if run.status in UNDER_WAY]
    dead = [run for run in unfinished if is_dead(home.dagster / "alive" / run.run_id)]
    silent = [run for run in unfinished if run not in dead and _is_silent(home, run, now)]
    return Runs(
        newest=ended[0] if ended else None,
        said=records.said(ended[0].run_id) if ended else None,
        failing_since=failed[-1].ended_at if failed else None,
        n_failed_in_a_row=len(failed),
        n_failed_on_waiting=records.n_failed(WAITING_TAG, digest_of(waiting)) if waiting else 0,
        dead=dead,
        silent=silent,
        under_way=[run for run in unfinished if run not in dead and run not in silent],
        heartbeats=records.heartbeats(),
    )


def _is_silent(home: Home, run: Run, now: dt.datetime) -> bool:
    """Never gave a sign of life, though it has had the time to."""
    return not (home.dagster / "alive" / run.run_id).exists() and now - run.started_at > SILENT
