"""Run a Dagster job with a progress line."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from learning_pipeline import jobs
from learning_pipeline.cli.terminal import ERRORS, say
from learning_pipeline.stores.home import Home

if TYPE_CHECKING:
    import dagster as dg

POLL_SECONDS = 0.3


def run_job(
    home: Home,
    name: str,
    first: dt.date | None = None,
    last: dt.date | None = None,
    ops: Mapping[str, Any] | None = None,
) -> dict[str, dict[str, Any]]:
    """As `jobs.run_job`, with a progress line; waits, saying so, while another process holds the data root."""
    return jobs.run_job(home, name, first, last, ops, waiting=say, watch=_progress)


@contextmanager
def _progress(instance: dg.DagsterInstance, run_id: str, name: str) -> Iterator[None]:
    """A progress line on a terminal; nothing elsewhere."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} steps"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=ERRORS, transient=True, disable=not ERRORS.is_terminal) as progress:
        task = progress.add_task(name, total=None)
        stop = threading.Event()
        watcher = threading.Thread(target=_watch, args=(instance, run_id, progress, task, stop), daemon=True)
        if ERRORS.is_terminal:
            watcher.start()
        try:
            yield
        finally:
            stop.set()
            if watcher.is_alive():
                watcher.join()


def _watch(instance: dg.DagsterInstance, run_id: str, progress: Progress, task: Any, stop: threading.Event) -> None:
    while not stop.wait(POLL_SECONDS):
        snapshot = instance.get_run_by_id(run_id)
        plan = (
            instance.get_execution_plan_snapshot(snapshot.execution_plan_snapshot_id)
            if snapshot and snapshot.execution_plan_snapshot_id
            else None
        )
        if plan is None:
            continue
        steps = instance.get_run_step_stats(run_id)
        done = sum(step.end_time is not None for step in steps)
        under_way = next((step.step_key for step in steps if step.end_time is None), "")
        progress.update(task, completed=done, total=len(plan.step_keys_to_execute), description=under_way or "chain")
