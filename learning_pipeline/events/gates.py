"""Gates as decision events list them."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
import polars as pl
from msgspec import Meta

from learning_pipeline.events.tables import OPERATORS

_HOLDS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}
_REPORTED_GATES = pl.List(
    pl.Struct(
        {
            "name": pl.String,
            "passed": pl.Boolean,
            "value": pl.Float64,
            "threshold": pl.Float64,
            "base_threshold": pl.Float64,
            "op": pl.String,
            "evaluated": pl.Boolean,
            "override_id": pl.String,
        }
    )
)


class Gate(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """One gate of a decision event."""

    name: Annotated[str, Meta(min_length=1)]
    passed: bool
    value: float | None = None
    threshold: float | None = None
    base_threshold: float | None = None
    op: Literal[tuple(OPERATORS)] | None = None  # type: ignore[valid-type]  # words come from the table class
    evaluated: bool | None = None
    override_id: str | None = None


def decode_gates(gates: pl.Expr) -> pl.Expr:
    """Gates of a decision report: JSON text -> list of structs."""
    return gates.str.json_decode(_REPORTED_GATES)


def gate_faults(listed: Sequence[list[Gate] | None]) -> list[pl.Series]:
    """Columns ``duplicate_gate`` and ``gate_contradiction`` of the events that list these gates; False where none do.

    Asked of the decoded structs: Polars would have to read the text of every row again, which takes ten times as long.
    """
    return [
        pl.Series("duplicate_gate", [gates is not None and _names_one_twice(gates) for gates in listed], pl.Boolean),
        pl.Series("gate_contradiction", [gates is not None and any(map(contradicts, gates)) for gates in listed]),
    ]


def contradicts(gate: Gate) -> bool:
    """Whether a gate's verdict is not what its value, threshold and operator say; no where they do not say."""
    value, threshold, op = gate.value, gate.threshold, gate.op
    if value is None or threshold is None or op is None or gate.evaluated is False:
        return False
    return _HOLDS[op](value, threshold) is not gate.passed


def _names_one_twice(gates: list[Gate]) -> bool:
    return len({gate.name for gate in gates}) < len(gates)
