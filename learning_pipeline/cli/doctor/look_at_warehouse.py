"""What the published file says of outcomes and markets, and how far it is behind the lake."""

from __future__ import annotations

from typing import Any

import duckdb

from learning_pipeline.cli.doctor.facts import Market, Published
from learning_pipeline.defs.catalog import TABLES
from learning_pipeline.errors import BadInput
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.warehouse import copied_days, read_only, stale_days

OVERDUE = 3
"""Lives of a signal after which an open outcome is overdue, by the newest event or bar of its symbol."""

_LIFE_MINUTES = """coalesce(ttl_bars * CAST(left(timeframe, -1) AS DOUBLE)
    * CASE right(timeframe, 1) WHEN 'm' THEN 1 WHEN 'h' THEN 60 WHEN 'd' THEN 1440 ELSE 10080 END, ttl_minutes, ?)"""
MARKETS = f"""
    WITH decided AS (SELECT symbol, count(*) AS n FROM events.decisions GROUP BY symbol),
    told AS (SELECT symbol, max(happened_at) AS events_to FROM events.signals GROUP BY symbol),
    priced AS (SELECT symbol, max(known_at) AS bars_to FROM market.bars GROUP BY symbol),
    reach AS (
        SELECT symbol, events_to, bars_to, greatest(events_to, bars_to) AS until
        FROM told FULL JOIN priced USING (symbol)
    ),
    still_open AS (
        SELECT symbol, count(*) AS n, min(decided_at) AS oldest,
            count(*) FILTER (epoch(until) - epoch(decided_at) > ? * 60 * {_LIFE_MINUTES}) AS n_overdue
        FROM shadow.pending JOIN reach USING (symbol)
        WHERE as_of = (SELECT max(as_of) FROM shadow.pending) GROUP BY symbol
    )
    SELECT symbol, coalesce(decided.n, 0), coalesce(still_open.n, 0), coalesce(n_overdue, 0), oldest, events_to, bars_to
    FROM reach LEFT JOIN decided USING (symbol) LEFT JOIN still_open USING (symbol) ORDER BY symbol
"""  # noqa: S608  # constant words
UNMATCHED = """
    SELECT count(*), min(happened_at) FROM events.unmatched
    WHERE type = 'decision' AND signal_id NOT IN (SELECT signal_id FROM events.signals)
"""
LATELY_DECIDED = """
    SELECT count(*), count(*) FILTER (reason = 'never_decided') FROM events.decisions
    WHERE known_at > (SELECT max(known_at) FROM events.decisions) - INTERVAL 30 DAY
"""


def look_at_warehouse(home: Home, ttl_minutes: float) -> Published:
    """Open outcomes and horizons per symbol, reports without a signal, signals without a report."""
    lake = Lake(home.lake)
    with read_only(home.warehouse) as connection:
        try:
            copied = copied_days(connection)
            stale = [stale_days(copied.get(table.address(), {}), lake.files_by_day(table)) for table in TABLES]
            markets = [Market(*row) for row in _rows(connection, MARKETS, OVERDUE, ttl_minutes)]
            unmatched, lately = _rows(connection, UNMATCHED), _rows(connection, LATELY_DECIDED)
        except duckdb.Error as e:
            why = " ".join(str(e).split())
            raise BadInput(f"{home.warehouse}: {why}; remove it and `learning-pipeline run` publishes it anew") from e
    return Published(sum(map(len, stale)), markets, *unmatched[0], *lately[0])


def _rows(connection: duckdb.DuckDBPyConnection, query: str, *values: Any) -> list[tuple[Any, ...]]:
    return connection.execute(query, values).fetchall()
