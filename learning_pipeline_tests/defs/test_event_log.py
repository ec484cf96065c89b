"""Dagster's event log with its files kept open: the same files, no more of them open than needed, closed at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from learning_pipeline.defs.event_log import EventLog
from learning_pipeline.jobs import prepare_instance
from learning_pipeline.stores.home import Home


@dg.asset
def one() -> int:
    return 1


@dg.asset
def two(one: int) -> int:
    return one + 1


JOB = dg.Definitions(assets=[one, two], jobs=[dg.define_asset_job("job")]).resolve_job_def("job")


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """As the command line opens it."""
    for name in ("LEARNING_PIPELINE_HOME", "DAGSTER_HOME"):
        monkeypatch.setenv(name, "")  # restored after the test
    prepare_instance(Home.at(tmp_path))
    with dg.DagsterInstance.get() as opened:
        yield opened


def result(instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    return JOB.execute_in_process(instance=instance, run_config=quiet)


def run(instance: dg.DagsterInstance) -> str:
    return result(instance).run_id


def open_files(folder: Path) -> set[str]:
    """Names of the databases below a folder that this process holds open."""
    held = {link.readlink() for link in Path("/proc/self/fd").iterdir() if link.exists()}
    return {path.name for path in held if path.suffix == ".db" and path.is_relative_to(folder)}


def test_dagsters_own_event_log_reads_the_same_events(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    assert isinstance(instance.event_log_storage, EventLog)
    run_id = run(instance)
    theirs = SqliteEventLogStorage(str(tmp_path / "dagster" / "history" / "runs"))
    ours = instance.all_logs(run_id)
    assert [event.dagster_event_type for event in ours if event.dagster_event][-1] is dg.DagsterEventType.RUN_SUCCESS
    assert list(theirs.get_logs_for_run(run_id)) == list(ours)
    assert set(theirs.all_asset_keys()) == {one.key, two.key}


def test_every_step_is_told_but_not_what_went_in_and_out(instance: dg.DagsterInstance) -> None:
    told_elsewhere = {
        dg.DagsterEventType.STEP_INPUT,
        dg.DagsterEventType.LOADED_INPUT,
        dg.DagsterEventType.HANDLED_OUTPUT,
    }
    done = result(instance)
    happened = [event for event in done.all_events if event.step_key]
    assert {event.event_type for event in happened} > told_elsewhere
    told = [entry.dagster_event for entry in instance.all_logs(done.run_id) if entry.dagster_event]
    assert [event for event in told if event in happened] == [e for e in happened if e.event_type not in told_elsewhere]
    assert not told_elsewhere & {event.event_type for event in told}


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are listed by Linux only")
def test_the_index_and_one_run_stay_open_and_nothing_at_the_end(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    runs = [run(instance) for _ in range(3)]
    assert open_files(tmp_path) == {"index.db", f"{runs[-1]}.db"}
    for run_id in runs:
        instance.all_logs(run_id)
    assert len(open_files(tmp_path)) == 2
    instance.event_log_storage.dispose()
    assert open_files(tmp_path) == set()


def test_a_run_is_written_after_all_events_were_wiped(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    run_id = run(instance)
    instance.event_log_storage.wipe()
    assert instance.all_logs(run_id) == []
    again = run(instance)
    assert (tmp_path / "dagster" / "history" / "runs" / f"{again}.db").exists()
    assert len(instance.all_logs(again)) > 5
