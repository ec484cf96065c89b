"""Nothing that was computed as of an instant changes when later bars and events arrive."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from learning_pipeline_tests.worlds import MONDAY, Root, bot_events, hourly_bars, stamp

N_DAYS = 12
SEEDS = range(3)
CUTS_PER_SEED = 8
CLOSE = dt.timedelta(hours=1)


def known_by(
    cut: dt.datetime, bars: pl.DataFrame, events: list[dict[str, Any]]
) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    return bars.filter(pl.col("ts") + CLOSE <= cut), [event for event in events if event["at"] <= stamp(cut)]


def finished_days(tables: dict[str, pl.DataFrame], cut: dt.datetime) -> dict[str, pl.DataFrame]:
    """Rows of the days that were over at the cut."""
    return {address: frame.filter(pl.col("day") < cut.date()) for address, frame in tables.items()}


def cuts(seed: int) -> list[dt.datetime]:
    """Random instants in order, one of them in the weekend gap, one at midnight."""
    rng = random.Random(seed)
    hours = [rng.uniform(6, 24 * N_DAYS - 1) for _ in range(CUTS_PER_SEED - 2)]
    return sorted([MONDAY + dt.timedelta(hours=h) for h in [*hours, 24 * 5 + 12.0, 24.0 * rng.randrange(2, 9)]])


@pytest.mark.parametrize("seed", SEEDS)
def test_growing_a_history_never_changes_what_was_known(seed: int, tmp_path: Path) -> None:
    """24 cuts: the tables of the days before each cut stay as they are to the end, and equal a run over all at once."""
    bars = hourly_bars(seed, N_DAYS)
    events = bot_events(seed, bars, 40)
    growing, whole = Root(tmp_path / "growing"), Root(tmp_path / "whole")
    seen = []
    for cut in cuts(seed):
        known_bars, known_events = known_by(cut, bars, events)
        growing.deliver(known_events, known_bars)
        growing.run(warehouse=False)
        seen.append((cut, growing.tables()))
    growing.deliver(events, bars)
    growing.run()
    whole.deliver(events, bars)
    whole.run()
    final = whole.tables()
    for address, frame in growing.tables().items():
        assert_frame_equal(frame, final[address], check_exact=True)
    for cut, then in seen:
        for address, frame in finished_days(then, cut).items():
            assert_frame_equal(frame, finished_days(final, cut)[address], check_exact=True)
