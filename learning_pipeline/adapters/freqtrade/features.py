"""Indicators of the signal's candle as features of the signal."""

from __future__ import annotations

import math
from collections.abc import Sequence

import polars as pl
import polars.selectors as cs

from learning_pipeline.adapters.freqtrade.candle import candle_open
from learning_pipeline.adapters.freqtrade.frames import require_columns
from learning_pipeline.adapters.freqtrade.trade import Trade
from learning_pipeline.contracts import timeframe_length

_COLUMNS = {"pair": pl.String, "date": pl.Datetime}


def signal_rows(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    """``pair``, ``date`` (UTC) and every column of numbers, as Float64; BadInput where there is no pair or date."""
    if not frame.height:
        return pl.DataFrame(schema={"pair": pl.String, "date": pl.Datetime("us", "UTC")})
    at = pl.col("date").dt.convert_time_zone("UTC").dt.cast_time_unit("us")
    numbers = cs.numeric() | cs.boolean()
    return require_columns(frame, _COLUMNS, where).select("pair", at, numbers.cast(pl.Float64))


def with_features(trades: Sequence[Trade], signals: pl.DataFrame) -> list[Trade]:
    """The trades with the numbers of their signal's candle: all that was known at its close.

    The signal's candle is the one before that of the entry. A trade without exactly one such row gets none.

    Parameters
    ----------
    signals : DataFrame
        `signal_rows`: ``date`` is the open of the signal's candle.
    """
    once = signals.filter(~pl.struct("pair", "date").is_duplicated())
    known = {(pair, at): numbers for pair, at, *numbers in once.iter_rows()}
    names = once.columns[2:]
    return [trade._replace(features=_numbers(names, known.get(_signal_candle(trade)))) for trade in trades]


def _signal_candle(trade: Trade) -> tuple[str, object]:
    return trade.pair, candle_open(trade.opened_at, trade.timeframe) - timeframe_length(trade.timeframe)


def _numbers(names: Sequence[str], row: list[float | None] | None) -> dict[str, float] | None:
    """Finite numbers by name; None where there are none."""
    pairs = zip(names, row or [None] * len(names), strict=True)
    return {name: number for name, number in pairs if number is not None and math.isfinite(number)} or None
