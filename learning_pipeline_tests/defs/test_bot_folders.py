"""A bot's folder that is watched: what is new in it is imported once, by the daemon's own sensor and job."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from learning_pipeline.definitions import defs
from learning_pipeline.defs.bot_folders import bot_folder_sensor
from learning_pipeline.defs.resources import Chain
from learning_pipeline.stores.home import Home
from learning_pipeline_tests.adapters.freqtrade.exports import NOON, result, trade, write_zip
from learning_pipeline_tests.worlds import instance_in_memory

DAY = dt.timedelta(days=1)


class Watching:
    """A data root whose settings watch one folder, and an instance that has seen its runs."""

    def __init__(self, root: Path, instance: dg.DagsterInstance) -> None:
        self.home, self.bot, self.instance = Home.at(root / "home"), root / "user_data", instance
        self.home.root.mkdir()
        watched = f'watch = [{{ kind = "freqtrade", path = "{self.bot}" }}]\n'
        self.home.settings.write_text(f"[imports]\n{watched}")

    def asked(self) -> list[dg.RunRequest]:
        chain = Chain(home=str(self.home.root))
        with dg.build_sensor_context(self.instance, resources={"chain": chain}) as context:
            return list(bot_folder_sensor.evaluate_tick(context).run_requests or [])

    def run(self, request: dg.RunRequest) -> dg.ExecuteInProcessResult:
        """As the daemon launches it, but here."""
        resources = {"chain": {"config": {"home": str(self.home.root)}}}
        return defs.resolve_job_def("import_bot_files").execute_in_process(
            instance=self.instance,
            run_config={**request.run_config, "resources": resources},
            tags=request.tags,
            raise_on_error=False,
        )

    def delivered(self) -> int:
        return len(list(self.home.inbox.glob("*.jsonl")))


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    with instance_in_memory() as instance:
        yield Watching(tmp_path, instance)


def test_what_is_new_in_a_folder_is_imported_once(watching: Watching) -> None:
    write_zip(watching.bot / "backtest_results", {"Dip": result(trade())})
    (request,) = watching.asked()
    assert watching.run(request).success
    assert watching.delivered() == 1
    assert watching.asked() == []  # nothing has changed since
    (watching.bot / "freqtrade.log").write_text("a line a second")
    assert watching.asked() == []  # a log is nothing that an adapter reads
    write_zip(
        watching.bot / "backtest_results", {"Dip": result(trade(NOON + DAY))}, "backtest-result-2024-06-02_00-00-00"
    )
    (request,) = watching.asked()
    assert watching.run(request).success
    assert watching.delivered() == 2  # the first is there already


def test_a_folder_that_is_not_there_fails_as_often_as_a_run_may_and_says_why(watching: Watching) -> None:
    for _ in range(3):
        (request,) = watching.asked()
        failed = watching.run(request)
        assert not failed.success
        (failure,) = [event for event in failed.all_events if event.is_step_failure]
        assert f"{watching.bot}" in str(failure.step_failure_data.error)
    assert watching.asked() == []
    write_zip(watching.bot, {"Dip": result(trade())})  # there now: another state, tried again
    (request,) = watching.asked()
    assert watching.run(request).success


def test_while_a_run_on_the_same_state_is_under_way_no_other_is_asked_for(watching: Watching) -> None:
    write_zip(watching.bot, {"Dip": result(trade())})
    (request,) = watching.asked()
    resources = {"chain": {"config": {"home": str(watching.home.root)}}}
    watching.instance.create_run_for_job(
        defs.resolve_job_def("import_bot_files"),
        run_config={**request.run_config, "resources": resources},
        tags=request.tags,
        status=dg.DagsterRunStatus.STARTED,
    )
    assert watching.asked() == []


def test_without_a_folder_to_watch_nothing_is_asked_for(watching: Watching) -> None:
    watching.home.settings.unlink()
    assert watching.asked() == []
