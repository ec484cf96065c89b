"""What the bot reads off a market at each bar's close."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from learning_pipeline.paper import indicators
from learning_pipeline.paper.market import Market
from learning_pipeline.paper.settings import PaperSettings

SLOPE_BARS = 5
REGIME_BARS = 240


@dataclass(frozen=True)
class Readings:
    """Arrays of shape (n,), element i known at the close of bar i; NaN during warm-up.

    Attributes
    ----------
    ts : ndarray
        Trend strength, 0 to 1: half ADX / 50 (at most 1), half efficiency ratio.
    halo : ndarray
        Distance of the close from the fast EMA, ATRs.
    slope : ndarray
        Slope of the slow EMA per bar, a fraction, not yet signed by side.
    volatility : ndarray
        Realised volatility per day, a fraction.
    trend : ndarray
        1 up, -1 down, 0 range.
    trend_age : ndarray
        Bars since the trend took this value.
    wildness : ndarray
        Volatility over its own slow average.
    """

    rsi: np.ndarray
    adx: np.ndarray
    efficiency: np.ndarray
    atr: np.ndarray
    upper: np.ndarray
    lower: np.ndarray
    ts: np.ndarray
    halo: np.ndarray
    slope: np.ndarray
    volatility: np.ndarray
    trend: np.ndarray
    trend_age: np.ndarray
    wildness: np.ndarray


def read(market: Market, settings: PaperSettings) -> Readings:
    """Every reading of every bar of a market; no reading looks past its bar's close."""
    high, low, close, length = market.high, market.low, market.close, settings.atr_bars
    fast, slow = indicators.ema(close, settings.fast_ema_bars), indicators.ema(close, settings.slow_ema_bars)
    adx, efficiency = indicators.adx(high, low, length), indicators.efficiency(close, settings.fast_ema_bars)
    atr = indicators.atr(high, low, close, length)
    upper, lower = indicators.channel_before(high, low, settings.donchian_bars)
    per_bar = indicators.volatility(close, settings.volatility_bars)
    trend = np.where(adx < settings.range_adx, 0, np.sign(fast - slow)).astype(np.int64)
    return Readings(
        rsi=indicators.rsi(close, length),
        adx=adx,
        efficiency=efficiency,
        atr=atr,
        upper=upper,
        lower=lower,
        ts=0.5 * np.minimum(adx / 50, 1) + 0.5 * efficiency,
        halo=np.abs(close - fast) / np.where(atr > 0, atr, np.nan),
        slope=indicators.slope(slow, SLOPE_BARS),
        volatility=per_bar * np.sqrt(market.bars_per_day),
        trend=trend,
        trend_age=_age(trend),
        wildness=per_bar / _slow_average(per_bar),
    )


def _slow_average(values: np.ndarray) -> np.ndarray:
    known = ~np.isnan(values)
    out = np.full(len(values), np.nan)
    out[known] = indicators.ema(values[known], REGIME_BARS)
    return np.where(out > 0, out, np.nan)


def _age(values: np.ndarray) -> np.ndarray:
    """Steps since the value last changed.

    >>> _age(np.array([1, 1, 0, 0, 0])).tolist()
    [0, 1, 0, 1, 2]
    """
    at = np.arange(len(values))
    changed = np.concatenate([[True], values[1:] != values[:-1]])[: len(values)]
    return at - np.maximum.accumulate(np.where(changed, at, 0))
