"""Figures and data in words."""

from __future__ import annotations

import datetime as dt
import re

MINUS = "\u2212"
LONGEST_LABEL = 28
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")
VERDICT_MARKS = {"saves": "\u25b2", "costs": "\u25bc", "inconclusive": "\u25cb"}


def money(usd: float | None) -> str:
    """Signed dollars, cents only where they matter; nothing for null.

    >>> money(421.6), money(-41.514), money(-0.001)
    ('+422', '\u221241.51', '0.00')
    """
    if usd is None:
        return ""
    number = f"{usd:+,.2f}" if abs(usd) < 100 else f"{usd:+,.0f}"
    return "0.00" if number in ("-0.00", "+0.00") else number.replace("-", MINUS)


def interval(low: float | None, high: float | None) -> str:
    """An interval of dollars; nothing where it could not be computed.

    >>> interval(-1.5, 20.0)
    '\u22121.50 to +20.00'
    """
    return "" if low is None or high is None else f"{money(low)} to {money(high)}"


def count(n: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> count(1, "guard"), count(2300, "guard"), count(0, "day is", "days are")
    ('1 guard', '2,300 guards', '0 days are')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def fraction(share: float | None) -> str:
    """A fraction in percent; nothing for null."""
    return "" if share is None else f"{share:.0%}"


def duration(seconds: float | None) -> str:
    """Seconds in the unit that a person would take.

    >>> duration(42.0), duration(5400.0), duration(172800.0)
    ('42 s', '90 min', '48.0 h')
    """
    if seconds is None:
        return ""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def one_line(text: str) -> str:
    """Text of data without what could break or turn a line."""
    return _CONTROL.sub("\ufffd", text)


def label(text: str) -> str:
    """Text of data, short enough for a picture.

    >>> label("a" * 40)
    'aaaaaaaaaaaaaaaaaaaaaaaaaaa…'
    """
    clean = one_line(text)
    return clean if len(clean) <= LONGEST_LABEL else f"{clean[: LONGEST_LABEL - 1]}…"


def day(date: dt.date | None) -> str:
    """A day in ISO 8601; nothing for null."""
    return date.isoformat() if date else ""
