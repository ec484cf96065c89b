"""The table once more, slowly: one as_of, one window, one scenario, plain loops, the slow book, SciPy's own t test."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any

from learning_pipeline.analysis.what_if.capital import Room
from learning_pipeline.policy import Policy
from learning_pipeline_tests.analysis.plain import interval
from learning_pipeline_tests.analysis.rows import Row
from learning_pipeline_tests.analysis.what_if.slow import Order, take
from learning_pipeline_tests.analysis.what_if.worlds import SIZE, World
from learning_pipeline_tests.policy.worlds import plain_answer

MICRO = 1_000_000


def what_if_row(some: World, as_of: dt.date, window: int, policy: Policy, mode: str, room: Room, longest: int) -> Row:
    """Columns of `WhatIf` but status, reason, trials and q."""
    rows = _known(some, as_of, longest, policy)
    for is_now, key in ((False, "before"), (True, "after")):
        _take(rows, is_now, key, mode, room)
    shown = [r for r in rows if (as_of - r["decided_at"].date()).days < window]
    part = {name: [r for r in shown if _swap(r, mode) == name] for name in ("kept", "in", "out", "still", "unknown")}
    moved = part["in"] + part["out"]
    low, high = (_signed(part, pick if mode == "unconstrained" else None) for pick in (min, max))
    return {
        "n_kept": len(part["kept"]),
        "n_swapped_in": len(part["in"]),
        "n_swapped_out": len(part["out"]),
        "n_still_blocked": len(part["still"]),
        "n_unknown": len(part["unknown"]),
        "n_no_room": sum(r["wanted"][True] and not r["after"] for r in shown),
        "n_pending": sum(r["pnl"] == "open" for r in moved),
        "n_unlabelled": sum(r["pnl"] is None for r in moved),
        "baseline_net_pnl_usd": math.fsum(r["pnl"] for r in shown if r["before"] and isinstance(r["pnl"], float)),
        "delta_usd": math.fsum(r["pnl"] for r in _signed(part, None)),
        "delta_low_usd": math.fsum(r["pnl"] for r in low) if mode == "unconstrained" else None,
        "delta_high_usd": math.fsum(r["pnl"] for r in high) if mode == "unconstrained" else None,
        "ci_low_usd": interval(low, window, 1)[0],
        "ci_high_usd": interval(high, window, 1)[1],
    }


def _known(some: World, as_of: dt.date, n_days: int, policy: Policy) -> list[Row]:
    """Decisions in time order with their answers; ``pnl`` is a number, None (unlabelled) or 'open'."""
    parts = {s["signal_id"]: s["score_components"] for s in some.signals}
    rows = []
    for decision in sorted(some.decisions, key=lambda d: (d["decided_at"], d["signal_id"])):
        ago = (as_of - decision["decided_at"].date()).days
        if decision["decision"] in {"approved", "blocked"} and 0 <= ago < n_days:
            name = decision["signal_id"]
            gates = {g["gate"]: g for g in some.gates if g["signal_id"] == name}
            found = [o for o in some.outcomes if o["signal_id"] == name and o["day"] <= as_of]
            answer = plain_answer(decision, gates, policy, json.loads(parts[name] or "null"))
            was = decision["decision"] == "approved"
            told = {
                "answer": answer,
                "wanted": {False: was, True: was if answer == "unknown" else answer == "approved"},
            }
            pnl = found[0]["net_pnl_usd"] if found else "open"
            rows.append(decision | told | {"pnl": pnl, "ends": found[0]["known_at"] if found else None})
    return rows


def _take(rows: list[Row], is_now: bool, key: str, mode: str, room: Room) -> None:
    want = [r for r in rows if r["wanted"][is_now]]
    for r in rows:
        r[key] = r["wanted"][is_now] and (mode == "unconstrained" or r["pnl"] is None)
    if mode == "capital_aware":
        asking = [r for r in want if r["pnl"] is not None]
        for r, is_taken in zip(asking, take([_order(r) for r in asking], room), strict=True):
            r[key] = is_taken


def _order(r: Row) -> Order:
    notional = SIZE if r.get("notional_usd") is None else r["notional_usd"]
    ends = None if r["ends"] is None else round(r["ends"].timestamp())
    pnl = r["pnl"] if isinstance(r["pnl"], float) else 0.0
    return Order(
        round(r["decided_at"].timestamp()), ends, ord(r["symbol"][0]), round(notional * MICRO), round(pnl * MICRO)
    )


def _swap(r: Row, mode: str) -> str:
    if r["answer"] == "unknown" and r["before"] == r["after"]:
        return "unknown"
    return {(1, 1): "kept", (0, 1): "in", (1, 0): "out", (0, 0): "still"}[int(r["before"]), int(r["after"])]


def _signed(part: dict[str, list[Row]], pick: Any) -> list[Row]:
    """Settled rows of the delta, with the sign they count with; of the unknown ones, 0 or their all."""
    rows = [(r, 1) for r in part["in"]] + [(r, -1) for r in part["out"]]
    rows = [r | {"pnl": sign * r["pnl"]} for r, sign in rows if isinstance(r["pnl"], float)]
    if pick is not None:
        unknown = [r for r in part["unknown"] if isinstance(r["pnl"], float)]
        rows += [r | {"pnl": pick(0.0, -r["pnl"] if r["before"] else r["pnl"])} for r in unknown]
    return rows
