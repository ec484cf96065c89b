"""UTC days: the partition of every table and the unit of "as of".

"As of day D" means: whatever was known before the day after D began. An instant exactly at midnight belongs to the day
that it opens.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

ONE_DAY = dt.timedelta(days=1)


def day_of(instant: pl.Expr) -> pl.Expr:
    """UTC day of an instant.

    >>> import datetime as dt, polars as pl
    >>> at = dt.datetime(2024, 1, 31, 23, 59, 59, tzinfo=dt.UTC)
    >>> pl.select(day_of(pl.lit(at))).item()
    datetime.date(2024, 1, 31)
    """
    return instant.dt.date()


def end_of(day: dt.date) -> dt.datetime:
    """Last microsecond of a UTC day.

    >>> end_of(dt.date(2024, 1, 31)).isoformat()
    '2024-01-31T23:59:59.999999+00:00'
    """
    return dt.datetime.combine(day + ONE_DAY, dt.time(), dt.UTC) - dt.timedelta(microseconds=1)


def day_span(days: pl.Series) -> tuple[dt.date, dt.date] | None:
    """First and last of a series of days; None where it is empty.

    >>> import datetime as dt, polars as pl
    >>> day_span(pl.Series([dt.date(2024, 1, 3), dt.date(2024, 1, 1)]))
    (datetime.date(2024, 1, 1), datetime.date(2024, 1, 3))
    """
    first, last = days.min(), days.max()
    return (first, last) if isinstance(first, dt.date) and isinstance(last, dt.date) else None


def days_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """Every day from first to last, both included; empty where last is before first.

    >>> days_between(dt.date(2024, 2, 28), dt.date(2024, 3, 1))[1].isoformat()
    '2024-02-29'
    """
    return [first + ONE_DAY * k for k in range((last - first).days + 1)]
