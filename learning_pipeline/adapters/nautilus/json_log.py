"""NautilusTrader's own log, written as JSON: the events that a strategy received, as they print themselves."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any

_EVENT = re.compile(r"<--\[EVT\] (\w+)\((.*)\)", re.DOTALL)
_FIELD = re.compile(r"(\w+)=('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\{.*?\}|\[.*?\]|[^,]*)(?:, (?=\w+=)|$)", re.DOTALL)
_TAG = re.compile(r"O-\d{8}-\d{6}-\w+-(\w+)-\d+")
_NAMES = {"side": "order_side", "type": "order_type"}
"""What an order's first event calls otherwise in print."""


def is_log_line(record: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a line of the log."""
    return {"timestamp", "trader_id", "component", "message"} <= record.keys()


def event_in(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """The event in a line of the log, in the fields of ``to_dict``; None where there is none.

    The log has no strategy id: it is the component's name and the tag that nautilus puts into its order ids. What has
    no time of its own is as old as its line.
    """
    match = _EVENT.fullmatch(str(record["message"]))
    if match is None:
        return None
    kind, fields = match[1], {name: _plain(text) for name, text in _FIELD.findall(match[2])}
    if kind == "OrderInitialized":
        fields = {_NAMES.get(name, name): value for name, value in fields.items()}
    if kind == "OrderFilled":
        fields["last_px"], _, fields["currency"] = str(fields.get("last_px")).partition(" ")
    times = {"ts_event": record["timestamp"], "ts_init": record["timestamp"]}
    who = {"trader_id": record["trader_id"], "strategy_id": _strategy(record["component"], fields)}
    return {**times, **fields, **who, "type": kind}


def _plain(text: str) -> Any:
    """A printed dictionary, list or quoted text as what it is; anything else as text."""
    if text[:1] not in {"{", "[", "'", '"'}:
        return text
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text


def _strategy(component: Any, fields: Mapping[str, Any]) -> str:
    order_id = fields.get("client_order_id", fields.get("opening_order_id"))
    tag = _TAG.fullmatch(str(order_id))
    return f"{component}-{tag[1]}" if tag else str(component)
