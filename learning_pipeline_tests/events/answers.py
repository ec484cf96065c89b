"""Signals and reports as the tables hold them, and the answers of ``decide`` to them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from learning_pipeline.events.decisions import REACH_DAYS, decide
from learning_pipeline.events.parse import parse_lines
from learning_pipeline.events.tables import EVENT_TABLES
from learning_pipeline_tests.events.lines import delivered, line

NOON = dt.datetime(2024, 1, 2, 12, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
TTL_MINUTES = 1440.0
BARE: dict[str, Any] = dict.fromkeys(["gates", "market", "blocker_component", "propensity", "metadata"], ...)


def rows(event_type: str, events: list[dict[str, Any]]) -> pl.DataFrame:
    """A table of events; ``at`` may be an instant."""
    stamped = [{"event_id": f"{event_type}-{k:04}", **event} for k, event in enumerate(events)]
    texts = [{n: v.isoformat() if isinstance(v, dt.datetime) else v for n, v in event.items()} for event in stamped]
    parsed = parse_lines(delivered(*(line(event_type, **event) for event in texts)))
    assert parsed.refusals == []
    table = EVENT_TABLES[event_type]
    return table.checked(parsed.frames[event_type].drop("line_no")) if events else table.frame()


def signals(*events: dict[str, Any]) -> pl.DataFrame:
    """Signals, at noon unless said otherwise, with a ttl of one day."""
    return rows("signal", [{"at": NOON, "ttl_bars": ..., **event} for event in events])


def reports(*events: dict[str, Any]) -> pl.DataFrame:
    """Decision reports on s1 that say nothing but their answer unless told otherwise."""
    return rows("decision", [{"at": NOON, **BARE, **event} for event in events])


def decided(
    of: pl.DataFrame, said: pl.DataFrame, days: int = 5, now: dt.datetime | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Answers and gates from the day of noon on."""
    first = NOON.date()
    return decide(of, said, TTL_MINUTES, first, first + days * DAY, now or NOON + (days + 1) * DAY)


def answer(*said: dict[str, Any], **signal: Any) -> dict[str, Any]:
    """The one answer to one signal."""
    return decided(signals(signal), reports(*said))[0].row(0, named=True)


def day_by_day(
    of: pl.DataFrame, said: pl.DataFrame, first: dt.date, last: dt.date, now: dt.datetime
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``decide`` called for each day with what it reads for that day."""
    found = []
    for k in range((last - first).days + 1):
        day = first + k * DAY
        read = pl.col("day").is_between(day - REACH_DAYS * DAY, day)
        found.append(decide(of.filter(read), said.filter(read), TTL_MINUTES, day, day, now))
    answers, gates = zip(*found, strict=True)
    return pl.concat(answers), pl.concat(gates)
