"""Which way each strategy wants to trade at each bar's close.

``donchian_breakout`` follows a close beyond the channel of the bars before. ``bollinger_squeeze`` follows the first
close outside the Bollinger bands after they were at their narrowest. ``volume_confirmation`` follows a long bar on a
multiple of the usual volume. ``rsi_extremes`` fades the RSI's way into an extreme. ``macd_divergence`` fades a new
swing extreme that the MACD did not confirm.
"""

from __future__ import annotations

import numpy as np

from learning_pipeline.paper.market import Market
from learning_pipeline.paper.plans import BOLLINGER, DONCHIAN, MACD, RSI, VOLUME, farthest_atr
from learning_pipeline.paper.readings import Readings
from learning_pipeline.paper.settings import PaperSettings
from learning_pipeline.paper.triggers import breakout_sides, extreme_sides, squeeze_sides, volume_sides


def sides(market: Market, readings: Readings, settings: PaperSettings) -> dict[str, np.ndarray]:
    """Direction wanted by each strategy at each bar's close: 1 long, -1 short, 0 nothing; shape (n,).

    Nothing is wanted during warm-up, where a reading is unknown, or where a target would fall to 0 or below. Where a
    market has no volume, ``volume_confirmation`` wants nothing and the others are not disturbed.
    """
    close, now = market.close, readings
    moved = volume_sides(now.move_atr, now.relative_volume, settings.volume_move_atr, settings.volume_ratio)
    wanted = {
        DONCHIAN: breakout_sides(close, now.upper, now.lower),
        RSI: extreme_sides(now.rsi, settings.rsi_low, settings.rsi_high),
        BOLLINGER: squeeze_sides(close, now.band_upper, now.band_lower, now.squeezed > 0),
        MACD: now.divergence,
        VOLUME: moved,
    }
    ready = _ready(readings, settings) & (farthest_atr(settings) * readings.atr < close)
    return {strategy: np.where(ready, side, 0) for strategy, side in wanted.items()}


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


def _ready(readings: Readings, settings: PaperSettings) -> np.ndarray:
    named = vars(readings).items()
    known = np.all([np.isfinite(values) for name, values in named if name != "relative_volume"], axis=0)
    return known & (readings.atr > 0) & (np.arange(len(known)) >= settings.warmup_bars)
