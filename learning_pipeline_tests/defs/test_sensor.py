"""A new file in the inbox leads to refreshed tables, through the daemon's own machinery and real run workers."""

from __future__ import annotations

import datetime as dt
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.instance.ref import InstanceRef
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.test_utils import create_test_daemon_workspace_context, freeze_time
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget, ModuleTarget, WorkspaceLoadTarget
from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon
from dagster._daemon.sensor import execute_sensor_iteration

import learning_pipeline as lp
from learning_pipeline import definitions
from learning_pipeline.analysis.guards.tables import OpportunityCost
from learning_pipeline.events.tables import Signals
from learning_pipeline.jobs import prepare_instance
from learning_pipeline.stores.home import VARIABLE
from learning_pipeline.stores.warehouse import read_only
from learning_pipeline_tests.defs.traded import HOUR, filled
from learning_pipeline_tests.worlds import MONDAY, Root, as_lines, bot_events, hourly_bars

pytestmark = pytest.mark.filterwarnings("default")  # Dagster's daemon warns of itself
RUN_SECONDS = 300
CODE_SERVER = ModuleTarget("learning_pipeline.definitions", None, None, "learning_pipeline")
BY_PATH = LoadableTargetOrigin(executable_path=sys.executable, python_file=definitions.__file__)
THIS_PROCESS = InProcessWorkspaceLoadTarget(InProcessCodeLocationOrigin(BY_PATH, location_name="learning_pipeline"))
HERE = {"module": "dagster._core.launcher.sync_in_memory_run_launcher", "class": "SyncInMemoryRunLauncher"}


@contextmanager
def daemon(
    root: Root, monkeypatch: pytest.MonkeyPatch, target: WorkspaceLoadTarget, **overrides: object
) -> Iterator[WorkspaceProcessContext]:
    """What `dagster dev` gives its daemon: the instance of the data root and where its definitions are."""
    for name in (VARIABLE, "DAGSTER_HOME"):
        monkeypatch.setenv(name, "")  # restored after the test
    prepare_instance(root.home)
    of_the_root = InstanceRef.from_dir(str(root.home.dagster), overrides=overrides)
    with (
        dg.DagsterInstance.from_ref(of_the_root) as instance,
        create_test_daemon_workspace_context(target, instance) as context,
    ):
        yield context


def tick(context: WorkspaceProcessContext, minute: int) -> list[dg.DagsterRun]:
    """One round of the daemon, so many minutes from now: sensors, then the run queue; the runs, newest first."""
    with freeze_time(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minute)):
        list(execute_sensor_iteration(context, logging.getLogger("test"), None, None))
    list(QueuedRunCoordinatorDaemon(interval_seconds=1).run_iteration(context))
    return list(context.instance.get_runs())


def ended(context: WorkspaceProcessContext, run: dg.DagsterRun) -> dg.DagsterRun:
    """The run once it has ended; Dagster's own wait asks a hundred times a second, at 4 ms of CPU time each."""
    latest = time.monotonic() + RUN_SECONDS
    while not run.is_finished and time.monotonic() < latest:
        time.sleep(0.2)
        (run,) = context.instance.get_runs(dg.RunsFilter(run_ids=[run.run_id]))
    return run


def test_files_in_the_inbox_lead_to_refreshed_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a code server and run workers, each a process of its own."""
    root = Root(tmp_path)
    bars = hourly_bars(3, 4)
    events = bot_events(3, bars, 20)
    told = [("t1", "15m", 0.05), ("t2", "1h", -0.02)]
    fills = [event for k, what in enumerate(told) for event in filled(*what, MONDAY + (40 + k) * HOUR)]
    with daemon(root, monkeypatch, CODE_SERVER) as context:
        root.home.inbox.mkdir(parents=True)
        (root.home.inbox / "fills.tmp").write_bytes(as_lines(fills))
        assert tick(context, 0) == []  # nothing waits that is finished
        (root.home.inbox / "fills.tmp").rename(root.home.inbox / "fills.jsonl")
        root.deliver(events[:10], bars)
        (root.home.inbox / "live.jsonl.open").write_bytes(as_lines(events))  # a recorder's open file is left alone
        (first,) = tick(context, 1)
        assert ended(context, first).is_success
        assert root.table(Signals).height == n_signals(events[:10] + fills)
        shares_are(root, {"15m": 0.1506, "1h": 0.4994, "4h": 0.35})
        n_before = root.table(OpportunityCost).height
        assert len(tick(context, 2)) == 1  # everything is in: no second run
        (root.home.inbox / "live.jsonl.open").rename(root.home.inbox / "live.jsonl")  # now it is finished
        second, _ = tick(context, 3)
        assert ended(context, second).is_success
        assert root.table(Signals).height == n_signals(events + fills)
        assert root.table(OpportunityCost).height >= n_before > 0


def n_signals(events: list[dict[str, Any]]) -> int:
    return sum(event["type"] == "signal" for event in events)


def shares_are(root: Root, shares: dict[str, float]) -> None:
    """What a bot reads and what an analyst reads after the fill of t2."""
    loaded = lp.load_allocation(root.home.root)["timeframe_allocation"]
    assert {name: row["current_allocation"] for name, row in loaded.items()} == pytest.approx(shares, abs=1e-12)
    query = "SELECT timeframe, allocation FROM allocation.timeframe_allocation WHERE trade_id = 't2'"
    with read_only(root.home.warehouse) as connection:
        assert dict(connection.sql(query).fetchall()) == pytest.approx(shares, abs=1e-12)


def test_a_failing_file_is_tried_three_times_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed run burns its run key: without an attempt in the key the file would never be tried again."""
    root = Root(tmp_path)
    root.deliver(bot_events(3, hourly_bars(3, 2), 3))
    root.home.lake.write_text("a file where the lake should be")
    monkeypatch.setitem(sys.modules, "definitions", lp)  # loaded anew, with this data root, and not kept
    with daemon(root, monkeypatch, THIS_PROCESS, run_launcher=HERE) as context:
        for attempt in range(1, 4):
            newest, *others = tick(context, attempt)
            assert len(others) == attempt - 1
            assert newest.is_failure
        assert len(tick(context, 4)) == 3
        root.home.lake.unlink()
