"""Start a Dagster job in this process, on the instance that the UI shows: what every entrance does that runs one."""

from __future__ import annotations

import datetime as dt
import importlib.resources
import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from learning_pipeline.errors import (
    ArtifactDamaged,
    BadInput,
    BadSettings,
    DataMissing,
    EvaluationFailed,
    EvaluationRefused,
    LearningPipelineError,
    Refused,
    RolloutDenied,
    TrainingFailed,
)
from learning_pipeline.stores.atomic import atomic_write
from learning_pipeline.stores.home import VARIABLE, Home
from learning_pipeline.stores.writer import one_writer

if TYPE_CHECKING:
    import dagster as dg

Watch = Callable[["dg.DagsterInstance", str, str], AbstractContextManager[None]]
"""Called with the instance, the run's id and the job's name; entered while the run lasts."""


_LEARN = [ArtifactDamaged, DataMissing, EvaluationFailed, EvaluationRefused, RolloutDenied, TrainingFailed]
_OURS = {kind.__name__: kind for kind in (BadInput, BadSettings, Refused, *_LEARN)}
"""Errors that keep their code across a run, of which Dagster keeps name and words only."""


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


def run_job(
    home: Home,
    name: str,
    first: dt.date | None = None,
    last: dt.date | None = None,
    ops: Mapping[str, Any] | None = None,
    waiting: Callable[[str], None] = lambda _: None,
    watch: Watch = lambda *_: nullcontext(),
) -> dict[str, dict[str, Any]]:
    """Run a job to its end; wait while another process holds the data root.

    Parameters
    ----------
    first, last : date, optional
        Days of the run; by default what is due.
    ops : mapping, optional
        Config of single assets and ops: name -> key -> value.
    waiting : callable
        Told in words who holds the data root.

    Returns
    -------
    dict
        Of each asset that was materialised (``room.table``) what it said of itself: name -> plain value.

    Raises
    ------
    LearningPipelineError
        The step's own error, where it failed by one of ours.
    RunFailed
        Names the step and the cause, where it failed by anything else.
    BadSettings
        The settings file or the environment holds an unknown or impossible setting.
    """
    prepare_instance(home)
    import dagster as dg  # noqa: PLC0415  # slow to import, and reads the environment set above

    from learning_pipeline.definitions import defs  # noqa: PLC0415  # as above

    job = defs.resolve_job_def(name)
    days = {"first": first.isoformat() if first else "", "last": last.isoformat() if last else ""}
    config = {
        "resources": {"chain": {"config": {"home": str(home.root), **days}}},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
        "ops": {op: {"config": dict(values)} for op, values in (ops or {}).items()},
    }
    _require_settings(home)
    run_id = str(uuid.uuid4())
    with one_writer(home.lock, waiting), dg.DagsterInstance.get() as instance, watch(instance, run_id, name):
        result = job.execute_in_process(instance=instance, run_config=config, run_id=run_id, raise_on_error=False)
    if not result.success:
        raise _failure(result)
    return _said(result)


def _require_settings(home: Home) -> None:
    from learning_pipeline.defs.resources import Chain  # noqa: PLC0415  # imports Dagster

    _ = Chain(home=str(home.root)).effective_settings


def _said(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, Any]]:
    made = [event.step_materialization_data.materialization for event in result.get_asset_materialization_events()]
    return {
        ".".join(m.asset_key.path): {name: value.value for name, value in m.metadata.items()}
        for m in made
        if m.asset_key
    }


def _failure(result: dg.ExecuteInProcessResult) -> LearningPipelineError:
    failed_checks = [e.check_name for e in result.get_asset_check_evaluations() if not e.passed and e.blocking]
    if failed_checks:
        names = ", ".join(failed_checks)
        return RunFailed(f"blocking check failed: {names}; the run's page in `learning-pipeline ui` shows why")
    failures = [event for event in result.all_events if event.is_step_failure]
    if not failures:
        return RunFailed("the run failed before its first step; its page in `learning-pipeline ui` shows why")
    causes = list(_causes(failures[0].step_failure_data.error))
    ours = next((error for error in causes if error.cls_name in _OURS), None)
    if ours:
        return _OURS[ours.cls_name](_first_line(ours).partition(": ")[2])
    return RunFailed(f"step {failures[0].step_key}: {_first_line(causes[-1]) if causes else 'unknown cause'}")


def _causes(error: Any) -> Iterator[Any]:
    while error is not None:
        yield error
        error = error.cause


def _first_line(error: Any) -> str:
    return error.message.strip().splitlines()[0]
