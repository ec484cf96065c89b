"""The bars of a catalog as one frame, and what they say of the market at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import polars as pl

from learning_pipeline.adapters.nautilus.bar_files import BarType, bars_of
from learning_pipeline.adapters.nautilus.decisions import Price
from learning_pipeline.contracts import timeframe_length
from learning_pipeline.contracts.imported import Imported

_PREFERRED = ["LAST", "MID", "MARK", "BID", "ASK"]
CLOSE_IS_STAMPED = (
    "A bar's time in a catalog is taken as its close, as nautilus stamps bars: "
    "bars that were loaded with their open time come out one bar early."
)


class Bars(NamedTuple):
    """Bars in the columns of CONTRACTS 2; told : bar types that were read; gaps : bar types that were not."""

    frame: pl.DataFrame
    told: tuple[str, ...]
    gaps: tuple[str, ...]


def catalog_of(files: Sequence[tuple[Path, BarType]]) -> Bars | None:
    """Bars of these files; None where there are none.

    Of several prices of one symbol and timeframe one is read: last trades before mid, mark, bid and ask, the venue's
    bars before nautilus' own.
    """
    by_time = [bar_type for _, bar_type in files if bar_type.timeframe is not None]
    ranked = sorted(set(by_time), key=_rank)
    chosen = {(bar_type.symbol, bar_type.timeframe): bar_type for bar_type in reversed(ranked)}
    frames = [bars_of(path, bar_type) for path, bar_type in files if bar_type in chosen.values()]
    others = sorted({bar_type.text for _, bar_type in files if bar_type not in chosen.values()})
    gaps = tuple(f"{text} is passed over: {_why(text, by_time)}." for text in others)
    if not frames:
        return Bars(pl.DataFrame(), (), gaps) if files else None
    frame = pl.concat(frames).sort("symbol", "timeframe", "ts", maintain_order=True)
    return Bars(frame, tuple(sorted(b.text for b in chosen.values())), gaps)


def timeframes_of(bars: Bars | None) -> dict[str, list[str]]:
    """Timeframes of each symbol's bars."""
    if bars is None or bars.frame.is_empty():
        return {}
    pairs = bars.frame.select("symbol", "timeframe").unique().sort("symbol", "timeframe").rows()
    found: dict[str, list[str]] = {}
    for symbol, timeframe in pairs:
        found.setdefault(symbol, []).append(timeframe)
    return found


def market_of(bars: Bars | None) -> Price:
    """Close of the last bar of a symbol that was closed by then, no older than its own length; None without one."""
    by_symbol: dict[str, list[tuple[list[int], list[float], int]]] = {}
    for symbol, timeframes in timeframes_of(bars).items():
        for timeframe in sorted(timeframes, key=timeframe_length):
            by_symbol.setdefault(symbol, []).append(_closes(bars.frame if bars else pl.DataFrame(), symbol, timeframe))

    def price(symbol: str, at_ns: int) -> Decimal | None:
        for closed_at, closes, length in by_symbol.get(symbol, []):
            n = bisect_right(closed_at, at_ns)
            if n and at_ns - closed_at[n - 1] < length:
                return Decimal(repr(closes[n - 1]))
        return None

    return price


def bars_import(bars: Bars) -> Imported:
    """Bars as every adapter gives them."""
    n_symbols = bars.frame["symbol"].n_unique() if bars.frame.height else 0
    return Imported(
        stem="nautilus-bars",
        told=f"bars of {n_symbols} instruments: {', '.join(bars.told)}",
        bars=bars.frame,
        counts=(("bars", bars.frame.height), ("bar types", len(bars.told))),
        gaps=(CLOSE_IS_STAMPED, *bars.gaps),
    )


def _rank(bar_type: BarType) -> tuple[int, str, str]:
    known = bar_type.price in _PREFERRED
    return (_PREFERRED.index(bar_type.price) if known else len(_PREFERRED), bar_type.source, bar_type.text)


def _why(text: str, by_time: list[BarType]) -> str:
    is_timed = any(bar_type.text == text for bar_type in by_time)
    return "another price of the same bars is read" if is_timed else "its bars are not of minutes, hours, days or weeks"


def _closes(frame: pl.DataFrame, symbol: str, timeframe: str) -> tuple[list[int], list[float], int]:
    """Close times in nanoseconds, closes, and the length of a bar."""
    rows = frame.filter((pl.col("symbol") == symbol) & (pl.col("timeframe") == timeframe)).drop_nulls("close")
    length = int(timeframe_length(timeframe).total_seconds()) * 10**9
    return (rows["ts"].dt.timestamp("ns") + length).to_list(), rows["close"].to_list(), length
