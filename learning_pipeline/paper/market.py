"""A market: the bars of one symbol and timeframe as arrays, with when each was known."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from learning_pipeline.contracts import timeframe_length

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class Market:
    """Bars of one symbol and timeframe in time order; instants are microseconds since 1970, arrays of shape (n,).

    Attributes
    ----------
    opened : ndarray
        When the open price was known: the bar's label, or later where its first hours are missing.
    closed : ndarray
        When the bar's high, low and close were known.
    volume : ndarray
        NaN where a bar has no volume figure.
    """

    symbol: str
    timeframe: str
    bars_per_day: float
    opened: np.ndarray
    closed: np.ndarray
    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray
    volume: np.ndarray

    @property
    def name(self) -> str:
        """``BTCUSD-1h``."""
        return f"{self.symbol}-{self.timeframe}"


def instant(us: int) -> dt.datetime:
    """Microseconds since 1970 as an instant in UTC.

    >>> instant(0).isoformat()
    '1970-01-01T00:00:00+00:00'
    """
    return EPOCH + us * _MICROSECOND


def markets(bars: pl.DataFrame) -> list[Market]:
    """The markets in bars of several symbols and timeframes, sorted by symbol, then by length of the timeframe."""
    parts = bars.sort("ts").partition_by("symbol", "timeframe", as_dict=True)
    order = sorted(parts, key=lambda key: (key[0], timeframe_length(key[1])))
    finest: dict[str, np.ndarray] = {}
    for symbol, timeframe in order:
        finest.setdefault(symbol, _instants(parts[symbol, timeframe]))
    return [_market(symbol, timeframe, parts[symbol, timeframe], finest[symbol]) for symbol, timeframe in order]


def _market(symbol: str, timeframe: str, bars: pl.DataFrame, finest: np.ndarray) -> Market:
    length = timeframe_length(timeframe)
    ts = _instants(bars)
    closed = ts + length // _MICROSECOND
    prices = {name: bars[name].cast(pl.Float64).to_numpy() for name in ("open", "high", "low", "close", "volume")}
    return Market(symbol, timeframe, dt.timedelta(days=1) / length, _first_price(ts, closed, finest), closed, **prices)


def _first_price(ts: np.ndarray, closed: np.ndarray, finest: np.ndarray) -> np.ndarray:
    """Open time of the first bar of the symbol's shortest timeframe inside each bar; the label where there is none.

    A 4h bar of a market that was shut for its first hours carries a label before its first price.
    """
    first = finest[np.searchsorted(finest, ts).clip(max=len(finest) - 1)]
    return np.where((first >= ts) & (first < closed), first, ts)


def _instants(bars: pl.DataFrame) -> np.ndarray:
    return bars["ts"].dt.epoch("us").to_numpy()
