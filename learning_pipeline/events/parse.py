"""Delivered lines -> one frame per event type, and a refusal for every line that is not an event."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from itertools import compress
from types import SimpleNamespace
from typing import Any, NamedTuple

import msgspec
import polars as pl
import polars.selectors as cs

from learning_pipeline.contracts import Table
from learning_pipeline.events.gates import gate_faults
from learning_pipeline.events.refusals import Refusal, reason_of, refusal, require_strict_json
from learning_pipeline.events.rows import checked_rows
from learning_pipeline.events.tables import EVENT_TABLES, Booked
from learning_pipeline.events.wire import (
    TYPE_OF,
    Field,
    decode,
    decode_object,
    encode_lines,
    encode_sorted,
    fields_of,
)

CHUNK_LINES = 500


class Parsed(NamedTuple):
    """What one file holds.

    frames : event type -> rows of its table, with ``line_no``; refusals : refused lines; n_lines : lines that are not
    blank; n_incomplete : 1 where the last line has no newline yet, else 0.
    """

    frames: dict[str, pl.DataFrame]
    refusals: list[Refusal]
    n_lines: int
    n_incomplete: int


class _Lines(NamedTuple):
    """Some lines of a file that are not blank, and their numbers in it from 1."""

    numbers: list[int]
    raw: list[bytes]


def parse_lines(content: bytes, chunk_lines: int = CHUNK_LINES) -> Parsed:
    r"""Parse JSON Lines strictly: nothing is coerced, every line is accounted for.

    Parameters
    ----------
    content : bytes
        The file. A last line without a newline is left for later.
    chunk_lines : int
        Lines that are decoded at once; speed only, the result is the same.

    Examples
    --------
    >>> parsed = parse_lines(b'{"event_id": "e1", "type": "heartbeat"}\n{"event_id": "e2", ')
    >>> parsed.refusals[0].reason_code, parsed.n_lines, parsed.n_incomplete
    ('unknown_type', 2, 1)
    """
    whole, _, tail = content.rpartition(b"\n")
    lines = whole.split(b"\n")
    filled = [n for n, line in enumerate(lines, 1) if line.strip()]
    read: dict[str, list[pl.DataFrame]] = {}
    refusals: list[Refusal] = []
    for k in range(0, len(filled), chunk_lines):
        numbers = filled[k : k + chunk_lines]
        chunk, events = _decoded(_Lines(numbers, [lines[n - 1] for n in numbers]), refusals)
        for word, frame in _frames(chunk, events):
            read.setdefault(word, []).append(frame)
    frames = {}
    for word, parts in read.items():
        frames[word], refused = checked_rows(word, pl.concat(parts).with_columns(cs.float() + 0.0))  # -0.0 is 0.0
        refusals += [refusal(n, code, detail, lines[n - 1]) for n, code, detail in refused.iter_rows()]
    n_incomplete = int(bool(tail.strip()))
    return Parsed(frames, sorted(refusals), len(filled) + n_incomplete, n_incomplete)


def _decoded(chunk: _Lines, refusals: list[Refusal]) -> tuple[_Lines, list[Any]]:
    """Lines that are events, with the events: decoded at once, or line by line where a key may stand twice."""
    kept, events = _without_misfits(chunk, refusals)
    try:
        certain = _certain(kept.raw, events)
    except _NO_EVENT:
        certain = False
    return (kept, events) if certain else _decoded_singly(kept, refusals)


def _without_misfits(chunk: _Lines, refusals: list[Refusal]) -> tuple[_Lines, list[Any]]:
    """Decode in one go; a line that stops it is refused, and it goes on after that line."""
    events: list[Any] = []
    misfits: list[int] = []
    for attempt in range(len(chunk.raw) + 1):
        try:
            for event in map(decode, chunk.raw[len(events) + attempt :]):
                events.append(event)  # noqa: PERF402  # what was decoded before a misfit is kept
            break
        except _NO_EVENT as e:
            at = len(events) + attempt
            misfits.append(at)
            refusals.append(refusal(chunk.numbers[at], *reason_of(chunk.raw[at], e), chunk.raw[at]))
    if not misfits:
        return chunk, events
    fits = [k not in misfits for k in range(len(chunk.raw))]
    return _Lines(list(compress(chunk.numbers, fits)), list(compress(chunk.raw, fits))), events


def _certain(lines: list[bytes], events: list[Any]) -> bool:
    """Whether it is certain that no key stands twice in an object of these lines.

    Nulls and fields that a struct does not name are in the objects, but not in the events.
    """
    raw = b"\n".join(lines)
    return _keys_are_unique(raw, events) or _keys_are_unique(raw, list(map(decode_object, lines)))


def _keys_are_unique(raw: bytes, values: list[Any]) -> bool:
    """True where writing the values again takes as many quotation marks as were read.

    The decoder keeps the last of two equal keys without a word, so that the value written again lacks the quotation
    marks of a key. It never has more than were read, unless one was read as an escape: then nothing is certain.
    """
    escaped = b"\\" in raw and b"\\u" in raw
    return not escaped and raw.count(b'"') == encode_lines(values).count(b'"')


def _decoded_singly(chunk: _Lines, refusals: list[Refusal]) -> tuple[_Lines, list[Any]]:
    kept, found = _Lines([], []), []
    for n, line in zip(*chunk, strict=True):
        try:
            event = decode(line)
            if not _certain([line], [event]):
                require_strict_json(line)
        except _NO_EVENT as e:
            refusals.append(refusal(n, *reason_of(line, e), line))
        else:
            kept.numbers.append(n)
            kept.raw.append(line)
            found.append(event)
    return kept, found


_NO_EVENT = (msgspec.DecodeError, ValueError, RecursionError)


def _frames(lines: _Lines, events: list[Any]) -> Iterator[tuple[str, pl.DataFrame]]:
    """Event type and its columns, as decoded, with ``line_no``."""
    words = [TYPE_OF[type(event)] for event in events]
    for word in dict.fromkeys(words):
        here = [w == word for w in words]
        same = list(compress(events, here))
        frame = _frame(EVENT_TABLES[word], same)
        if word == "judge_action":
            rest = [_rest(line, same[0]) for line in compress(lines.raw, here)]
            frame = frame.with_columns(payload=pl.Series(rest))
        yield word, frame.with_columns(line_no=pl.Series(list(compress(lines.numbers, here)), dtype=pl.Int64))


def _frame(table: type[Table], events: list[Any]) -> pl.DataFrame:
    """Columns of a table from decoded events, with times still as text."""
    fields = fields_of(table)
    objects = {outer: _objects(outer, fields, events) for outer in {field.inside for field in fields.values()}}
    series = [pl.Series(name, _values(field, objects[field.inside]), field.dtype) for name, field in fields.items()]
    if issubclass(table, Booked):
        series.append(pl.Series("learning_book", [event.learning_book for event in events], pl.Boolean))
    if "gates" in fields:
        series += gate_faults([event.gates for event in events])
    return pl.DataFrame(series)


def _objects(outer: str | None, fields: dict[str, Field], events: list[Any]) -> list[Any]:
    """The events, or what they hold under ``outer``; where that is absent, an object of nulls."""
    if outer is None:
        return events
    absent = SimpleNamespace(**{field.name: None for field in fields.values()})
    return [absent if found is None else found for found in map(operator.attrgetter(outer), events)]


def _values(field: Field, objects: list[Any]) -> list[Any]:
    values = list(map(operator.attrgetter(field.name), objects))
    if field.as_text:
        return [None if value is None else encode_sorted(value).decode() for value in values]
    return values


def _rest(line: bytes, event: Any) -> str:
    """All fields of a line that its struct does not name, as canonical JSON text."""
    named = {*event.__struct_fields__, "type"}
    return encode_sorted({k: v for k, v in decode_object(line).items() if k not in named}).decode()
