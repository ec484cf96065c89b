"""What the bot reads off a market at each bar's close."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from learning_pipeline.paper import bands, indicators
from learning_pipeline.paper.market import Market
from learning_pipeline.paper.settings import PaperSettings
from learning_pipeline.paper.swings import divergence_sides

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
    dx : ndarray
        Wilder's directional index, -100 to 100, above 0 where upward moves prevail; not yet signed by side.
    squeezed : ndarray
        1 where the bars just before held a Bollinger squeeze, else 0.
    divergence : ndarray
        1 where a bullish MACD divergence became known, -1 where a bearish one did, else 0.
    move_atr : ndarray
        Change from the close before, ATRs as of that close.
    relative_volume : ndarray
        Volume over the mean of the bars before; NaN also where the market has no volume.
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
    dx: np.ndarray
    band_upper: np.ndarray
    band_lower: np.ndarray
    squeezed: np.ndarray
    divergence: np.ndarray
    move_atr: np.ndarray
    relative_volume: np.ndarray


def read(market: Market, settings: PaperSettings) -> Readings:
    """Every reading of every bar of a market; no reading looks past its bar's close."""
    high, low, close, length = market.high, market.low, market.close, settings.atr_bars
    adx, efficiency = indicators.adx(high, low, length), indicators.efficiency(close, settings.fast_ema_bars)
    atr = indicators.atr(high, low, close, length)
    upper, lower = bands.channel_before(high, low, settings.donchian_bars)
    return Readings(
        rsi=indicators.rsi(close, length),
        adx=adx,
        efficiency=efficiency,
        atr=atr,
        upper=upper,
        lower=lower,
        ts=0.5 * np.minimum(adx / 50, 1) + 0.5 * efficiency,
        **_averages(market, adx, atr, settings),
        **_moods(market, settings),
        dx=indicators.directional_index(high, low, length),
        **_squeeze(close, settings),
        divergence=_divergence(market, settings),
        move_atr=indicators.move(close, atr),
        relative_volume=indicators.relative_volume(market.volume, settings.volume_bars),
    )


def _averages(market: Market, adx: np.ndarray, atr: np.ndarray, settings: PaperSettings) -> dict[str, np.ndarray]:
    close = market.close
    fast, slow = indicators.ema(close, settings.fast_ema_bars), indicators.ema(close, settings.slow_ema_bars)
    trend = np.where(adx < settings.range_adx, 0, np.sign(fast - slow)).astype(np.int64)
    return {
        "halo": np.abs(close - fast) / np.where(atr > 0, atr, np.nan),
        "slope": indicators.slope(slow, SLOPE_BARS),
        "trend": trend,
        "trend_age": _age(trend),
    }


def _moods(market: Market, settings: PaperSettings) -> dict[str, np.ndarray]:
    per_bar = indicators.volatility(market.close, settings.volatility_bars)
    return {
        "volatility": per_bar * np.sqrt(market.bars_per_day),
        "wildness": per_bar / _slow_average(per_bar),
    }


def _squeeze(close: np.ndarray, settings: PaperSettings) -> dict[str, np.ndarray]:
    upper, lower = bands.bollinger(close, settings.bollinger_bars, settings.bollinger_width)
    squeezed = bands.squeezed_before(upper, lower, settings.squeeze_bars, settings.squeeze_patience_bars)
    return {"band_upper": upper, "band_lower": lower, "squeezed": squeezed}


def _divergence(market: Market, settings: PaperSettings) -> np.ndarray:
    line = indicators.macd(market.close, settings.macd_fast_bars, settings.macd_slow_bars)
    return divergence_sides(market.high, market.low, line, settings.swing_reach_bars, settings.swing_apart_bars)


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
