"""Random small markets and decisions, on a coarse price grid so that touches, gaps and ties are frequent."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl
from hypothesis import strategies as st

from learning_pipeline.contracts import end_of, timeframe_length
from learning_pipeline_tests.shadow.builders import DEFAULTS, bars, decisions

START = dt.datetime(2024, 1, 3, tzinfo=dt.UTC)
DAYS = 8
TIMEFRAMES = ["15m", "30m", "1h", "4h", "1d"]
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class World:
    """Decisions and bars of some days around a weekend; the range is that of the decisions and the days after them."""

    decisions: pl.DataFrame
    bars: pl.DataFrame
    first: dt.date
    last: dt.date
    now: dt.datetime


def world(seed: int, n_decisions: int = 8) -> World:
    rng = np.random.default_rng(seed)
    market = bars(pl.concat([_symbol(rng, name) for name in ("A", "B", "C")]))
    asked = decisions(*[row for k in range(n_decisions) for row in _versions(rng, f"s{k}")])
    last = (START + DAYS * DAY).date()
    now = end_of(last) if rng.random() < 0.5 else START + DAY * (DAYS + rng.random())
    known = (asked["known_at"] <= now).to_list()
    return World(asked.filter(known), market, START.date(), last, now)


worlds = st.integers(0, 2**32 - 1).map(world)


def _symbol(rng: np.random.Generator, symbol: str) -> pl.DataFrame:
    words = [word for word in TIMEFRAMES if rng.random() < 0.5]
    empty = pl.DataFrame(
        schema={"symbol": pl.String, "timeframe": pl.String, "ts": pl.Datetime("us", "UTC")}
        | dict.fromkeys(("open", "high", "low", "close"), pl.Float64)
    )
    weekends = rng.random() < 0.5
    return pl.concat([empty, *[_series(rng, symbol, word, weekends) for word in words]])


def _series(rng: np.random.Generator, symbol: str, timeframe: str, weekends: bool) -> pl.DataFrame:
    length = timeframe_length(timeframe)
    opens = [START + length * k for k in range(int(-2 * DAY / length), int(DAYS * DAY / length) + 1)]
    if rng.random() < 0.3:
        opens = [START - 24 * DAY + length * k for k in range(20)] + opens
    begin = START + DAY * (rng.integers(-3, 4) * (rng.random() < 0.4) - 30 * (rng.random() < 0.6))
    finish = START + DAY * (rng.integers(2, 9) if rng.random() < 0.3 else 99)
    hole = START + DAY * 6 * rng.random()
    kept = [
        at
        for at in opens
        if begin <= at < finish
        and not (weekends and at.weekday() >= 5)
        and not (hole <= at < hole + DAY * 0.7)
        and rng.random() > 0.03
    ]
    step = rng.integers(-2, 3, (3, len(kept))) * (rng.random(len(kept)) < rng.choice([0.1, 0.3, 0.9]))
    close = 100 + np.clip(np.cumsum(step[0]) % 21 - 10, -10, 10)
    before = np.concatenate([[100], close[:-1]])[: len(kept)]
    open_ = before + step[1] * (rng.random(len(kept)) < 0.2)
    high = np.maximum(open_, close) + np.abs(step[1])
    low = np.minimum(open_, close) - np.abs(step[2])
    prices = {name: pl.Series(v, dtype=pl.Float64) for name, v in zip("ohlc", (open_, high, low, close), strict=True)}
    frame = pl.DataFrame(
        {"ts": pl.Series(kept, dtype=pl.Datetime("us", "UTC")), **prices},
    ).rename({"o": "open", "h": "high", "l": "low", "c": "close"})
    return frame.select(pl.lit(symbol).alias("symbol"), pl.lit(timeframe).alias("timeframe"), pl.all())


def _versions(rng: np.random.Generator, signal_id: str) -> list[dict]:
    def maybe(chance: float, value):
        return value if rng.random() < chance else None

    side = rng.choice(["long", "short"])
    sign = 1 if side == "long" else -1
    entry = float(rng.integers(94, 107))
    stop, target = entry - sign * rng.integers(0, 8) + 0.0, entry + sign * rng.integers(0, 9) + 0.0
    decided = START + dt.timedelta(
        minutes=int(rng.integers(0, 6 * 96)) * 15 + int(rng.integers(0, 15) * (rng.random() < 0.4))
    )
    first = {
        "signal_id": signal_id,
        "decided_at": decided,
        "known_at": decided + DAY * 1.5 * rng.random() * (rng.random() < 0.3),
        "symbol": str(rng.choice(["A", "B", "C", "D"], p=[0.35, 0.3, 0.3, 0.05])),
        "timeframe": str(rng.choice(["15m", "1h", "4h"])),
        "side": str(side),
        "book": str(rng.choice(["profit", "research"], p=[0.8, 0.2])),
        "entry_price": maybe(0.95, entry),
        "stop_price": maybe(0.7, stop),
        "target_price": maybe(0.7, target),
        "ttl_minutes": maybe(0.7, float(rng.choice([10, 45, 60, 240, 1440, 3000.5]))),
        "ttl_bars": maybe(0.4, int(rng.integers(1, 40))),
        "notional_usd": maybe(0.5, 250.0),
        "spread": maybe(0.5, 0.25),
    }
    rows = [first]
    for later in sorted(rng.choice(3, size=int(rng.integers(0, 3)) * (rng.random() < 0.4), replace=False)):
        known = dt.datetime.combine(first["known_at"].date() + DAY * (1 + int(later)), dt.time(7), dt.UTC)
        changed = {"decision": "approved", "known_at": known, "target_price": target + sign}
        rows.append(first | changed | ({"decided_at": known} if rng.random() < 0.5 else {}))
    return [DEFAULTS | row for row in rows]
