"""Every event type with its fields, as the wire format checks them."""

import re
import typing
from typing import Any

import msgspec

from from_contracts.markdown import code, plain, section, table
from learning_pipeline.contracts import Table
from learning_pipeline.events.gates import Gate
from learning_pipeline.events.tables import EVENT_TABLES
from learning_pipeline.events.wire import ALIASES, Field, fields_of

ENVELOPE = ("event_id", "happened_at", "source", "session_id")
BARE = {str: "text", float: "number", int: "whole number", bool: "true or false", type(None): "null"}
BOUNDS = {"gt": ">", "ge": "≥", "le": "≤"}
_LARGEST = 2**63 - 1


def sections() -> str:
    """The envelope, then a section for each type."""
    some = EVENT_TABLES["signal"]
    envelope = section("event.envelope", "Envelope", "What every event carries.", _fields(some, _enveloping(some)))
    return envelope + "".join(_section(word, each) for word, each in EVENT_TABLES.items())


def _enveloping(each: type[Table]) -> dict[str, Field]:
    return {name: field for name, field in fields_of(each).items() if name in ENVELOPE}


def _section(word: str, each: type[Table]) -> str:
    own = {name: field for name, field in fields_of(each).items() if name not in ENVELOPE}
    also = [code(alias) for alias, known in ALIASES.items() if known == word]
    called = f" Also sent as {', '.join(also)}." if also else ""
    rest = "Its further fields are kept as they are." if word == "judge_action" else ""
    gates = "Each of `gates`:\n\n" + _gates() if "gates" in own else ""
    return section(f"event.{word}", word, f"Lands in `{each.address()}`.{called}", _fields(each, own), rest, gates)


def _fields(each: type[Table], fields: dict[str, Field]) -> str:
    said = {name: words for name, (_, _, words) in each.columns_described().items()}
    rows = [[_path(f), kind(f.kind), "yes" if f.required else "", plain(said[name])] for name, f in fields.items()]
    return _shown(rows)


def _path(field: Field) -> str:
    return f"{code(field.inside)} {code(field.name)}" if field.inside else code(field.name)


def _gates() -> str:
    return _shown([[code(f.name), kind(f.type), "yes" if f.required else "", ""] for f in msgspec.structs.fields(Gate)])


def _shown(rows: list[list[str]]) -> str:
    return ":::{container} columns\n" + table(["field", "type", "needed", "what"], rows) + ":::"


def kind(of: Any) -> str:
    """A type of the wire in plain words, with its bounds."""
    origin, inner = typing.get_origin(of), typing.get_args(of)
    if origin is typing.Annotated:
        return kind(inner[0]) + _bounds(inner[1])
    if origin is typing.Literal:
        return ", ".join(code(word) for word in inner)
    if origin is dict:
        return "object" if len(typing.get_args(inner[1])) > 1 else f"object of {kind(inner[1])}"
    if origin is list:
        return f"list of {kind(inner[0])}"
    if inner:
        return " or ".join(kind(one) for one in inner if one is not type(None))
    return BARE.get(of, getattr(of, "__name__", str(of)).lower())


def _bounds(meta: msgspec.Meta) -> str:
    found = [f"{sign} {getattr(meta, name):g}" for name, sign in BOUNDS.items() if _told(getattr(meta, name))]
    if meta.min_length:
        found.append("not empty")
    if meta.max_length:
        found.append(f"at most {meta.max_length} keys")
    if meta.pattern:
        found.append("like " + code(re.sub(r"\\Z$", "$", meta.pattern)))
    return f", {', '.join(found)}" if found else ""


def _told(bound: float | None) -> bool:
    return bound is not None and bound != _LARGEST
