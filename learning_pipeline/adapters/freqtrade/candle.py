"""The grid of candles that freqtrade decides on."""

from __future__ import annotations

import datetime as dt

from learning_pipeline.contracts import timeframe_length

_MONDAY = dt.datetime(1970, 1, 5, tzinfo=dt.UTC)


def candle_open(at: dt.datetime, timeframe: str) -> dt.datetime:
    """Open of the candle that an instant lies in: the close of the signal candle, for an entry at that instant.

    >>> candle_open(dt.datetime(2024, 2, 1, 7, 5, 9, tzinfo=dt.UTC), "1h")
    datetime.datetime(2024, 2, 1, 7, 0, tzinfo=datetime.timezone.utc)
    """
    return at - (at - _MONDAY) % timeframe_length(timeframe)
