"""Why an order was refused: ``CODE: key=value, key=value`` split into code, parameters and a gate."""

from __future__ import annotations

import operator
import re
from decimal import Decimal
from typing import Any, NamedTuple

from learning_pipeline.adapters.nautilus.row import decimal_of, money_of

OTHER = "OTHER"
"""Code of a refusal in free words: older versions, and venues, give no code."""

_CODE = re.compile(r"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?::\s*(.*))?", re.DOTALL)
_PARAMETER = re.compile(r"(\w+)=(.*?)(?=\s*,\s*\w+=|\s*$)", re.DOTALL)
_LIMIT = re.compile(r"(max|min|free)(?:_(\w+))?")
_HOLDS = {">=": operator.ge, "<=": operator.le}


class Reason(NamedTuple):
    """Code of a refusal and the parameters that stand behind it, as text."""

    code: str
    parameters: dict[str, str]


def reason_of(words: str | None) -> Reason:
    """Split the words of a denial or rejection.

    >>> reason_of("NOTIONAL_BELOW_MINIMUM: min_notional=Money(1.00, USD), notional=Money(0.90, USD)").parameters
    {'min_notional': 'Money(1.00, USD)', 'notional': 'Money(0.90, USD)'}
    >>> reason_of("TRADING_HALTED"), reason_of("quantity 5 invalid (> maximum trade size of 1)")
    (Reason(code='TRADING_HALTED', parameters={}), Reason(code='OTHER', parameters={}))
    """
    match = _CODE.fullmatch((words or "").strip())
    return Reason(match[1], dict(_PARAMETER.findall(match[2] or ""))) if match else Reason(OTHER, {})


def gate_of(reason: Reason) -> dict[str, Any]:
    """The gate that failed, with value and threshold where the parameters give a limit and what was measured by it.

    A limit is a parameter named ``max_...``, ``min_...`` or ``free...``; measured is the one whose name ends alike
    (``max_quantity`` and ``effective_quantity``), or else the only other number. Two currencies are not compared, nor
    numbers that would let the order pass (a balance impact is written with its sign).
    """
    gate: dict[str, Any] = {"name": reason.code, "passed": False}
    numbers = {name: found for name, text in reason.parameters.items() if (found := _number(text))}
    limits = [name for name in numbers if _LIMIT.fullmatch(name)]
    measured = _measured(limits[0], numbers) if len(limits) == 1 else None
    if measured is None:
        return gate
    (value, unit), (threshold, unit_of_limit) = numbers[measured], numbers[limits[0]]
    op = ">=" if limits[0].startswith("min") else "<="
    value = abs(value) if measured == "balance_impact" else value
    if unit != unit_of_limit or _HOLDS[op](float(value), float(threshold)):
        return gate
    return {**gate, "value": float(value), "threshold": float(threshold), "op": op}


def _measured(limit: str, numbers: dict[str, tuple[Decimal, str | None]]) -> str | None:
    others = [name for name in numbers if name != limit]
    alike = [name for name in others if name.rpartition("_")[2] == limit.rpartition("_")[2]]
    found = alike or others
    return found[0] if len(found) == 1 else None


def _number(text: str) -> tuple[Decimal, str | None] | None:
    """A number and its currency, if any."""
    money = money_of(text)
    if money is not None:
        return money
    plain = decimal_of(text)
    return None if plain is None else (plain, None)
