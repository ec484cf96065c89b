"""The two strategies: when they want to trade, which way, and with which plan.

``donchian_breakout`` follows: a close beyond the channel of the bars before.
``rsi_extremes`` fades: the RSI passes into an extreme.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from learning_pipeline.paper.market import Market
from learning_pipeline.paper.readings import Readings
from learning_pipeline.paper.settings import PaperSettings

DONCHIAN = "donchian_breakout"
RSI = "rsi_extremes"
CATEGORIES = {DONCHIAN: "breakout", RSI: "mean_reversion"}


@dataclass(frozen=True)
class Plan:
    """How a strategy manages a trade: distances in ATRs and multiples of R, life in bars; trim_r None: no trim."""

    stop_atr: float
    target_r: float
    ttl_bars: int
    trim_r: float | None = None
    trim_fraction: float = 0.0


def plan(strategy: str, settings: PaperSettings) -> Plan:
    """The plan of a strategy. A breakout lets profits run; a fade takes part of them early."""
    if strategy == DONCHIAN:
        return Plan(settings.donchian_stop_atr, settings.donchian_target_r, settings.donchian_ttl_bars)
    return Plan(
        settings.rsi_stop_atr,
        settings.rsi_target_r,
        settings.rsi_ttl_bars,
        settings.rsi_trim_r,
        settings.rsi_trim_fraction,
    )


def sides(market: Market, readings: Readings, settings: PaperSettings) -> dict[str, np.ndarray]:
    """Direction wanted by each strategy at each bar's close: 1 long, -1 short, 0 nothing; shape (n,).

    Nothing is wanted during warm-up, where a reading is unknown, or where a target would fall to 0 or below.
    """
    ready = _ready(readings, settings) & (_farthest_atr(settings) * readings.atr < market.close)
    return {
        DONCHIAN: np.where(ready, breakout_sides(market.close, readings.upper, readings.lower), 0),
        RSI: np.where(ready, extreme_sides(readings.rsi, settings.rsi_low, settings.rsi_high), 0),
    }


def breakout_sides(close: np.ndarray, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """1 where the close is above the channel, -1 below it, else 0.

    >>> breakout_sides(np.array([5.0, 1.0, 3.0]), np.full(3, 4.0), np.full(3, 2.0)).tolist()
    [1, -1, 0]
    """
    return (close > upper).astype(np.int64) - (close < lower).astype(np.int64)


def extreme_sides(rsi: np.ndarray, low: float, high: float) -> np.ndarray:
    """1 where the RSI falls through the low, -1 where it rises through the high, else 0.

    >>> extreme_sides(np.array([35.0, 28.0, 25.0, 71.0]), 30.0, 70.0).tolist()
    [0, 1, 0, -1]
    """
    before = np.concatenate([[np.nan], rsi[:-1]])[: len(rsi)]
    return ((rsi < low) & (before >= low)).astype(np.int64) - ((rsi > high) & (before <= high)).astype(np.int64)


def episode_starts(wanted: np.ndarray, window: int) -> np.ndarray:
    """For each bar with a direction, the bar at which its episode began; -1 elsewhere; shape (n,).

    An episode is a run of signals of one direction, each at most ``window`` bars after the one before.

    >>> episode_starts(np.array([1, 0, 1, -1, 0, 0, 0, 1]), window=3).tolist()
    [0, -1, 0, 3, -1, -1, -1, 7]
    """
    starts = np.full(len(wanted), -1)
    for side in (1, -1):
        at = np.flatnonzero(wanted == side)
        fresh = np.diff(at, prepend=-window - 1) > window
        starts[at] = np.maximum.accumulate(np.where(fresh, at, 0)) if len(at) else 0
    return starts


def _farthest_atr(settings: PaperSettings) -> float:
    plans = [plan(strategy, settings) for strategy in (DONCHIAN, RSI)]
    return max(each.stop_atr * max(each.target_r, 1.0) for each in plans)


def _ready(readings: Readings, settings: PaperSettings) -> np.ndarray:
    known = np.all([np.isfinite(values) for values in vars(readings).values()], axis=0)
    return known & (readings.atr > 0) & (np.arange(len(known)) >= settings.warmup_bars)
