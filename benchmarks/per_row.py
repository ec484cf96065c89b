"""Ingestion as it is mostly written: one strict model per line in a try, what fails put aside, then columns.

It refuses what our parser refuses of these lines, and makes the same frame; no key that stands twice is looked for.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
import polars as pl
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from learning_pipeline.events.tables import DecisionReports

HOLDS = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}
Word = Literal["approved", "blocked", "expired", "cancelled"]
Op = Literal["<=", ">=", "<", ">"]
Name = Annotated[str, msgspec.Meta(min_length=1)]
NOT_NEGATIVE, POSITIVE = msgspec.Meta(ge=0), msgspec.Meta(gt=0)
encode = msgspec.json.Encoder(order="sorted").encode


class Gate(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One gate."""

    name: Name
    passed: bool
    value: float | None = None
    threshold: float | None = None
    op: Op | None = None


class Market(msgspec.Struct, forbid_unknown_fields=True):
    """The market at the decision."""

    price: Annotated[float, POSITIVE] | None = None
    spread_bps: Annotated[float, NOT_NEGATIVE] | None = None


class Decision(msgspec.Struct, tag_field="type", tag="decision", forbid_unknown_fields=True):
    """One line."""

    event_id: Name
    at: Annotated[dt.datetime, msgspec.Meta(tz=True)]
    source: Name
    signal_id: Name
    decision: Word
    session_id: str | None = None
    blocker_component: str | None = None
    market: Market | None = None
    gates: list[Gate] | None = None


class GateModel(BaseModel):
    """One gate, by pydantic."""

    model_config = ConfigDict(extra="forbid")
    name: StrictStr = Field(min_length=1)
    passed: StrictBool
    value: StrictFloat | StrictInt | None = None
    threshold: StrictFloat | StrictInt | None = None
    op: Op | None = None


class MarketModel(BaseModel):
    """The market at the decision, by pydantic."""

    model_config = ConfigDict(extra="forbid")
    price: StrictFloat | StrictInt | None = Field(default=None, gt=0)
    spread_bps: StrictFloat | StrictInt | None = Field(default=None, ge=0)


class DecisionModel(BaseModel):
    """One line, by pydantic."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["decision"]
    event_id: StrictStr = Field(min_length=1)
    at: AwareDatetime
    source: StrictStr = Field(min_length=1)
    signal_id: StrictStr = Field(min_length=1)
    decision: Word
    session_id: StrictStr | None = None
    blocker_component: StrictStr | None = None
    market: MarketModel | None = None
    gates: list[GateModel] | None = None


Read = tuple[pl.DataFrame, list[int]]


def by_msgspec(content: bytes) -> Read:
    """Rows, and numbers of refused lines."""
    return _by(msgspec.json.Decoder(Decision).decode, encode, content)


def by_pydantic(content: bytes) -> Read:
    """Rows, and numbers of refused lines."""
    return _by(DecisionModel.model_validate_json, _gates_as_json, content)


def _by(decode: Callable[[bytes], Any], as_json: Callable[[Any], bytes], content: bytes) -> Read:
    kept, refused = [], []
    for n, line in enumerate(content.split(b"\n")[:-1], 1):
        try:
            event = decode(line)
            _require_sound_gates(event.gates or [])
        except ValueError:
            refused.append(n)
        else:
            kept.append((n, event))
    return _frame(kept, as_json), refused


def _require_sound_gates(gates: list[Any]) -> None:
    if len({gate.name for gate in gates}) < len(gates):
        raise ValueError("one gate stands twice")
    for gate in gates:
        known = gate.op is not None and gate.value is not None and gate.threshold is not None
        if known and HOLDS[gate.op](gate.value, gate.threshold) != gate.passed:
            raise ValueError("a gate contradicts itself")


def _gates_as_json(gates: list[GateModel]) -> bytes:
    return encode([gate.model_dump(exclude_none=True) for gate in gates])


def _frame(kept: list[tuple[int, Any]], as_json: Callable[[Any], bytes]) -> pl.DataFrame:
    events = [event for _, event in kept]
    plain = ("event_id", "source", "signal_id", "decision", "blocker_component")
    columns: dict[str, list[Any]] = {name: [getattr(event, name) for event in events] for name in plain}
    columns["happened_at"] = [event.at for event in events]
    columns["day"] = [event.at.date() for event in events]
    columns["session_id"] = [event.session_id or event.source for event in events]
    for name in ("price", "spread_bps"):
        columns[name] = [event.market and getattr(event.market, name) for event in events]
    columns["gates"] = [None if event.gates is None else as_json(event.gates).decode() for event in events]
    return DecisionReports.frame(columns).with_columns(line_no=pl.Series([n for n, _ in kept], dtype=pl.Int64))
