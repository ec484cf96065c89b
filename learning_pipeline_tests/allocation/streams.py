"""Random streams of trades: any order, late, corrected, delivered twice, several in one second."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from hypothesis import strategies as st

from learning_pipeline_tests.allocation.rows import START, closed
from learning_pipeline_tests.dice import Dice, dice

TIMEFRAMES = ["15m", "1h", "4h", "1m"]
Rows = list[dict[str, Any]]


def versions(most: int = 25) -> st.SearchStrategy[Rows]:
    """Rows of ``events.trades``: some told long after their close, corrected, or by a fast clock."""
    return dice(most).map(lambda trades: _versions(trades, most))


def _versions(trades: Dice, most: int) -> Rows:
    rows, told = [], set[tuple[str, dt.datetime]]()
    for k, rng in enumerate(trades):
        trade_id, at = f"t{rng.randint(0, max(most // 2, k))}", _closed_at(rng)
        known = at + dt.timedelta(seconds=rng.choice([0, 0, 0, 0, 7, 90_000, 200_000, -30]))
        if (trade_id, known) not in told:
            told.add((trade_id, known))
            book = rng.choice(["profit"] * 9 + ["research"])
            rows.append(closed(trade_id, rng.choice(TIMEFRAMES), _roi(rng), at, known, book=book))
    return rows


def streams(most: int = 40, *, losses: bool = False) -> st.SearchStrategy[Rows]:
    """Trades that are told when they close, each once; all of them losses where that is asked for."""
    return dice(most).map(lambda trades: [_trade(f"t{k}", rng, losses) for k, rng in enumerate(trades)])


def _trade(name: str, rng: random.Random, losses: bool) -> dict[str, Any]:
    roi = rng.randint(-400, -1) / 1000 if losses else _roi(rng)
    return closed(name, rng.choice(TIMEFRAMES), roi, _closed_at(rng))


def _closed_at(rng: random.Random) -> dt.datetime:
    """Within the first seconds, where closes meet, or within six days."""
    return START + dt.timedelta(seconds=rng.choice([rng.randint(0, 5), rng.randint(0, 6 * 86_400)]))


def _roi(rng: random.Random) -> float:
    return rng.choice([0.0, rng.randint(-400, 400) / 1000])
