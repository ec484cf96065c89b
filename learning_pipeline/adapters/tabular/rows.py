"""Rows of a foreign table in our names and types, with what could not be read."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from learning_pipeline.adapters.tabular.cell import Naive, is_absent, number_of, time_of
from learning_pipeline.adapters.tabular.table import Table
from learning_pipeline.errors import BadInput

UNREADABLE_AT = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""Time of an event whose own cannot be read: it is delivered all the same, and refused by name."""


class Kinds(NamedTuple):
    """Which of our names are numbers and which are times; every other is a word."""

    numbers: frozenset[str]
    times: frozenset[str]


class Line(NamedTuple):
    """A row: our name -> value; what cannot be read is the text as it stands. Absent cells are not in it.

    faults : what could not be read, in words.
    """

    values: dict[str, Any]
    faults: tuple[str, ...]

    def instant(self, name: str) -> dt.datetime:
        """A time for the envelope."""
        found = self.values.get(name)
        return found if isinstance(found, dt.datetime) else UNREADABLE_AT

    def number(self, name: str) -> float | None:
        """A number that could be read."""
        found = self.values.get(name)
        return found if isinstance(found, float) else None


def lines_of(table: Table, names: dict[str, str], kinds: Kinds, zone: ZoneInfo | None) -> list[Line]:
    """Rows of a table.

    Raises
    ------
    BadInput
        A time without a zone where none was given, or a column of numbers or times in which no value is one.
    """
    columns = {our: _column(table, our, their, kinds, zone) for our, their in names.items()}
    for our, values in columns.items():
        _require_some(table, our, names[our], values, kinds)
    return [_line(n, {our: values[n] for our, values in columns.items()}) for n in range(table.frame.height)]


def identified(what: Collection[tuple[Any, ...]]) -> Iterator[str]:
    """An id for each, made of its content; the second of two that are the same has ``-2`` behind it."""
    seen: Counter[str] = Counter()
    for content in what:
        text = json.dumps(content, default=str, ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()[:24]
        seen[digest] += 1
        yield digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"


class _Unread(NamedTuple):
    """A value that is not what its column holds."""

    text: str
    fault: str


def _column(table: Table, our: str, their: str, kinds: Kinds, zone: ZoneInfo | None) -> list[Any]:
    return [None if is_absent(v) else _value(table, our, v, kinds, zone) for v in table.frame[their].to_list()]


def _value(table: Table, our: str, value: Any, kinds: Kinds, zone: ZoneInfo | None) -> Any:
    if our in kinds.times:
        found = time_of(value, zone)
        if isinstance(found, Naive):
            raise BadInput(
                f"{table.path}: {our} has times without a zone, such as {found.words[:40]!r}; "
                f"say which it is, such as --timezone UTC"
            )
        return found or _Unread(str(value), f"`{our}`: expected a time, found {str(value)[:40]!r}")
    if our in kinds.numbers:
        number = number_of(value, table.decimal_comma)
        return (
            _Unread(str(value), f"`{our}`: expected a number, found {str(value)[:40]!r}") if number is None else number
        )
    return str(value).strip()


def _require_some(table: Table, our: str, their: str, values: list[Any], kinds: Kinds) -> None:
    """A column in which nothing can be read is the wrong one, or in a form that is not understood."""
    told = [value for value in values if value is not None]
    if told and all(isinstance(value, _Unread) for value in told):
        kind = "a number" if our in kinds.numbers else "a time (RFC 3339, or a count of s, ms, us or ns since 1970)"
        raise BadInput(
            f"{table.path}: no value of {their!r} is {kind}, which {our} must be: found {told[0].text[:40]!r}"
        )


def _line(n: int, values: dict[str, Any]) -> Line:
    plain = {our: v.text if isinstance(v, _Unread) else v for our, v in values.items() if v is not None}
    return Line(plain, tuple(f"row {n + 1}: {v.fault}" for v in values.values() if isinstance(v, _Unread)))
