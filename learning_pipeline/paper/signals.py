"""Signals: what a strategy wants at a bar's close, in numbers and words known at that instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from learning_pipeline.paper.market import Market, instant
from learning_pipeline.paper.patterns import bucket, pattern_key, regime
from learning_pipeline.paper.readings import Readings
from learning_pipeline.paper.settings import PaperSettings
from learning_pipeline.paper.strategies import CATEGORIES, DONCHIAN, Plan, episode_starts, plan, sides


@dataclass(frozen=True)
class Signal:
    """One signal; prices in quote money, ``made_us`` in microseconds since 1970, ``side`` 1 long or -1 short.

    Attributes
    ----------
    measured : dict
        Values of the gates that rest on the market alone; the number of open positions is the book's.
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
        "signal_id": signal.signal_id,
        "symbol": signal.symbol,
        "timeframe": signal.timeframe,
        "strategy": signal.strategy,
        "side": signal.side_word,
        "pattern_key": signal.pattern_key,
        "scope": signal.scope,
        "episode_id": signal.episode_id,
        "category": CATEGORIES[signal.strategy],
        "features": signal.features,
        "flags": signal.flags,
        "entry_price": signal.entry,
        "stop_price": signal.stop,
        "target_price": signal.target,
        "ttl_bars": signal.plan.ttl_bars,
        "notional_usd": settings.notional_usd,
        "expected_roi": _expected_roi(signal),
        "score_components": signal.score,
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
    spread = entry * spread_bps / 1e4
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
        pattern_key=pattern_key(int(now["trend"]), int(now["trend_age"]), settings),
        scope=_scope(market, mood, made_us),
        episode_id=f"{name}-{'long' if side > 0 else 'short'}-{_stamp(start_us)}",
        features=_features(now, entry, side, spread_bps),
        flags=_flags(now, strategy, side, mood),
        score=_score(now, strategy, side, settings),
        measured=_measured(now, side, spread_bps),
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


def _measured(now: dict[str, float], side: int, spread_bps: float) -> dict[str, float]:
    return {
        "volatility_guard": now["volatility"],
        "spread_guard": spread_bps,
        "ts": now["ts"],
        "halo": now["halo"],
        "slope": side * now["slope"],
    }


def _features(now: dict[str, float], entry: float, side: int, spread_bps: float) -> dict[str, float]:
    return {
        "rsi": now["rsi"],
        "adx": now["adx"],
        "efficiency": now["efficiency"],
        "atr_pct": 100 * now["atr"] / entry,
        "ts": now["ts"],
        "halo": now["halo"],
        "slope": side * now["slope"],
        "volatility": now["volatility"],
        "wildness": now["wildness"],
        "spread_bps": spread_bps,
        "channel_atr": (now["upper"] - now["lower"]) / now["atr"],
        "trend_age_bars": now["trend_age"],
    }


def _flags(now: dict[str, float], strategy: str, side: int, mood: str) -> dict[str, bool]:
    raised = {
        "breakout": strategy == DONCHIAN,
        "with_trend": now["trend"] == side,
        "against_trend": now["trend"] == -side,
        "overbought": now["rsi"] > 70,
        "oversold": now["rsi"] < 30,
        "wild": mood == "wild",
    }
    return {name: True for name, up in raised.items() if up}


def _score(now: dict[str, float], strategy: str, side: int, settings: PaperSettings) -> dict[str, float]:
    """Parts of the bot's own score, each 0 to 1."""
    push = 0.5 + 0.5 * side * (now["rsi"] - 50) / 50
    return {
        "trend": min(max(now["ts"], 0.0), 1.0),
        "momentum": push if strategy == DONCHIAN else 1 - push,
        "location": max(0.0, 1 - now["halo"] / (2 * settings.halo_max)),
    }


def _expected_roi(signal: Signal) -> float:
    """What the bot hopes for: a third of the way from break-even odds, by its score; a fraction of notional."""
    reward = signal.plan.target_r
    odds = (1 + (sum(signal.score.values()) / len(signal.score) - 0.5) / 3) / (1 + reward)
    return (odds * reward - (1 - odds)) * signal.risk / signal.entry


def _stamp(us: int) -> str:
    return instant(us).strftime("%Y%m%dT%H%MZ")
