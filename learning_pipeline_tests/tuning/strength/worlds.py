"""Small worlds of closed trades with patterns, scopes and revisions, written as rows."""

from __future__ import annotations

import random
from typing import Any

from learning_pipeline_tests.tuning.worlds import at, day, some_scope

Row = dict[str, Any]


def traded(trade_id: str, roi: float, trimmed: bool | None, reached: bool | None, on: int = 0, **more: Any) -> Row:
    """A trade closed at noon of day ``on``, told then; ``told`` is another day of telling."""
    told = more.pop("told", on)
    row = {"trade_id": trade_id, "day": day(told), "happened_at": at(told), "closed_at": at(on), "book": "profit"}
    return row | {"pattern_key": "p", "scope": "{}", "roi": roi, "did_trim": trimmed, "reached_s3": reached} | more


def some_trades(rng: random.Random, n: int, n_days: int) -> list[Row]:
    """Trades of two patterns; some corrected later, some with flags that nobody knows, some of another book."""
    rows = []
    for k in range(n):
        name, on = f"t{k:04}", rng.randrange(n_days)
        same = {"pattern_key": rng.choice(["p", "p", "q", None]), "scope": some_scope(rng)}
        same |= {"book": rng.choice(["profit"] * 6 + ["research"])}
        told = {on + rng.choice([0, 0, 0, 1]), on + rng.choice([0, 1, 2, 12])}
        for known in sorted(told) if rng.random() < 0.3 else [on]:
            flags = rng.choice([True, False, False, None]), rng.choice([True, True, False, None])
            rows.append(traded(name, rng.choice([0.0, -0.03, -0.2, 0.05, 0.4]), *flags, on, told=known, **same))
    return rows
