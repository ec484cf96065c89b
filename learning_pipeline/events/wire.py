"""The wire format of events, read off the table classes (CONTRACTS 1).

``decode(line)`` gives a typed struct or says exactly what is wrong. Types are strict: no text for a number, no bool for
a number, no unknown field, no unknown word.
"""

from __future__ import annotations

import re
import types
import typing
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
import polars as pl
from msgspec import Meta

from learning_pipeline.contracts import Table
from learning_pipeline.events.gates import Gate
from learning_pipeline.events.tables import EVENT_TABLES, Booked

ALIASES = {
    "ordinis.signals.generated": "signal",
    "ordinis.risk.decision": "decision",
    "ordinis.executions.report": "fill",
    "ordinis.portfolio.snapshot": "portfolio_snapshot",
    "ordinis.ai.response": "ai_response",
    "ordinis.analytics.report": "analytics_report",
}
"""Topic names that mean an event type (seed learn-l2-25)."""

MAX_SCOPE_KEYS = 6
_BARE: dict[Any, type] = {
    pl.String: str,
    pl.Float64: float,
    pl.Int64: int,
    pl.Boolean: bool,
    pl.Datetime: str,
    pl.Date: str,
}
_BOUNDS = {"greater_than": "gt", "greater_than_or_equal_to": "ge", "less_than_or_equal_to": "le"}
_BOUND_ARGUMENT = {"gt": "min_value", "ge": "min_value", "le": "max_value"}


_MAX_INT = 2**63 - 1
MAX_DEPTH = 8
"""Objects and lists inside each other in a free value; each level doubles the time to build the decoder."""


def _value_of_depth(depth: int) -> Any:
    """Any JSON value with at most so many objects and lists inside each other."""
    scalar = bool | int | float | str | None
    if depth == 0:
        return scalar
    inner = _value_of_depth(depth - 1)
    return scalar | types.GenericAlias(list, (inner,)) | types.GenericAlias(dict, (str, inner))


_VALUE = _value_of_depth(MAX_DEPTH)


class Field(NamedTuple):
    """A field of the wire format and the column it fills.

    inside : the enclosing object, if any; name, kind : on the wire; required : must be there; dtype : of the column as
    read (a time is still text); as_text : the value is kept as canonical JSON text.
    """

    inside: str | None
    name: str
    kind: Any
    required: bool
    dtype: pl.DataType | type[pl.DataType]
    as_text: bool


@cache
def fields_of(table: type[Table]) -> dict[str, Field]:
    """Wire field of each column that a bot sends."""
    return {
        name: _field(name, column)
        for name, column in table.to_schema().columns.items()
        if name != "day" and not (column.metadata or {}).get("derived") and name not in _PAYLOAD_OF_JUDGE
    }


def _field(name: str, column: Any) -> Field:
    metadata = column.metadata or {}
    optional = column.nullable or name in {"session_id", "book", "scope"}
    kind = _value_type(column, metadata)
    dtype = column.dtype.type
    return Field(
        metadata.get("inside"),
        "at" if name == "happened_at" else name,
        kind | None if optional else kind,
        not optional,
        pl.String if isinstance(dtype, pl.Datetime) else dtype,
        not metadata.keys().isdisjoint({"json", "gates"}),
    )


def _value_type(column: Any, metadata: dict[str, Any]) -> Any:
    if "json" in metadata:
        of_values: Any = _VALUE if metadata["json"] is object else metadata["json"]
        mapping = types.GenericAlias(dict, (str, of_values))
        return Annotated[mapping, Meta(max_length=MAX_SCOPE_KEYS)] if column.name == "scope" else mapping
    if "gates" in metadata:
        return list[Gate]
    dtype = column.dtype.type
    if isinstance(dtype, pl.List):
        return types.GenericAlias(list, (_BARE[dtype.inner.base_type()],))
    return _with_checks(_BARE[dtype.base_type()], column.checks)


def _with_checks(bare: Any, checks: list[Any]) -> Any:
    bounds: dict[str, Any] = {"le": _MAX_INT} if bare is int else {}
    for check in checks:
        facts = check.statistics or {}
        if check.name == "isin":
            return Literal[tuple(facts["allowed_values"])]
        if check.name == "str_matches":
            pattern = getattr(facts["pattern"], "pattern", facts["pattern"])
            bounds["pattern"] = re.sub(r"\$$", r"\\Z", pattern)  # `$` would let a newline through
        if check.name == "str_length":
            bounds["min_length"] = facts["min_value"]
        if check.name in _BOUNDS:
            bound = _BOUNDS[check.name]
            bounds[bound] = facts[_BOUND_ARGUMENT[bound]]
    return Annotated[bare, Meta(**bounds)] if bounds else bare


_PAYLOAD_OF_JUDGE = {"payload"}


def struct_of(word: str, table: type[Table]) -> type[msgspec.Struct]:
    """The struct of one event type, tagged with its word."""
    inside: dict[str, list[tuple[Any, ...]]] = {}
    flat: list[tuple[Any, ...]] = []
    for outer, name, kind, required, *_ in fields_of(table).values():
        field = (name, kind) if required else (name, kind, None)
        (inside.setdefault(outer, []) if outer else flat).append(field)
    if issubclass(table, Booked):
        flat.append(("learning_book", bool | None, None))
    flat.append(("schema_version", Literal[1] | None, None))
    flat.extend(_enclosed(outer, fields) for outer, fields in inside.items())
    open_ended = table is EVENT_TABLES["judge_action"]
    return msgspec.defstruct(
        "Event",
        sorted(flat, key=len),
        tag=word,
        tag_field="type",
        forbid_unknown_fields=not open_ended,
        omit_defaults=True,
        kw_only=True,
        gc=False,
    )


def _enclosed(outer: str, fields: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    inner = msgspec.defstruct(outer, sorted(fields, key=len), forbid_unknown_fields=True, omit_defaults=True, gc=False)
    return (outer, inner | None, None) if outer == "market" else (outer, inner)


STRUCTS: dict[str, type[msgspec.Struct]] = {
    word: struct_of(word, EVENT_TABLES[ALIASES.get(word, word)]) for word in [*EVENT_TABLES, *ALIASES]
}
TYPE_OF = {struct: ALIASES.get(word, word) for word, struct in STRUCTS.items()}
decode = msgspec.json.Decoder(typing.Union[tuple(STRUCTS.values())]).decode  # noqa: UP007  # a tuple cannot be spelled with |
decode_object = msgspec.json.Decoder(types.GenericAlias(dict, (str, _VALUE))).decode
encode_lines = msgspec.json.Encoder().encode_lines
encode_sorted = msgspec.json.Encoder(order="sorted").encode
