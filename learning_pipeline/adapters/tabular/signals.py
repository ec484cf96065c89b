"""Rows -> signals and the decisions on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from learning_pipeline.adapters.tabular.rows import Kinds, Line, identified
from learning_pipeline.adapters.tabular.trades import SIDES
from learning_pipeline.contracts.imported import Event

REQUIRED = ("symbol", "side", "at", "decision")
_NUMBERS = ("price", "stop_price", "target_price", "ttl_minutes", "qty", "notional_usd")
OPTIONAL = (
    "signal_id", "strategy", "timeframe", "decided_at", "blocker", "reason", "pattern_key", "category", "episode_id",
    *_NUMBERS,
)  # fmt: skip
FEATURE = "feature."
_ABOUT = ("symbol", "side", "at", "strategy", "timeframe")
_SAME = ("symbol", "pattern_key", "category", "episode_id", "stop_price", "target_price", "ttl_minutes", "qty")

NO_STRATEGY = "The strategy is not told: it is called by the source."
NO_PRICE = "No column tells the price of a signal: without one it has no shadow outcome."
NO_BLOCKER = "No column tells who blocked: no guard can be measured."


def kinds_of(features: Sequence[str]) -> Kinds:
    """Types of our names, those of features with them."""
    numbers = {*_NUMBERS, *(f"{FEATURE}{name}" for name in features)}
    return Kinds(frozenset(numbers), frozenset({"at", "decided_at"}))


def signal_events(lines: Sequence[Line], source: str, timeframe: str | None) -> Iterator[Event]:
    """A ``signal`` a row and, where it tells one, its ``decision``; what could not be read is sent as it stands.

    A signal without an id has one made of what it is about, so that a column more makes no other signal of it.
    """
    ids = identified([tuple(line.values.get(name) for name in _ABOUT) for line in lines])
    for line, made_up in zip(lines, ids, strict=True):
        signal_id = f"{source}/{line.values.get('signal_id', made_up)}"
        yield Event("signal", line.instant("at"), _signal(line, signal_id, source, timeframe))
        if "decision" in line.values:
            at = line.instant("decided_at" if "decided_at" in line.values else "at")
            yield Event("decision", at, _decision(line, signal_id))


def gaps_of(names: dict[str, str]) -> list[str]:
    """What the file does not tell."""
    said = {"strategy": NO_STRATEGY, "price": NO_PRICE, "blocker": NO_BLOCKER}
    return [words for name, words in said.items() if name not in names]


def _signal(line: Line, signal_id: str, source: str, timeframe: str | None) -> dict[str, Any]:
    values = line.values
    features = {name.removeprefix(FEATURE): value for name, value in values.items() if name.startswith(FEATURE)}
    return {
        **{name: values.get(name) for name in _SAME},
        "signal_id": signal_id,
        "side": SIDES.get(str(values.get("side")).lower(), values.get("side")),
        "strategy": values.get("strategy", source),
        "timeframe": values.get("timeframe", timeframe),
        "entry_price": values.get("price"),
        "notional_usd": values.get("notional_usd"),
        "features": features or None,
    }


def _decision(line: Line, signal_id: str) -> dict[str, Any]:
    values = line.values
    return {
        "signal_id": signal_id,
        "decision": str(values["decision"]).lower(),
        "blocker_component": values.get("blocker"),
        "blocker_reason": values.get("reason"),
        "market": {"price": values["price"]} if "price" in values else None,
    }
