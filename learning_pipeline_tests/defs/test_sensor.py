"""A new file in the inbox leads to refreshed tables, through the daemon's own machinery and real run workers."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.test_utils import create_test_daemon_workspace_context, freeze_time, poll_for_finished_run
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import ModuleTarget
from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon
from dagster._daemon.sensor import execute_sensor_iteration

import learning_pipeline as lp
from learning_pipeline.analysis.guards.tables import OpportunityCost
from learning_pipeline.events.tables import Signals
from learning_pipeline.jobs import prepare_instance
from learning_pipeline.stores.home import VARIABLE
from learning_pipeline.stores.warehouse import read_only
from learning_pipeline_tests.defs.traded import HOUR, filled
from learning_pipeline_tests.worlds import MONDAY, Root, as_lines, bot_events, hourly_bars

pytestmark = pytest.mark.filterwarnings("default")  # Dagster's daemon warns of itself
RUN_SECONDS = 90


@contextmanager
def daemon(root: Root, monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkspaceProcessContext]:
    """What `dagster dev` gives its daemon: the instance of the data root and a code server."""
    for name in (VARIABLE, "DAGSTER_HOME"):
        monkeypatch.setenv(name, "")  # restored after the test
    prepare_instance(root.home)
    target = ModuleTarget("learning_pipeline.definitions", None, None, "learning_pipeline")
    with dg.DagsterInstance.get() as instance, create_test_daemon_workspace_context(target, instance) as context:
        yield context


def tick(context: WorkspaceProcessContext, minute: int) -> list[dg.DagsterRun]:
    """One round of the daemon, so many minutes from now: sensors, then the run queue; the runs, newest first."""
    with freeze_time(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minute)):
        list(execute_sensor_iteration(context, logging.getLogger("test"), None, None))
    list(QueuedRunCoordinatorDaemon(interval_seconds=1).run_iteration(context))
    return list(context.instance.get_runs())


def test_a_file_in_the_inbox_leads_to_refreshed_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Root(tmp_path)
    bars = hourly_bars(3, 4)
    events = bot_events(3, bars, 20)
    with daemon(root, monkeypatch) as context:
        assert tick(context, 0) == []  # nothing waits
        root.deliver(events[:10], bars)
        (root.home.inbox / "live.jsonl.open").write_bytes(as_lines(events))  # a recorder's open file is left alone
        (first,) = tick(context, 1)
        assert poll_for_finished_run(context.instance, first.run_id, timeout=RUN_SECONDS).is_success
        assert root.table(Signals).height == sum(event["type"] == "signal" for event in events[:10])
        n_before = root.table(OpportunityCost).height
        assert len(tick(context, 2)) == 1  # everything is in: no second run
        (root.home.inbox / "live.jsonl.open").rename(root.home.inbox / "live.jsonl")  # now it is finished
        second, _ = tick(context, 3)
        assert poll_for_finished_run(context.instance, second.run_id, timeout=RUN_SECONDS).is_success
        assert root.table(Signals).height == sum(event["type"] == "signal" for event in events)
        assert root.table(OpportunityCost).height >= n_before > 0
        assert root.home.warehouse.exists()


def test_a_file_of_fills_leads_to_a_new_allocation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, told = Root(tmp_path), [("t1", "15m", 0.05), ("t2", "1h", -0.02)]
    events = [event for k, what in enumerate(told) for event in filled(*what, MONDAY + (40 + k) * HOUR)]
    with daemon(root, monkeypatch) as context:
        (root.home.inbox / "fills.tmp").parent.mkdir(parents=True)
        (root.home.inbox / "fills.tmp").write_bytes(as_lines(events))
        (root.home.inbox / "fills.tmp").rename(root.home.inbox / "fills.jsonl")
        (run,) = tick(context, 0)
        assert poll_for_finished_run(context.instance, run.run_id, timeout=RUN_SECONDS).is_success
    shares = {"15m": 0.1506, "1h": 0.4994, "4h": 0.35}
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
    with daemon(root, monkeypatch) as context:
        for attempt in range(1, 4):
            newest, *others = tick(context, attempt)
            assert len(others) == attempt - 1
            assert poll_for_finished_run(context.instance, newest.run_id, timeout=RUN_SECONDS).is_failure
        assert len(tick(context, 4)) == 3
        root.home.lake.unlink()
