"""What the bars of a signal's own market and timeframe said at the decision: bars that had closed, and no other.

Every figure is of the last `WINDOW` closed bars and sums them in their order: the same bits whatever else is loaded.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from learning_pipeline.contracts import timeframe_us

WINDOW = 21
"""Bars looked at: 20 returns."""

REACH_BARS, REACH_DAYS = 160, 7
"""A bar that opened longer before the decision is too old: a market that trades an eighth of the time has 20 in it."""

ATR_BARS = RSI_BARS = 14
NAMES = [
    "bar_return_1",
    "bar_return_5",
    "bar_return_20",
    "bar_volatility_20",
    "bar_atr_fraction",
    "bar_rsi",
    "bar_below_high_atr",
    "bar_above_low_atr",
    "bar_volume_z",
]
_PRICES = ["high", "low", "close", "volume"]


def reach_us(timeframe: pl.Expr) -> pl.Expr:
    """How far before a decision bars are looked at, microseconds.

    >>> pl.DataFrame({"timeframe": ["1d"]}).select(reach_us(pl.col("timeframe")) // 86_400_000_000).item()
    167
    """
    longest = 20 * 365 * 86_400_000_000 // REACH_BARS
    return timeframe_us(timeframe).clip(upper_bound=longest) * REACH_BARS + REACH_DAYS * 86_400_000_000


def bar_features(decided: pl.DataFrame, bars: pl.DataFrame) -> pl.DataFrame:
    """Figures of the bars that had closed at each decision.

    Parameters
    ----------
    decided : DataFrame
        ``symbol``, ``timeframe``, ``decided_at``; one row per decision.
    bars : DataFrame
        ``market.bars`` from `reach_us` before the first decision on.

    Returns
    -------
    DataFrame
        One row per decision, in the order given; NaN where there are not enough bars.

        ``bar_return_N``: log return over the last N bars. ``bar_volatility_20``: root mean square of the last 20 log
        returns. ``bar_atr_fraction``: mean true range of the last 14 bars over the last close. ``bar_rsi``: relative
        strength of the last 14 changes by plain means (Cutler), 0 to 100, 50 where nothing moved.
        ``bar_below_high_atr``, ``bar_above_low_atr``: distance of the last close from the highest high and the lowest
        low of the last 20 bars, in mean true ranges. ``bar_volume_z``: the last volume less the mean of the last 20,
        over their standard deviation.
    """
    numbers = np.full((decided.height, len(NAMES)), np.nan)
    asked = decided.select("symbol", "timeframe", "decided_at", reach=reach_us(pl.col("timeframe"))).with_row_index()
    series = bars.sort("symbol", "timeframe", "ts").partition_by("symbol", "timeframe", as_dict=True)
    for name, rows in asked.partition_by("symbol", "timeframe", as_dict=True).items():
        if name in series:
            numbers[rows["index"].to_numpy()] = _figures(_window(rows, series[name]))
    return pl.DataFrame(np.where(np.isfinite(numbers), numbers, np.nan), schema=NAMES)


def _window(rows: pl.DataFrame, bars: pl.DataFrame) -> dict[str, np.ndarray]:
    """The last bars closed at each decision, oldest first: (n, `WINDOW`), NaN where there is none within the reach."""
    decided_at = rows["decided_at"].to_physical().to_numpy()
    n_closed = np.searchsorted(bars["known_at"].to_physical().to_numpy(), decided_at, "right")
    number = n_closed[:, None] + np.arange(-WINDOW, 0)
    opened_at = bars["ts"].to_physical().to_numpy()[np.maximum(number, 0)]
    there = (number >= 0) & (opened_at >= (decided_at - rows["reach"].to_numpy())[:, None])
    columns = {name: bars[name].fill_null(float("nan")).to_numpy() for name in _PRICES}
    return {name: np.where(there, column[np.maximum(number, 0)], np.nan) for name, column in columns.items()}


def _figures(window: dict[str, np.ndarray]) -> np.ndarray:
    """One column per name of `NAMES`."""
    high, low, close, volume = (window[name] for name in _PRICES)
    with np.errstate(divide="ignore", invalid="ignore"):
        returns = np.log(close[:, 1:] / close[:, :-1])
        atr = _mean(_true_range(high, low, close)[:, -ATR_BARS:])
        columns = [
            *(np.log(close[:, -1] / close[:, -1 - n]) for n in (1, 5, 20)),
            np.sqrt(_mean(returns**2)),
            atr / close[:, -1],
            _relative_strength(close),
            (high[:, 1:].max(axis=1) - close[:, -1]) / atr,
            (close[:, -1] - low[:, 1:].min(axis=1)) / atr,
            _last_z(volume[:, 1:]),
        ]
    return np.stack(columns, axis=1)


def _true_range(high: np.ndarray, low: np.ndarray, close: np.ndarray) -> np.ndarray:
    before = close[:, :-1]
    spans = [(high - low)[:, 1:], np.abs(high[:, 1:] - before), np.abs(low[:, 1:] - before)]
    return np.maximum.reduce(spans)


def _relative_strength(close: np.ndarray) -> np.ndarray:
    change = np.diff(close, axis=1)[:, -RSI_BARS:]
    up, down = _mean(np.maximum(change, 0)), _mean(np.maximum(-change, 0))
    return np.where(up + down == 0, 50.0, 100 * up / (up + down))


def _last_z(values: np.ndarray) -> np.ndarray:
    mean = _mean(values)
    deviation = np.sqrt(_mean((values - mean[:, None]) ** 2))
    return (values[:, -1] - mean) / deviation


def _mean(values: np.ndarray) -> np.ndarray:
    """Mean of each row, added up from its first to its last: how `sum` would group them depends on the layout."""
    return np.cumsum(values, axis=1)[:, -1] / values.shape[1]
