"""Days that are run one after the other give what a run of all of them gives."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal

from learning_pipeline.shadow.tables import Outcomes, Pending
from learning_pipeline_tests.worlds import MONDAY, Root, bot_events, hourly_bars, stamp


def test_a_delivery_after_another_gives_what_both_at_once_give(tmp_path: Path) -> None:
    bars = hourly_bars(2, 5)
    events = bot_events(2, bars, 60)
    noon = MONDAY + dt.timedelta(days=2, hours=12)
    later, whole = Root(tmp_path / "later"), Root(tmp_path / "whole")
    later.deliver([event for event in events if event["at"] <= stamp(noon)], bars.filter(pl.col("ts") < noon))
    later.run()
    assert later.table(Pending)["as_of"].max() == noon.date()
    later.deliver(events, bars)
    later.run()
    whole.deliver(events, bars)
    whole.run()
    theirs = whole.tables()
    overnight = (pl.col("decided_at") < MONDAY + dt.timedelta(days=2)) & (pl.col("known_at") <= noon)
    settled_that_morning = whole.table(Outcomes).filter(overnight, pl.col("day") == noon.date())
    assert settled_that_morning.height > 0, "outcomes that the second run settles once more"
    for address, frame in later.tables().items():
        assert_frame_equal(frame, theirs[address], check_exact=True)
