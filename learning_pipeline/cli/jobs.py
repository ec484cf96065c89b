"""Start a Dagster job in this process, on the instance that the UI shows."""

from __future__ import annotations

import datetime as dt
import importlib.resources
import os
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from learning_pipeline.cli.terminal import ERRORS, say
from learning_pipeline.errors import LearningPipelineError
from learning_pipeline.stores.atomic import atomic_write
from learning_pipeline.stores.home import VARIABLE, Home
from learning_pipeline.stores.writer import one_writer

if TYPE_CHECKING:
    import dagster as dg

POLL_SECONDS = 0.3


class RunFailed(LearningPipelineError):
    """A run ended without success; the message names the step and the cause."""

    code = "E_LEARN_RUN_FAILED"


def prepare_instance(home: Home) -> None:
    """Point this process and its children at the Dagster instance of a data root."""
    os.environ[VARIABLE] = str(home.root)
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    packaged = importlib.resources.files("learning_pipeline").joinpath("dagster.yaml").read_bytes()
    written = home.dagster / "dagster.yaml"
    if not written.exists() or written.read_bytes() != packaged:
        atomic_write(written, packaged)


def run_job(home: Home, name: str, first: dt.date | None = None, last: dt.date | None = None) -> None:
    """Run a job to its end, with a progress line; wait, saying so, while another process holds the data root.

    Raises
    ------
    RunFailed
        Names the step and the cause.
    BadSettings
        The settings file or the environment holds an unknown or impossible setting.
    """
    prepare_instance(home)
    import dagster as dg  # noqa: PLC0415  # slow to import, and reads the environment set above

    from learning_pipeline.definitions import defs  # noqa: PLC0415  # as above

    job = defs.resolve_job_def(name)
    days = {"first": first.isoformat() if first else "", "last": last.isoformat() if last else ""}
    chain = {"config": {"home": str(home.root), **days}}
    config = {"resources": {"chain": chain}, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    _require_settings(home)
    with (
        one_writer(home.lock, say),
        dg.DagsterInstance.get() as instance,
    ):
        run_id = str(uuid.uuid4())
        with _progress(instance, run_id, name):
            result = job.execute_in_process(instance=instance, run_config=config, run_id=run_id, raise_on_error=False)
    if not result.success:
        raise RunFailed(_why(result))


def _require_settings(home: Home) -> None:
    from learning_pipeline.defs.resources import Chain  # noqa: PLC0415  # imports Dagster

    _ = Chain(home=str(home.root)).effective_settings


def _why(result: dg.ExecuteInProcessResult) -> str:
    failed_checks = [e.check_name for e in result.get_asset_check_evaluations() if not e.passed and e.blocking]
    if failed_checks:
        return f"blocking check failed: {', '.join(failed_checks)}; the run's page in `learning-pipeline ui` shows why"
    failures = [event for event in result.all_events if event.is_step_failure]
    if not failures:
        return "the run failed before its first step; its page in `learning-pipeline ui` shows why"
    error: Any = failures[0].step_failure_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    words = error.message.strip().splitlines()[0] if error else "unknown cause"
    return f"step {failures[0].step_key}: {words}"


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
