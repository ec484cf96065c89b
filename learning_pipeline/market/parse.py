"""Delivered bars, checked row by row: nothing is coerced, every row is accounted for (CONTRACTS 2)."""

from __future__ import annotations

import json
from typing import NamedTuple

import polars as pl

from learning_pipeline.contracts import TIMEFRAME_PATTERN, timeframe_us
from learning_pipeline.market.tables import Bars

PRICES = ["open", "high", "low", "close"]
COLUMNS = ["symbol", "timeframe", "ts", *PRICES, "volume"]
_KEY = ["symbol", "timeframe", "ts"]
_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
_ZONED = r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:[0-5]\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$"
_NAIVE = r"^\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?)?$"


class ParsedBars(NamedTuple):
    """What one file of bars holds.

    rows : bars in the table's columns (revision 0) with ``line_no``; refused : (line_no, reason_code, detail, raw);
    n_lines : rows in the file; n_duplicate : rows that repeat another to the letter.
    """

    rows: pl.DataFrame
    refused: pl.DataFrame
    n_lines: int
    n_duplicate: int


def parse_bars(raw: pl.DataFrame) -> ParsedBars:
    """Check a delivered frame of bars; its columns may be text (CSV) or typed (Parquet).

    Rows under one key with different prices are all refused: neither can be trusted.
    """
    numbered = raw.with_row_index("line_no", offset=1).with_columns(pl.col("line_no").cast(pl.Int64))
    wrong = _wrong_columns(raw)
    if wrong:
        whole = numbered.select("line_no", reason_code=pl.lit("bad_schema"), detail=pl.lit(wrong), raw=_raw(numbered))
        return ParsedBars(_contract(_typed(_EMPTY)), whole, raw.height, 0)
    typed = _typed(numbered).with_columns(_refusals(raw))
    refused = typed.filter(pl.col("why").is_not_null())
    good = typed.filter(pl.col("why").is_null())
    distinct = good.unique(COLUMNS, keep="first", maintain_order=True)
    torn = distinct.filter(pl.struct(_KEY).is_duplicated())
    conflicting = good.join(torn.select(_KEY).unique(), on=_KEY, how="semi")
    conflict = pl.struct(
        reason_code=pl.lit("conflicting_bar"), detail=pl.lit("one key has several prices in this file")
    )
    refused = pl.concat([refused, conflicting.with_columns(why=conflict)])
    rows = distinct.join(torn.select(_KEY).unique(), on=_KEY, how="anti")
    told = numbered.join(refused.select("line_no", "why"), on="line_no").sort("line_no")
    told = told.select("line_no", pl.col("why").struct.unnest(), _raw(told.drop("why")))
    return ParsedBars(_contract(rows), told, raw.height, good.height - conflicting.height - rows.height)


_EMPTY = pl.DataFrame(schema={"line_no": pl.Int64, **dict.fromkeys(COLUMNS, pl.String)})


def _wrong_columns(raw: pl.DataFrame) -> str | None:
    """Words for a file whose columns cannot be bars at all."""
    missing = [name for name in COLUMNS if name != "volume" and name not in raw.columns]
    if missing:
        return f"expected columns {', '.join(COLUMNS)}; missing {', '.join(missing)}; found {', '.join(raw.columns)}"
    for name in ["symbol", "timeframe"]:
        if raw[name].dtype != pl.String:
            return f"{name}: expected text, found {raw[name].dtype}"
    stamp = raw["ts"].dtype
    if stamp != pl.String and not (isinstance(stamp, pl.Datetime) and stamp.time_zone):
        return f"ts: expected times with a time zone, found {stamp}"
    for name in [*PRICES, *(["volume"] if "volume" in raw.columns else [])]:
        if not (raw[name].dtype.is_numeric() or raw[name].dtype in {pl.String, pl.Null}):
            return f"{name}: expected numbers, found {raw[name].dtype}"
    return None


def _typed(numbered: pl.DataFrame) -> pl.DataFrame:
    """Contract types; what does not parse becomes null and is refused by name."""
    frame = numbered if "volume" in numbered.columns else numbered.with_columns(volume=pl.lit(None, pl.Float64))
    return frame.select(
        "line_no", "symbol", "timeframe", _instant(frame), *(_number(frame, n) for n in [*PRICES, "volume"])
    )


def _instant(frame: pl.DataFrame) -> pl.Expr:
    if frame["ts"].dtype != pl.String:
        return pl.col("ts").dt.cast_time_unit("us").dt.convert_time_zone("UTC")
    text = pl.when(pl.col("ts").str.contains(_ZONED)).then(pl.col("ts").str.to_uppercase().str.replace(" ", "T"))
    return text.str.to_datetime("%+", time_unit="us", strict=False).alias("ts")


def _number(frame: pl.DataFrame, name: str) -> pl.Expr:
    if frame[name].dtype != pl.String:
        return pl.col(name).cast(pl.Float64)
    return pl.when(pl.col(name).str.contains(_NUMBER)).then(pl.col(name)).cast(pl.Float64, strict=False).alias(name)


def _refusals(raw: pl.DataFrame) -> pl.Expr:
    """First rule that a row breaks, as a struct of code and words; null where it keeps them all."""
    prices = pl.concat_list(PRICES)
    rules = [
        ("null_value", "symbol, timeframe, ts and prices must be there", _absent(raw)),
        ("naive_time", "ts: expected a time with an offset", _text_is(raw, "ts", _NAIVE)),
        ("bad_time", "ts: expected RFC 3339 with an offset", pl.col("ts").is_null()),
        ("wrong_type", "prices and volume: expected plain numbers", _not_numbers(raw)),
        (
            "unknown_word",
            f"timeframe: expected {TIMEFRAME_PATTERN}",
            ~pl.col("timeframe").str.contains(TIMEFRAME_PATTERN),
        ),
        ("not_finite", "prices and volume: expected finite numbers", ~_finite()),
        (
            "bad_prices",
            "prices must be above 0 and volume at least 0",
            (prices.list.min() <= 0) | (pl.col("volume") < 0),
        ),
        ("bad_prices", "expected low <= open, close <= high", ~_ordered()),
        ("missing_field", "symbol is empty", pl.col("symbol") == ""),
    ]
    cases = [pl.when(broken).then(pl.struct(reason_code=pl.lit(c), detail=pl.lit(d))) for c, d, broken in rules]
    return pl.coalesce(cases).alias("why")


def _absent(raw: pl.DataFrame) -> pl.Expr:
    given = ["symbol", "timeframe", "ts", *PRICES]
    empty = [raw[name].is_null() | ((raw[name] == "") if raw[name].dtype == pl.String else False) for name in given]
    return pl.any_horizontal(pl.lit(mask) for mask in empty)


def _text_is(raw: pl.DataFrame, name: str, pattern: str) -> pl.Expr:
    return pl.lit(raw[name].str.contains(pattern)) if raw[name].dtype == pl.String else pl.lit(value=False)


def _not_numbers(raw: pl.DataFrame) -> pl.Expr:
    texts = [name for name in [*PRICES, "volume"] if name in raw.columns and raw[name].dtype == pl.String]
    wrong = [pl.lit(raw[name].fill_null("") != "") & pl.col(name).is_null() for name in texts]
    return pl.any_horizontal(wrong) if wrong else pl.lit(value=False)


def _finite() -> pl.Expr:
    return pl.all_horizontal(
        [*(pl.col(name).is_finite() for name in PRICES), pl.col("volume").is_finite().fill_null(value=True)]
    )


def _ordered() -> pl.Expr:
    inner_low, inner_high = pl.min_horizontal("open", "close"), pl.max_horizontal("open", "close")
    return (pl.col("low") <= inner_low) & (inner_high <= pl.col("high"))


def _contract(rows: pl.DataFrame) -> pl.DataFrame:
    length = pl.duration(microseconds=timeframe_us(pl.col("timeframe")))
    full = rows.with_columns(day=pl.col("ts").dt.date(), known_at=pl.col("ts") + length, revision=pl.lit(0, pl.Int64))
    return full.select(*Bars.dtypes(), "line_no")


def _raw(rows: pl.DataFrame) -> pl.Series:
    """The rows as delivered, as JSON text."""
    texts = [json.dumps(row, default=str, ensure_ascii=False) for row in rows.drop("line_no").iter_rows(named=True)]
    return pl.Series("raw", texts, dtype=pl.String)
