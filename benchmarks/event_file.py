"""A file of decision events, some of them refused, as lines."""

from __future__ import annotations

import datetime as dt
import json
import random
from typing import Any

GUARDS = ("volatility_guard", "spread_guard", "ts")
BEGIN = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def decision_lines(n: int, n_bad: int) -> bytes:
    """So many lines, of which ``n_bad``, spread at random, are refused for one of six reasons."""
    rng = random.Random(1)
    events = [_event(rng, k) for k in range(n)]
    lines = [json.dumps(event) for event in events]
    for k in rng.sample(range(n), n_bad):
        lines[k] = _spoilt(rng.randrange(6), events[k])
    return "".join(f"{line}\n" for line in lines).encode()


def _event(rng: random.Random, k: int) -> dict[str, Any]:
    values = {guard: round(rng.random(), 3) for guard in GUARDS}
    gates = [
        {"name": guard, "value": value, "op": "<=", "threshold": 0.7, "passed": value <= 0.7}
        for guard, value in values.items()
    ]
    failed = [gate["name"] for gate in gates if not gate["passed"]]
    answer = {"decision": "blocked", "blocker_component": failed[0]} if failed else {"decision": "approved"}
    market = {"price": 100 + rng.random(), "spread_bps": 2.0}
    envelope = {"event_id": f"e{k}", "at": (BEGIN + dt.timedelta(seconds=k)).isoformat(), "source": "bot"}
    return {**envelope, "type": "decision", "signal_id": f"s{k}", **answer, "market": market, "gates": gates}


def _spoilt(how: int, event: dict[str, Any]) -> str:
    flipped = {**event["gates"][0], "passed": not event["gates"][0]["passed"]}
    changes: list[dict[str, Any]] = [
        {"signal_id": 7},
        {"colour": "red"},
        {"at": "2024-01-01T00:00:00"},
        {"gates": [flipped, *event["gates"][1:]]},
        {"decision": "perhaps"},
    ]
    text = json.dumps({**event, **changes[how]} if how < len(changes) else event)
    return text if how < len(changes) else text[:-7]
