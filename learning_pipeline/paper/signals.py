"""Signals: what a strategy wants at a bar's close, in numbers and words known at that instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from learning_pipeline.paper.facts import expected_roi, features, flags, score
from learning_pipeline.paper.market import Market, instant
from learning_pipeline.paper.patterns import bucket, pattern_key, regime
from learning_pipeline.paper.plans import CATEGORIES, Plan, plan
from learning_pipeline.paper.readings import Readings
from learning_pipeline.paper.settings import PaperSettings
from learning_pipeline.paper.strategies import episode_starts, sides


@dataclass(frozen=True)
class Signal:
    """One signal; prices in quote money, ``made_us`` in microseconds since 1970, ``side`` 1 long or -1 short.

    Attributes
    ----------
    measured : dict
        Values of the gates that rest on the market and the signal alone; the book's are measured when it comes.
    market_snapshot : dict
        Price, modelled spread, volatility and regime at the close.
    """

    signal_id: str
    made_us: int
    symbol: str
    timeframe: str
    strategy: str
    side: int
    entry: float
    stop: float
    target: float
    spread: float
    plan: Plan
    halted: bool
    pattern_key: str
    scope: dict[str, str]
    episode_id: str
    features: dict[str, float]
    flags: dict[str, bool]
    score: dict[str, float]
    expected_roi: float
    measured: dict[str, float]
    market_snapshot: dict[str, Any]

    @property
    def side_word(self) -> str:
        """``long`` or ``short``."""
        return "long" if self.side > 0 else "short"

    @property
    def risk(self) -> float:
        """R: distance from entry to stop, quote money a unit."""
        return abs(self.entry - self.stop)


def signals(market: Market, readings: Readings, spread_bps: np.ndarray, settings: PaperSettings) -> list[Signal]:
    """Every signal of a market, in time order; each from the readings of the bar at whose close it is made."""
    found = []
    for strategy, wanted in sides(market, readings, settings).items():
        starts = episode_starts(wanted, settings.episode_bars)
        for i in np.flatnonzero(wanted).tolist():
            stamps = (int(market.closed[starts[i]]), int(market.closed[i]))
            found.append(_signal(market, readings, float(spread_bps[i]), strategy, int(wanted[i]), i, stamps, settings))
    return sorted(found, key=lambda signal: (signal.made_us, signal.strategy))


def payload(signal: Signal, settings: PaperSettings) -> dict[str, Any]:
    """The fields of the ``signal`` event."""
    return {
        **kind(signal),
        "episode_id": signal.episode_id,
        "category": CATEGORIES[signal.strategy],
        "features": signal.features,
        "flags": signal.flags,
        "entry_price": signal.entry,
        "stop_price": signal.stop,
        "target_price": signal.target,
        "ttl_bars": signal.plan.ttl_bars,
        "notional_usd": settings.notional_usd,
        "expected_roi": signal.expected_roi,
        "score_components": signal.score,
    }


def kind(signal: Signal) -> dict[str, Any]:
    """Which signal it is and of what kind: what its trade says too."""
    return {
        "signal_id": signal.signal_id,
        "symbol": signal.symbol,
        "timeframe": signal.timeframe,
        "strategy": signal.strategy,
        "side": signal.side_word,
        "pattern_key": signal.pattern_key,
        "scope": signal.scope,
        "playbook_id": signal.strategy,
    }


def _signal(
    market: Market,
    readings: Readings,
    spread_bps: float,
    strategy: str,
    side: int,
    i: int,
    stamps: tuple[int, int],
    settings: PaperSettings,
) -> Signal:
    start_us, made_us = stamps
    now = {name: float(values[i]) for name, values in vars(readings).items()}
    entry, planned = float(market.close[i]), plan(strategy, settings)
    risk = planned.stop_atr * now["atr"]
    mood = regime(now["wildness"], settings)
    name = f"{market.name}-{strategy}"
    spread, parts = entry * spread_bps / 1e4, score(now, strategy, side, settings)
    hope = expected_roi(parts, planned, risk / entry)
    return Signal(
        signal_id=f"{name}-{_stamp(made_us)}",
        made_us=made_us,
        symbol=market.symbol,
        timeframe=market.timeframe,
        strategy=strategy,
        side=side,
        entry=entry,
        stop=entry - side * risk,
        target=entry + side * planned.target_r * risk,
        spread=spread,
        plan=planned,
        halted=bool(market.volume[i] == 0),
        pattern_key=pattern_key(int(now["trend"]), int(now["trend_age"]), side, settings),
        scope=_scope(market, mood, made_us),
        episode_id=f"{name}-{'long' if side > 0 else 'short'}-{_stamp(start_us)}",
        features=features(now, entry, side, spread_bps),
        flags=flags(now, strategy, side, mood, settings),
        score=parts,
        expected_roi=hope,
        measured=_measured(now, side, spread_bps, hope),
        market_snapshot={
            "price": entry,
            "spread": spread,
            "spread_bps": spread_bps,
            "volatility": now["volatility"],
            "regime": mood,
        },
    )


def _scope(market: Market, mood: str, made_us: int) -> dict[str, str]:
    part = bucket(instant(made_us))
    return {"timeframe": market.timeframe, "symbol": market.symbol, "regime": mood, "bucket": part}


def _measured(now: dict[str, float], side: int, spread_bps: float, hope: float) -> dict[str, float]:
    return {
        "volatility_guard": now["volatility"],
        "spread_guard": spread_bps,
        "roi_threshold": hope,
        "ts": now["ts"],
        "halo": now["halo"],
        "slope": side * now["slope"],
        "dx": side * now["dx"],
    }


def _stamp(us: int) -> str:
    return instant(us).strftime("%Y%m%dT%H%MZ")
