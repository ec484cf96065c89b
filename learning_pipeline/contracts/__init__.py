"""What a table is: one pandera class from which everything else derives.

Asset key, lake table, DuckDB table, column docs, empty frame and the wire format of events are all read off the class
(ARCHITECTURE 2). Nothing here knows a room, a store or Dagster.
"""

from learning_pipeline.contracts.columns import Instant, Texts
from learning_pipeline.contracts.days import day_of, day_span, days_between, end_of
from learning_pipeline.contracts.entry import Entry
from learning_pipeline.contracts.settings import Settings
from learning_pipeline.contracts.table import Table, content_sha256
from learning_pipeline.contracts.timeframe import TIMEFRAME_PATTERN, timeframe_length, timeframe_us

__all__ = [
    "TIMEFRAME_PATTERN",
    "Entry",
    "Instant",
    "Settings",
    "Table",
    "Texts",
    "content_sha256",
    "day_of",
    "day_span",
    "days_between",
    "end_of",
    "timeframe_length",
    "timeframe_us",
]
