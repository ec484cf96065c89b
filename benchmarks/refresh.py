"""One more day for a data root that holds much history, against one that holds little: the whole chain, in process."""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from pathlib import Path

import polars as pl

from benchmarks.line import Line, Pair
from learning_pipeline_tests.worlds import MONDAY, Root, bot_events, hourly_bars

SHORT, LONG, MORE_DAYS = 10, 1000, 7
SIGNALS_A_DAY = 3
TARGET = 1.5


def lines(rounds: int) -> list[Line]:
    """Refresh after a long history over refresh after a short one, CPU seconds of the run alone."""
    n_days = max(rounds, 3)
    bars = hourly_bars(1, LONG + n_days)
    with tempfile.TemporaryDirectory() as folder:
        roots = {n: _with_history(Path(folder) / str(n), bars, n) for n in (SHORT, LONG)}
        pairs = [
            Pair(_one_more_day(roots[LONG], bars, LONG + k), _one_more_day(roots[SHORT], bars, SHORT + k))
            for k in range(n_days)
        ]
    what = f"one-day refresh: {LONG} days of history over {SHORT}"
    return [Line.of(what, f"{n_days} days", "the same with 10 days", pairs, TARGET, equal=None, at_most=True)]


def _with_history(folder: Path, bars: pl.DataFrame, n_days: int) -> Root:
    """A root that was run over its history, and once more so that nothing is left to be done for the first time."""
    root = Root(folder)
    _deliver(root, bars, 0, n_days - 1)
    root.run()
    _one_more_day(root, bars, n_days - 1)
    return root


def _one_more_day(root: Root, bars: pl.DataFrame, day: int) -> float:
    _deliver(root, bars, day, day + 1)
    begin = time.process_time()
    root.run()
    return time.process_time() - begin


def _deliver(root: Root, bars: pl.DataFrame, first: int, end: int) -> None:
    """Days numbered ``first`` to ``end - 1``; signals have ids of their own in every delivery."""
    since, until = (MONDAY + dt.timedelta(days=n) for n in (first, end))
    here = bars.filter(pl.col("ts").is_between(since, until, closed="left"))
    events = bot_events(first, here, SIGNALS_A_DAY * (end - first)) if here.height else []
    named = ("event_id", "signal_id")
    root.deliver([event | {name: f"{first}-{event[name]}" for name in named} for event in events], here)
