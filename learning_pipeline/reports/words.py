"""Figures and data in words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

MINUS = "\u2212"
LONGEST_LABEL = 28
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")
VERDICT_MARKS = {"saves": "\u25b2", "costs": "\u25bc", "inconclusive": "\u25cb"}


def money(usd: float | None, decimals: int | None = None) -> str:
    """Signed dollars, cents only where they matter or where ``decimals`` asks for them; nothing for null.

    >>> money(421.6), money(-41.514), money(-0.001), money(41.514, decimals=0)
    ('+422', '\u221241.51', '0.00', '+42')
    """
    if usd is None:
        return ""
    places = decimals_for([usd]) if decimals is None else decimals
    number = f"{usd:+,.{places}f}"
    return number.replace("-", MINUS) if number.strip("+-0.") else number[1:]


def interval(low: float | None, high: float | None, decimals: int | None = None) -> str:
    """An interval of dollars; nothing where it could not be computed.

    >>> interval(-1.5, 20.0), interval(-41.5, 1039.0, decimals=0)
    ('\u22121.50 to +20.00', '\u221242 to +1,039')
    """
    return "" if low is None or high is None else f"{money(low, decimals)} to {money(high, decimals)}"


def decimals_for(dollars: Iterable[float | None]) -> int:
    """Decimals of a column of dollars, the same in each of its rows: cents unless it holds hundreds.

    >>> decimals_for([9.79, None]), decimals_for([9.79, -612.0])
    (2, 0)
    """
    return 0 if any(abs(usd) >= 100 for usd in dollars if usd is not None) else 2


def count(n: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> count(1, "guard"), count(2300, "guard"), count(0, "day is", "days are")
    ('1 guard', '2,300 guards', '0 days are')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def fraction(share: float | None, decimals: int = 0) -> str:
    """A fraction in percent; nothing for null.

    >>> fraction(0.412), fraction(0.002, decimals=1)
    ('41%', '0.2%')
    """
    return "" if share is None else f"{share:.{decimals}%}"


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
