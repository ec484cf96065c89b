"""Claims, research trades and their slow evidence."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from learning_pipeline.books.research.tables import ResearchTrades
from learning_pipeline.playbooks.claim import Claim, Split
from learning_pipeline.playbooks.looks import Counted

MONDAY = dt.datetime(2024, 3, 4, tzinfo=dt.UTC)
HOUR = 3_600_000_000


def claim(metric: str = "win_rate", threshold: float = 0.5, n: int = 20, split: Split | None = None) -> Claim:
    what: dict[str, Any] = {"metric": metric, "threshold": threshold, "min_sample_size": n, "split": split}
    return Claim(playbook_id="x", strategy="x", hypothesis="It pays.", **what)


def counted(k: int, r: float | None, *, value: float | None = None, held: int = 1, bars: int | None = 3) -> Counted:
    """Trade k of a row of trades, one a day, at noon."""
    close = (k * 24 + 12) * HOUR
    won = r is not None and r > 0
    return Counted(close, f"t{k}", close - held * HOUR, won, r, bars, value)


def trade(k: int, on: int, **changes: Any) -> dict[str, Any]:
    """A research trade of playbook x that closed at +1 R at noon of a day after the Monday."""
    closed = MONDAY + dt.timedelta(days=on, hours=12)
    told: dict[str, Any] = {
        "day": closed.date(),
        "source": "bot",
        "session_id": "s",
        "trade_id": f"t{k}",
        "experiment_id": "e",
        "playbook_id": "x",
        "symbol": "AAA",
        "direction": "long",
        "entry_price": 100.0,
        "exit_price": 101.0,
        "qty": 1.0,
        "entry_ts": closed - dt.timedelta(hours=2),
        "exit_ts": closed,
        "pnl": 1.0,
        "outcome": "hit_1r",
        "r_achieved": 1.0,
        "bars_to_outcome": 2,
        "entry_indicators": "{}",
    }
    return told | changes


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return ResearchTrades.checked(ResearchTrades.frame(rows))
