"""One row of the answer."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """How bad it is; only a problem makes the exit code 1."""

    ok = "ok"
    warning = "warning"
    problem = "problem"


class Finding(NamedTuple):
    """What was found, in one sentence with numbers, and what to do, in one with the command; empty where nothing."""

    level: Level
    about: str
    what: str
    do: str = ""


def ok(about: str, what: str) -> Finding:
    """All is well."""
    return Finding(Level.ok, about, what)


def warning(about: str, what: str, do: str) -> Finding:
    """Something to look after."""
    return Finding(Level.warning, about, what, do)


def problem(about: str, what: str, do: str) -> Finding:
    """Something that does not work."""
    return Finding(Level.problem, about, what, do)


def counted(n: int, thing: str) -> str:
    """A number with its noun.

    >>> counted(1, "file"), counted(12_000, "line")
    ('1 file', '12,000 lines')
    """
    return f"{n:,} {thing}" if n == 1 else f"{n:,} {thing}s"


def ago(at: dt.datetime, now: dt.datetime) -> str:
    """How long something has been so, in its largest unit.

    >>> now = dt.datetime(2024, 3, 4, tzinfo=dt.UTC)
    >>> ago(now - dt.timedelta(hours=30), now), ago(now - dt.timedelta(seconds=3), now)
    ('30 hours ago', 'just now')
    """
    seconds = (now - at).total_seconds()
    for unit, length, least in (("day", 86400, 2 * 86400), ("hour", 3600, 2 * 3600), ("minute", 60, 60)):
        if seconds >= least:
            return f"{counted(int(seconds // length), unit)} ago"
    return "just now"


def size(n_bytes: float) -> str:
    """Bytes as a person reads them.

    >>> size(14_692_352), size(999)
    ('14.7 MB', '999 bytes')
    """
    for unit, length in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n_bytes >= length:
            return f"{n_bytes / length:.3g} {unit}"
    return f"{n_bytes:.0f} bytes"


def some(names: list[str], most: int = 3) -> str:
    """The first few of many names.

    >>> some(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    rest = len(names) - most
    return ", ".join(names) if rest <= 0 else f"{', '.join(names[:most])} and {rest:,} more"
