"""One value of a foreign table as a number, a time or a word; what is none stays as it was written."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

_DOT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?|[+-]?\d{1,3}(,\d{3})+\.\d+", re.ASCII)
_COMMA = re.compile(r"[+-]?(\d+(,\d*)?|\d{1,3}(\.\d{3})+,\d+)", re.ASCII)
_ABSENT = {"", "nan", "null", "none", "nat", "n/a", "-"}
_FROM, _TO = 946_684_800, 4_102_444_800
"""Seconds of the years 2000 and 2100."""

_UNITS = (1, 10**3, 10**6, 10**9)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Naive(NamedTuple):
    """A time that does not say its zone."""

    words: str


def is_absent(value: Any) -> bool:
    """Whether a cell holds nothing: empty, a null, or a word for one."""
    return value is None or str(value).strip().lower() in _ABSENT


def number_of(value: Any, decimal_comma: bool) -> float | None:
    """A finite number; None for anything else.

    With decimal commas a dot may only part thousands before a comma; without, commas may only part thousands before a
    dot. ``1.234`` and ``1,234`` are never guessed at.

    >>> number_of("1.234,5", True), number_of("1.234", True), number_of("1,234.5", False), number_of("1,5", False)
    (1234.5, None, 1234.5, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float | Decimal):
        return _finite(float(value))
    text = str(value).strip()
    if not (_COMMA if decimal_comma else _DOT).fullmatch(text):
        return None
    plain = text.replace(".", "").replace(",", ".") if decimal_comma else text.replace(",", "")
    return _finite(float(plain))


def time_of(value: Any, zone: ZoneInfo | None) -> dt.datetime | Naive | None:
    """A time with a zone; `Naive` where it has none and none was given; None for anything else.

    A number is seconds, milli-, micro- or nanoseconds since 1970, told by its size: only one of them lies in the years
    2000 to 2100. A local time that was there twice or never (the clock was changed) is none.

    >>> time_of("1709252100", None) == time_of(1709252100_000, None) == time_of("2024-03-01T00:15:00Z", None)
    True
    >>> time_of("2024-03-01 00:15", None), time_of("01/02/2024", None)
    (Naive(words='2024-03-01 00:15'), None)
    """
    found = value if isinstance(value, dt.datetime) else _midnight(value) or _parsed(str(value).strip())
    if found is None or found.tzinfo is not None:
        return found
    return Naive(str(value)) if zone is None else _placed(found, zone)


def _finite(number: float) -> float | None:
    return number if abs(number) < float("inf") else None


def _midnight(value: Any) -> dt.datetime | None:
    return dt.datetime(value.year, value.month, value.day) if isinstance(value, dt.date) else None  # noqa: DTZ001  # the zone is not known yet


def _parsed(text: str) -> dt.datetime | None:
    try:
        return _since_1970(Decimal(text))
    except InvalidOperation:
        pass
    try:
        return dt.datetime.fromisoformat(text.replace(" +", "+"))
    except ValueError:
        return None


def _since_1970(count: Decimal) -> dt.datetime | None:
    unit = next((unit for unit in _UNITS if count.is_finite() and _FROM <= count / unit < _TO), None)
    return None if unit is None else _EPOCH + dt.timedelta(microseconds=int(count * 10**6 / unit))


def _placed(naive: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """A local time in its zone; None where the zone has no or two such instants."""
    first, second = naive.replace(tzinfo=zone), naive.replace(tzinfo=zone, fold=1)
    is_one = first.utcoffset() == second.utcoffset()
    return first if is_one else None
