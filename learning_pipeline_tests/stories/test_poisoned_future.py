"""Bars and events gone mad after an instant change nothing that was known by then."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from learning_pipeline.shadow.tables import Outcomes
from learning_pipeline_tests.stories.test_look_ahead import CLOSE, N_DAYS, finished_days, known_by
from learning_pipeline_tests.worlds import MONDAY, Root, bot_events, hourly_bars, stamp


@pytest.mark.parametrize("seed", range(3))
def test_poisoned_futures_change_nothing_before_them(seed: int, tmp_path: Path) -> None:
    bars = hourly_bars(seed, N_DAYS)
    events = bot_events(seed, bars, 40)
    cut = MONDAY + dt.timedelta(hours=random.Random(seed).uniform(72, 200))
    known_bars, known_events = known_by(cut, bars, events)
    wild = pl.col("close") * 50
    poison = bars.filter(pl.col("ts") + CLOSE > cut).with_columns(
        open=wild, high=wild * 1.01, low=wild * 0.5, close=wild
    )
    later = [
        {**event, "symbol": "AAA"} if event["type"] == "signal" else event
        for event in events
        if event["at"] > stamp(cut)
    ]
    honest, poisoned = Root(tmp_path / "honest"), Root(tmp_path / "poisoned")
    honest.deliver(known_events, known_bars)
    honest.run()
    poisoned.deliver(known_events + later, pl.concat([known_bars, poison]))
    poisoned.run()
    theirs = finished_days(poisoned.tables(), cut)
    for address, frame in finished_days(honest.tables(), cut).items():
        assert_frame_equal(frame, theirs[address], check_exact=True)
    assert honest.table(Outcomes).height > 0
