"""Timeframe words such as ``15m``, ``4h``, ``1d``, ``1w`` (CONTRACTS 1)."""

from __future__ import annotations

import datetime as dt

import polars as pl

TIMEFRAME_PATTERN = r"^[1-9][0-9]{0,5}(m|h|d|w)$"
_MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10080}


def timeframe_length(timeframe: str) -> dt.timedelta:
    """Length of one bar.

    >>> timeframe_length("4h")
    datetime.timedelta(seconds=14400)
    """
    return dt.timedelta(minutes=int(timeframe[:-1]) * _MINUTES[timeframe[-1]])


def timeframe_us(timeframe: pl.Expr) -> pl.Expr:
    """Length of one bar in microseconds, Int64; null where the timeframe is null.

    >>> pl.DataFrame({"timeframe": ["15m", "1w"]}).select(timeframe_us(pl.col("timeframe")))["timeframe"].to_list()
    [900000000, 604800000000]
    """
    unit = timeframe.str.slice(-1).replace_strict(_MINUTES, return_dtype=pl.Int64)
    return timeframe.str.head(-1).cast(pl.Int64) * unit * 60_000_000
