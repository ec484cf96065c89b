"""A planted edge goes all the way: decisions, lessons, a selection that proves itself, the bot's own file."""

from __future__ import annotations

import datetime as dt
import json
import runpy
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import learning_pipeline as lp
from learning_pipeline.contracts import Table
from learning_pipeline.overrides.tables import Overrides, Selected
from learning_pipeline.paper.planted import PATTERNS, START, run_planted
from learning_pipeline.stores.home import VARIABLE
from learning_pipeline.stores.recorder import Recorder
from learning_pipeline.stores.warehouse import read_only
from learning_pipeline.tuning import Lessons, Selections, Transitions
from learning_pipeline_tests.parts import Part
from learning_pipeline_tests.worlds import Root

OURS: list[type[Table]] = [Lessons, Selections, Transitions, Selected]
N_DAYS = 50
OWN = {"ts": 0.55, "halo": 1.0, "slope": 0.0}
AT_THE_END = START + dt.timedelta(days=N_DAYS, hours=1)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, Any]], pl.DataFrame]:
    folder = tmp_path_factory.mktemp("planted")
    with Recorder(folder, source="planted") as recorder:
        bars = run_planted(recorder, patterns=PATTERNS[:1], n_days=N_DAYS)
    lines = [line for file in folder.glob("*.jsonl") for line in file.read_text().splitlines()]
    return [json.loads(line) for line in lines], bars


@pytest.fixture(scope="module")
def root(planted: tuple[list[dict[str, Any]], pl.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> Root:
    found = Part(tmp_path_factory.mktemp("whole"), *OURS, Overrides)
    found.deliver(*planted)
    found.run()
    return found


def test_a_bot_hears_of_what_the_evidence_put_in_force(root: Root) -> None:
    limits = lp.load_overrides(root.home.root).apply(
        OWN, "planted.edge.entry", {"timeframe": "15m"}, at=AT_THE_END, explain=True
    )
    assert limits["halo"].threshold is not None
    assert limits["halo"].threshold > 1.0
    assert {each.override_id for each in limits.values()} == {limits["halo"].override_id}, "one policy, every limit"
    assert lp.load_overrides(root.home.root).apply(OWN, "another.entry", at=AT_THE_END) == OWN


def test_analysts_see_every_state_with_its_reason(root: Root) -> None:
    with read_only(root.home.warehouse) as connection:
        told = connection.sql("SELECT DISTINCT override_id, state, reason, route, until FROM overrides.overrides")
        states = {row[0]: row[1:] for row in told.fetchall()}
        moves = connection.sql(
            "SELECT override_id, to_state FROM overrides.transitions ORDER BY moved_at, from_state NULLS FIRST"
        ).fetchall()
    active = [one for one in states.values() if one[0] == "active"]
    assert active
    assert all(
        route in {"permutation", "forward"} and "forward ratio below 1" in until for _, _, route, until in active
    )
    assert dict(moves) == {name: state for name, (state, *_) in states.items()}


def test_the_log_says_what_was_done_and_why(root: Root) -> None:
    log = root.home.learning_log.read_text()
    assert "OVERRIDE CREATED | pattern=planted.edge.entry | scope={} | policy=" in log
    assert "OVERRIDE ACTIVE | pattern=planted.edge.entry" in log
    assert "SIMULATION | pattern=planted.edge.entry | scope={} | simulations=215 | policies=125 | pruned=" in log
    assert "EPISODE EVENT | pattern=planted.edge.entry | decision=" in log


def test_the_notebook_says_what_the_tables_say(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(root.home.root))
    _, found = runpy.run_path(str(Path(__file__).parents[2] / "notebooks" / "lessons.py"))["app"].run()
    newest = root.table(Lessons).filter(pl.col("as_of") == pl.col("as_of").max())
    assert found["lessons"].height == newest.height
    assert found["selections"].filter(state="active").height > 0
    assert "stood the test" in found["answer"]
    assert found["chosen"].height == newest.filter(pattern_key=found["pick"].value).height
    assert found["tested"]["n_lessons"].min() > 0


def test_a_history_that_grows_gives_what_the_whole_gives(
    planted: tuple[list[dict[str, Any]], pl.DataFrame], root: Root, tmp_path: Path
) -> None:
    events, bars = planted
    cut, growing = START + dt.timedelta(days=33, hours=7), Part(tmp_path, *OURS, Overrides)
    early = [event for event in events if dt.datetime.fromisoformat(event["at"]) <= cut]
    growing.deliver(early, bars.filter(pl.col("ts") < cut))
    growing.run()
    growing.deliver(events, bars)
    growing.run()
    for table in OURS:
        assert_frame_equal(growing.table(table), root.table(table), check_exact=True)
    assert growing.home.overrides.read_bytes() == root.home.overrides.read_bytes()
