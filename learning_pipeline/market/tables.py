"""The table of bars."""

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import TIMEFRAME_PATTERN, Instant, Table


class Bars(Table, key=("symbol", "timeframe", "ts")):
    """One row per symbol, timeframe and bar open time."""

    symbol: pl.String = pa.Field(description="market", str_length={"min_value": 1})
    timeframe: pl.String = pa.Field(str_matches=TIMEFRAME_PATTERN, description="bar length")
    ts: Instant = pa.Field(description="open time of the bar; its UTC day is the partition")
    open: pl.Float64 = pa.Field(gt=0, description="first price, quote money")
    high: pl.Float64 = pa.Field(gt=0, description="highest price, quote money")
    low: pl.Float64 = pa.Field(gt=0, description="lowest price, quote money")
    close: pl.Float64 = pa.Field(gt=0, description="last price, quote money")
    volume: pl.Float64 = pa.Field(ge=0, nullable=True, description="volume, base units; null where the venue has none")
    known_at: Instant = pa.Field(description="close of the bar: ts + its length")
    revision: pl.Int64 = pa.Field(ge=0, description="how often a later delivery changed its prices")
