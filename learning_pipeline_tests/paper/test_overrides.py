"""A session under an override: what it changes, from when on, and how that is recorded."""

from __future__ import annotations

import datetime as dt

import polars as pl

from learning_pipeline.paper import PaperSettings, resample, run_session
from learning_pipeline_tests.overrides.rows import an_override
from learning_pipeline_tests.paper.conftest import MemoryRecorder


def test_an_override_changes_decisions_from_its_approval_on_and_is_recorded_with_the_own_limit(
    hours, events, of_type
) -> None:
    since = dt.datetime(2017, 7, 20, tzinfo=dt.UTC)
    dropped = an_override(gate="ts", action="drop", operand=None, selected_at=since, scope={"timeframe": "1h"})
    changed = walked_under(hours, [dropped])
    cut = [next(k for k, e in enumerate(walk) if e["at"] >= since) for walk in (events, changed)]
    assert changed[: cut[1]] == events[: cut[0]], "nothing before its approval"
    told = [
        (e["at"], e["signal_id"], g)
        for e in changed
        if e["type"] == "decision"
        for g in e["gates"]
        if g["name"] == "ts"
    ]
    scopes = {e["signal_id"]: e["scope"]["timeframe"] for e in changed if e["type"] == "signal"}
    for at, signal_id, gate in told:
        is_dropped = at >= since and scopes[signal_id] == "1h"
        assert gate.get("override_id") == ("o1" if is_dropped else None)
        assert gate.get("threshold") == (None if is_dropped else gate["base_threshold"])
        assert gate["base_threshold"] == PaperSettings().ts_min
    was = {e["signal_id"] for e in of_type("decision") if e.get("blocker_component") == "ts"}
    now = {e["signal_id"] for e in changed if e["type"] == "decision" and e.get("blocker_component") == "ts"}
    assert was - now, "the guard let something through"


def walked_under(hours, overrides):
    recorder = MemoryRecorder()
    run_session(pl.concat([hours, resample(hours, "4h")]), recorder, PaperSettings(), overrides)
    return recorder.events
