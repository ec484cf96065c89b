"""Allocation: one more day from the stored state, against a fold over all trades; long against short history."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from pathlib import Path

import polars as pl

from benchmarks.line import Line, Pair, cpu_of
from learning_pipeline.allocation import Allocated, AllocationSettings, Positions, TimeframeRoi, allocate
from learning_pipeline.allocation import TimeframeAllocation as Steps
from learning_pipeline.events.tables import Trades, TradesFromFills
from learning_pipeline_tests.defs.traded import HOUR, closed, filled
from learning_pipeline_tests.worlds import MONDAY, Root

N_TRADES, N_DAYS = 1_000_000, 1000
TARGET = 500.0
START = dt.date(2022, 1, 1)
BOOKS = ("profit",)
SHORT, LONG, REPORTED_A_DAY, BY_FILLS_A_DAY, MOST = 10, 1000, 8, 2, 1.5
ROUNDS_OF_A_DAY = 9
"""Goes at one day, of which the median counts: a day is done in milliseconds."""


def lines(rounds: int) -> list[Line]:
    """One day resumed against everything, and the assets' refresh after a long history against a short one."""
    return [*_resumed(rounds), _refreshed(rounds)]


def _resumed(rounds: int) -> list[Line]:
    """A day of a thousand trades after a million, resumed; the same rows to the bit as the replay of all of them."""
    trades, last = _trades(), START + dt.timedelta(days=N_DAYS - 1)
    whole = _allocated(trades, TimeframeRoi.frame(), START, last)
    before = whole.roi.filter(pl.col("day") == last - dt.timedelta(days=1))
    today = trades.filter(pl.col("day") == last)
    resumed = _allocated(today, before, last, last)
    equal = all(ours.equals(theirs.filter(pl.col("day") == last)) for ours, theirs in zip(resumed, whole, strict=True))
    pairs = [_round(trades, today, before, last) for _ in range(min(rounds, 2))]  # each takes half a minute
    size = f"{N_TRADES:,} trades, {N_DAYS:,} days"
    return [Line.of("allocation: one day resumed", size, "replay of every trade", pairs, TARGET, equal=equal)]


def _round(trades: pl.DataFrame, today: pl.DataFrame, before: pl.DataFrame, last: dt.date) -> Pair:
    goes = sorted(cpu_of(lambda: _allocated(today, before, last, last)) for _ in range(ROUNDS_OF_A_DAY))
    return Pair(goes[len(goes) // 2], cpu_of(lambda: _allocated(trades, TimeframeRoi.frame(), START, last)))


def _allocated(trades: pl.DataFrame, before: pl.DataFrame, first: dt.date, last: dt.date) -> Allocated:
    return allocate(trades, TradesFromFills.frame(), before, (first, last), AllocationSettings(), BOOKS)


def _trades() -> pl.DataFrame:
    """Reported closes at random seconds of every day, told as they happen."""
    rng = random.Random(0)
    a_day, midnight = N_TRADES // N_DAYS, dt.datetime.combine(START, dt.time(), dt.UTC)
    at = [
        midnight + dt.timedelta(days=day, seconds=second)
        for day in range(N_DAYS)
        for second in sorted(rng.choices(range(86_400), k=a_day))
    ]
    told = {
        "trade_id": [f"t{k:07}" for k in range(N_TRADES)],
        "timeframe": rng.choices(["15m", "1h", "4h"], k=N_TRADES),
        "roi": [rng.gauss(0.001, 0.03) for _ in range(N_TRADES)],
        "closed_at": at,
        "happened_at": at,
        "day": [instant.date() for instant in at],
    }
    return Trades.frame(told).with_columns(book=pl.lit("profit"))


def _refreshed(rounds: int) -> Line:
    """One more day of closes and fills: CPU seconds of the allocation's assets alone, in process."""
    n_days = max(rounds, 3)
    with tempfile.TemporaryDirectory() as folder:
        roots = {n: _with_history(Path(folder) / str(n), n) for n in (SHORT, LONG)}
        pairs = [
            Pair(_one_more_day(roots[LONG], LONG + k), _one_more_day(roots[SHORT], SHORT + k)) for k in range(n_days)
        ]
    what = f"allocation: one-day refresh, {LONG} days of history over {SHORT}"
    return Line.of(what, f"{n_days} days", "the same with 10 days", pairs, MOST, equal=None, at_most=True)


def _with_history(folder: Path, n_days: int) -> Root:
    """A root that was run over its history, and once more so that nothing is left to be done for the first time."""
    root = Root(folder)
    root.deliver([event for day in range(n_days - 1) for event in _events(day)])
    root.run()
    _one_more_day(root, n_days - 1)
    return root


def _one_more_day(root: Root, day: int) -> float:
    root.deliver(_events(day))
    root.run("ingest")
    seconds = cpu_of(lambda: root.run(only=[TradesFromFills, TimeframeRoi, Steps, Positions]))
    root.run()
    return seconds


def _events(day: int) -> list[dict[str, object]]:
    """Trades that close on a day, some told by fills alone whose entry lies on the day before."""
    rng, told = random.Random(day), list[dict[str, object]]()
    for k in range(REPORTED_A_DAY + BY_FILLS_A_DAY):
        what = f"{day}-{k}", rng.choice(["15m", "1h", "4h"]), rng.gauss(0.001, 0.03)
        at = MONDAY + dt.timedelta(days=day + 2) + rng.randrange(24) * HOUR
        told += [closed(*what, at)] if k < REPORTED_A_DAY else filled(*what, at)
    return told
