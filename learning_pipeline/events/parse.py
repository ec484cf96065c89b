"""Delivered lines -> one frame per event type, and a refusal for every line that is not an event."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from itertools import chain
from typing import Any, NamedTuple

import msgspec
import polars as pl

from learning_pipeline.contracts import Table
from learning_pipeline.events.refusals import NotStrict, Refusal, reason_of, refusal, require_strict_json
from learning_pipeline.events.rows import checked_rows
from learning_pipeline.events.tables import EVENT_TABLES, Booked
from learning_pipeline.events.wire import TYPE_OF, decode, encode, encode_sorted, fields_of

CHUNK_LINES = 2000


class Parsed(NamedTuple):
    """What one file holds.

    frames : event type -> rows of its table, with ``line_no``; refusals : refused lines; n_lines : lines that are not
    blank; n_incomplete : 1 where the last line has no newline yet, else 0.
    """

    frames: dict[str, pl.DataFrame]
    refusals: list[Refusal]
    n_lines: int
    n_incomplete: int


def parse_lines(content: bytes) -> Parsed:
    """Parse JSON Lines strictly: nothing is coerced, every line is accounted for.

    Parameters
    ----------
    content : bytes
        The file. A last line without a newline is left for later.
    """
    whole, _, tail = content.rpartition(b"\n")
    numbered = [(n, line) for n, line in enumerate(whole.split(b"\n"), 1) if line.strip()]
    refusals: list[Refusal] = []
    by_type: dict[str, list[tuple[int, Any]]] = {}
    for n, event in chain.from_iterable(_decoded(chunk, refusals) for chunk in _chunks(numbered)):
        by_type.setdefault(TYPE_OF[type(event)], []).append((n, event))
    raw_of = dict(numbered)
    frames = {}
    for word, events in by_type.items():
        decoded = _frame(EVENT_TABLES[word], events)
        if word == "judge_action":
            decoded = decoded.with_columns(payload=pl.Series([_rest(raw_of[n], events[0][1]) for n, _ in events]))
        rows, refused = checked_rows(word, decoded)
        frames[word] = rows
        refusals.extend(refusal(n, code, detail, raw_of[n]) for n, code, detail in refused.iter_rows())
    n_incomplete = int(bool(tail.strip()))
    return Parsed(frames, sorted(refusals), len(numbered) + n_incomplete, n_incomplete)


def _chunks(numbered: list[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    for k in range(0, len(numbered), CHUNK_LINES):
        yield numbered[k : k + CHUNK_LINES]


def _decoded(chunk: list[tuple[int, bytes]], refusals: list[Refusal]) -> list[tuple[int, Any]]:
    """Decode a chunk at once; line by line where anything in it is off."""
    try:
        events = [decode(line) for _, line in chunk]
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _decoded_singly(chunk, refusals)
    if not _keys_are_unique(chunk, events):
        return _decoded_singly(chunk, refusals)
    return [(n, event) for (n, _), event in zip(chunk, events, strict=True)]


def _keys_are_unique(chunk: list[tuple[int, bytes]], events: list[Any]) -> bool:
    """True where it is certain that no key stands twice: writing the events again gives as many keys as were read.

    The decoder keeps the last of two equal keys without a word, so a duplicate makes the rewritten line shorter by a
    key. Lines with spaces before colons or with escapes, whose keys this cannot count, are left to the slow way.
    """
    raw = b"\n".join(line for _, line in chunk)
    if any(mark in raw for mark in (b" :", b"\t:", b"\r:", b"\\u")):
        return False
    return raw.count(b'":') == sum(encode(event).count(b'":') for event in events)


def _decoded_singly(chunk: list[tuple[int, bytes]], refusals: list[Refusal]) -> list[tuple[int, Any]]:
    kept = []
    for n, line in chunk:
        try:
            event = decode(line)
            require_strict_json(line)
        except NotStrict as e:
            refusals.append(refusal(n, e.code, str(e), line))
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError, RecursionError) as e:
            refusals.append(refusal(n, *reason_of(line, e), line))
        else:
            kept.append((n, event))
    return kept


def _frame(table: type[Table], events: list[tuple[int, Any]]) -> pl.DataFrame:
    """Columns of a table from decoded events, with times still as text."""
    numbers, structs = zip(*events, strict=True)
    types = {name: pl.String if isinstance(dtype, pl.Datetime) else dtype for name, dtype in table.dtypes().items()}
    series = [pl.Series("line_no", numbers, dtype=pl.Int64)]
    for name, (outer, wire_name, *_) in fields_of(table).items():
        series.append(pl.Series(name, _values(name, outer, wire_name, structs), dtype=types[name]))
    if issubclass(table, Booked):
        series.append(pl.Series("learning_book", [struct.learning_book for struct in structs], dtype=pl.Boolean))
    return pl.DataFrame(series)


def _values(name: str, outer: str | None, wire_name: str, structs: tuple[Any, ...]) -> list[Any]:
    if outer:
        insides = [getattr(struct, outer) for struct in structs]
        return [None if inside is None else getattr(inside, wire_name) for inside in insides]
    values = list(map(operator.attrgetter(wire_name), structs))
    first = next((value for value in values if value is not None), None)
    if isinstance(first, dict) or name == "gates":
        return [None if value is None else encode_sorted(value).decode() for value in values]
    return values


def _rest(line: bytes, struct: Any) -> str:
    """All fields of a line that its struct does not name, as canonical JSON text."""
    named = {*struct.__struct_fields__, "type"}
    return encode_sorted({k: v for k, v in msgspec.json.decode(line).items() if k not in named}).decode()
