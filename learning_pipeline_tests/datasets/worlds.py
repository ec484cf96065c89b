"""A small market with a bot in it, as frames: bars, signals, reports; and everything that is made of them."""

from __future__ import annotations

import datetime as dt
import json
import random
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from learning_pipeline.contracts import day_of, end_of
from learning_pipeline.datasets.features import features
from learning_pipeline.events.decisions import decide
from learning_pipeline.events.tables import DecisionReports, Decisions, Signals
from learning_pipeline.market.tables import Bars
from learning_pipeline.shadow import Pending, ShadowSettings, settle
from learning_pipeline_tests.worlds import MONDAY, hourly_bars

HOUR = dt.timedelta(hours=1)
ENVELOPE = {"source": "bot", "session_id": "bot", "book": "profit", "scope": "{}"}


@dataclass(frozen=True)
class World:
    """What was delivered."""

    bars: pl.DataFrame
    signals: pl.DataFrame
    reports: pl.DataFrame

    def until(self, t: dt.datetime) -> World:
        """What was known at an instant."""
        known = pl.col("happened_at") <= t
        return World(self.bars.filter(pl.col("known_at") <= t), self.signals.filter(known), self.reports.filter(known))

    def decisions(self, now: dt.datetime) -> pl.DataFrame:
        """``events.decisions`` of all days, as known at an instant."""
        return decide(self.signals, self.reports, 1440, MONDAY.date(), now.date(), now)[0]

    def features(self, decisions: pl.DataFrame) -> pl.DataFrame:
        return features(decisions, self.signals, self.reports, self.bars)

    def outcomes(self, decisions: pl.DataFrame, now: dt.datetime) -> pl.DataFrame:
        pending = Pending.frame()
        return settle(pending, decisions, self.bars, ShadowSettings(), MONDAY.date(), now.date(), now).outcomes


def world(seed: int, n_days: int, n_signals: int) -> World:
    """Hourly bars of two markets without Saturdays; reports at, before and after one another, some a day late."""
    raw = hourly_bars(seed, n_days)
    bars = Bars.frame(
        raw.with_columns(
            volume=pl.col("close") * (1 + pl.col("ts").dt.hour()),
            known_at=pl.col("ts") + HOUR,
            day=day_of(pl.col("ts")),
            revision=pl.lit(0, pl.Int64),
        ).to_dict(as_series=True)
    )
    rng, closes = random.Random(seed), raw.select("symbol", "ts", "close").rows()
    signals: list[dict[str, Any]] = []
    reports: list[dict[str, Any]] = []
    for k in range(n_signals):
        symbol, ts, close = rng.choice(closes[: -24 * 2])
        signals.append(_signal(rng, f"s{k:04}", symbol, ts + HOUR + dt.timedelta(seconds=rng.randrange(7200)), close))
        reports += [_report(rng, signals[-1], n) for n in range(rng.choice([1, 1, 2, 3]))]
    return World(bars, _dated(Signals, signals), _dated(DecisionReports, reports))


def _signal(rng: random.Random, name: str, symbol: str, at: dt.datetime, close: float) -> dict[str, Any]:
    away = rng.choice([1, -1])
    return ENVELOPE | {
        "event_id": f"{name}-signal",
        "signal_id": name,
        "happened_at": at,
        "symbol": symbol,
        "timeframe": "1h",
        "strategy": rng.choice(["alpha", "beta"]),
        "side": "long" if away > 0 else "short",
        "entry_price": close,
        "stop_price": close * (1 - 0.01 * away),
        "target_price": close * (1 + 0.02 * away),
        "ttl_bars": rng.randrange(2, 30),
        "expected_roi": rng.gauss(0, 0.01),
        "features": json.dumps({"ts": rng.random(), "halo": rng.gauss(0, 1)}),
        "flags": json.dumps({"wild": rng.random() < 0.5}),
    }


def _report(rng: random.Random, signal: dict[str, Any], n: int) -> dict[str, Any]:
    later = dt.timedelta(seconds=rng.choice([0, 5, 60, 40_000, 100_000]) if n else 0)
    gates = [
        {"name": gate, "passed": value >= 0.3, "value": value, "threshold": 0.3, "op": ">="}
        for gate in ("ts", "dx")
        for value in [rng.random()]
    ]
    failed = [gate["name"] for gate in gates if not gate["passed"]]
    return {
        "event_id": f"{signal['signal_id']}-{n}",
        "signal_id": signal["signal_id"],
        "happened_at": signal["happened_at"] + later,
        "source": "bot",
        "session_id": "bot",
        "decision": "blocked" if failed else "approved",
        "blocker_component": failed[0] if failed else None,
        "price": signal["entry_price"] * (1 + rng.gauss(0, 0.0005)) if rng.random() < 0.9 else None,
        **rng.choice([{}, {"spread_bps": rng.random()}, {"spread": rng.random()}]),
        "volatility": rng.random(),
        "gates": json.dumps(gates) if rng.random() < 0.8 else None,
    }


def _dated(table: Any, rows: list[dict[str, Any]]) -> pl.DataFrame:
    return table.frame(rows).with_columns(day=day_of(pl.col("happened_at")))


def poisoned(clean: World, t: dt.datetime, rng: random.Random) -> World:
    """Everything that was not known at an instant is nonsense of one kind, or gone."""
    kind = rng.choice(["huge", "tiny", "deleted", "shuffled"])
    after = pl.col("happened_at") > t
    if kind == "deleted":
        return clean.until(t)
    factor = {"huge": 1e6, "tiny": 1e-6, "shuffled": 3.7}[kind]
    late = pl.col("known_at") > t
    prices = [pl.when(late).then(pl.col(name) * factor).otherwise(name).alias(name) for name in PRICES]
    words = pl.when(after).then(pl.lit("short")).otherwise("side").alias("side")
    told = [
        pl.when(after).then(pl.lit('{"halo":1e12,"ts":-1}')).otherwise("features").alias("features"),
        pl.when(after).then(pl.col("stop_price") * factor).otherwise("stop_price").alias("stop_price"),
        words,
    ]
    gates = '[{"name":"ts","passed":false,"value":-1e12,"threshold":0,"op":">="}]'
    answers = [
        pl.when(after).then(pl.lit(value)).otherwise(name).alias(name)
        for name, value in {"decision": "blocked", "price": 1e9, "spread_bps": 1e9, "gates": gates}.items()
    ]
    return replace(
        clean,
        bars=clean.bars.with_columns(prices),
        signals=clean.signals.with_columns(told),
        reports=clean.reports.with_columns(answers),
    )


PRICES = ["open", "high", "low", "close", "volume"]


def end_of_day(n: int) -> dt.datetime:
    """End of the n-th day of the world."""
    return end_of(MONDAY.date() + dt.timedelta(days=n))


def answered(decisions: pl.DataFrame) -> pl.DataFrame:
    """The answers that hold."""
    return Decisions.newest(decisions)
