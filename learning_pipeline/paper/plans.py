"""The strategies by name, and how each manages a trade."""

from __future__ import annotations

from dataclasses import dataclass

from learning_pipeline.paper.settings import PaperSettings

DONCHIAN = "donchian_breakout"
RSI = "rsi_extremes"
BOLLINGER = "bollinger_squeeze"
MACD = "macd_divergence"
VOLUME = "volume_confirmation"

CATEGORIES = {
    DONCHIAN: "breakout",
    RSI: "mean_reversion",
    BOLLINGER: "volatility_breakout",
    MACD: "reversal",
    VOLUME: "momentum",
}
FADES = frozenset({RSI, MACD})
"""Strategies that trade against the last move; the others follow it."""


@dataclass(frozen=True)
class Plan:
    """How a strategy manages a trade: distances in ATRs and multiples of R, life in bars; trim_r None: no trim."""

    stop_atr: float
    target_r: float
    ttl_bars: int
    trim_r: float | None = None
    trim_fraction: float = 0.0


def plan(strategy: str, settings: PaperSettings) -> Plan:
    """The plan of a strategy. What follows lets profits run; a fade takes part of them early.

    >>> plan("donchian_breakout", PaperSettings())
    Plan(stop_atr=2.0, target_r=3.0, ttl_bars=48, trim_r=None, trim_fraction=0.0)
    """
    family = strategy.split("_", maxsplit=1)[0]
    named = {name: getattr(settings, f"{family}_{name}") for name in ("stop_atr", "target_r", "ttl_bars")}
    if strategy in FADES:
        named |= {name: getattr(settings, f"{family}_{name}") for name in ("trim_r", "trim_fraction")}
    return Plan(**named)


def farthest_atr(settings: PaperSettings) -> float:
    """Distance of the farthest stop or target of any plan, ATRs."""
    plans = [plan(strategy, settings) for strategy in CATEGORIES]
    return max(each.stop_atr * max(each.target_r, 1.0) for each in plans)
