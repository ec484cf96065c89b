"""Rules about what a test cannot make happen: a full disk, a lake of gigabytes, days that pass."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from learning_pipeline.cli.doctor.facts import Delivered, Facts, Place, Runs, Writer
from learning_pipeline.cli.doctor.finding import Level
from learning_pipeline.cli.doctor.rules_failing import no_run_is_silent, writer_comes_to_an_end
from learning_pipeline.cli.doctor.rules_pending import data_keeps_coming
from learning_pipeline.cli.doctor.rules_place import disk_has_room, few_lines_are_refused, lake_is_tidy
from learning_pipeline.defs.due import Due
from learning_pipeline.stores.inbox import Arrival
from learning_pipeline.stores.run_records import Run

NOW = dt.datetime(2024, 3, 20, 12, tzinfo=dt.UTC)
GB = 1_000_000_000
PLACE = Place(3 * GB, 100 * GB, 0, True, True, None, [], "")
RUNS = Runs(None, None, None, 0, 0, [], [], [], {})


def facts(place: Place = PLACE, delivered: Delivered | None = None, runs: Runs = RUNS) -> Facts:
    return Facts(NOW, "", place, delivered, None, runs)


def arrival(days_ago: float, n_lines: int = 100, n_quarantined: int = 0) -> Arrival:
    counts = {"n_lines": n_lines, "n_quarantined": n_quarantined}
    return Arrival("", "bot.jsonl", Path("x"), NOW - dt.timedelta(days=days_ago), counts)


def delivered(landed: list[Arrival], newest_days_ago: float = 0) -> Delivered:
    newest = NOW - dt.timedelta(days=newest_days_ago)
    return Delivered([], None, landed, Due(None, newest, newest.date()), False, [])


def test_a_disk_must_hold_the_data_root_again() -> None:
    levels = [disk_has_room(facts(PLACE._replace(n_free=free * GB))).level for free in (6, 5, 2, 1)]
    assert levels == [Level.ok, Level.warning, Level.warning, Level.problem]
    tiny = PLACE._replace(n_bytes=1000, n_free=GB // 4)
    assert disk_has_room(facts(tiny)).level == Level.problem


def test_a_lake_that_is_mostly_older_versions_is_worth_a_vacuum() -> None:
    assert lake_is_tidy(facts(PLACE._replace(n_orphaned=GB))) is None
    found = lake_is_tidy(facts(PLACE._replace(n_orphaned=2 * GB)))
    assert found
    assert (found.level, found.what) == (Level.warning, "About 2 GB of the lake are files of older versions")


def test_a_writer_of_many_hours_is_looked_after() -> None:
    for hours, level in ((1, Level.ok), (5, Level.warning)):
        found = writer_comes_to_an_end(facts(PLACE._replace(writer=Writer(77, NOW - dt.timedelta(hours=hours)))))
        assert found
        assert found.level == level
        assert "77" in found.what


def test_a_started_run_without_any_sign_of_life_is_told() -> None:
    found = no_run_is_silent(facts(runs=RUNS._replace(silent=[Run("abcdefgh-1", "chain", "STARTED", NOW, None)])))
    assert found
    assert "1 run counts as started but never began to work: abcdefgh (chain), started just now" in found.what


def test_fresh_data_that_stops_coming_is_told_and_old_data_is_not() -> None:
    found = data_keeps_coming(facts(delivered=delivered([arrival(9), arrival(5)], newest_days_ago=5.5)))
    assert found
    assert found.what.startswith("Nothing has arrived since 2024-03-15 12:00, 5 days ago")
    assert data_keeps_coming(facts(delivered=delivered([arrival(1)], newest_days_ago=1.5))) is None
    assert data_keeps_coming(facts(delivered=delivered([arrival(5)], newest_days_ago=900))) is None, "a history"


def test_refusals_that_grow_are_told_though_they_are_few_in_all() -> None:
    landed = [arrival(30, 10_000, 10), arrival(1, 100, 5)]
    found = few_lines_are_refused(facts(delivered=delivered(landed)))
    assert found
    assert found.level == Level.warning
    assert found.what.endswith("; 5.00% in the last 7 days, 0.10% before")
