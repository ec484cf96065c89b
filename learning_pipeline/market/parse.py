"""Delivered bars, checked row by row: nothing is coerced, every row is accounted for (CONTRACTS 2)."""

from __future__ import annotations

import datetime as dt
import json
from typing import NamedTuple

import polars as pl
import polars.selectors as cs

from learning_pipeline.contracts import TIMEFRAME_PATTERN, timeframe_us
from learning_pipeline.market.tables import Bars

PRICES = ["open", "high", "low", "close"]
COLUMNS = ["symbol", "timeframe", "ts", *PRICES, "volume"]
_KEY = ["symbol", "timeframe", "ts"]
_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
_ZONED = r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:[0-5]\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$"
_NAIVE = r"^\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?)?$"
_FROM, _BEFORE = dt.datetime(1900, 1, 1, tzinfo=dt.UTC), dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
_PER_SECOND = {"ms": 10**3, "us": 10**6, "ns": 10**9}
_FIRST = pl.lit(0, pl.Int64)


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
    wrong = _wrong_columns(raw)
    if wrong:
        whole = raw.select(_line_no(), why=_why("bad_schema", wrong))
        return ParsedBars(Bars.frame().with_columns(line_no=_FIRST), _told(raw, whole), raw.height, 0)
    judged = _typed(raw).with_columns(_refusals(raw))
    good = judged.filter(pl.col("why").is_null())
    distinct = good.unique(COLUMNS, keep="first", maintain_order=True)
    torn = distinct.filter(pl.struct(_KEY).is_duplicated()).select(_KEY).unique()
    conflicting = good.join(torn, on=_KEY, how="semi")
    conflict = _why("conflicting_bar", "one key has several prices in this file")
    refused = pl.concat([judged.filter(pl.col("why").is_not_null()), conflicting.with_columns(why=conflict)])
    rows = distinct.join(torn, on=_KEY, how="anti")
    n_duplicate = good.height - conflicting.height - rows.height
    return ParsedBars(_contract(rows), _told(raw, refused), raw.height, n_duplicate)


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


def _line_no() -> pl.Expr:
    return pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("line_no")


def _typed(raw: pl.DataFrame) -> pl.DataFrame:
    """Contract types; what does not parse becomes null and is refused by name."""
    frame = raw if "volume" in raw.columns else raw.with_columns(volume=pl.lit(None, pl.Float64))
    numbers = [_number(name, frame[name].dtype) for name in [*PRICES, "volume"]]
    return frame.select(_line_no(), "symbol", "timeframe", _instant(frame["ts"].dtype), *numbers)


def _instant(dtype: pl.DataType) -> pl.Expr:
    """``ts`` in UTC; null where it is not a time, or so far away that it cannot be meant."""
    ts, per_second = pl.col("ts"), _PER_SECOND[getattr(dtype, "time_unit", "us")]
    if dtype == pl.String:
        text = pl.when(ts.str.contains(_ZONED)).then(ts.str.to_uppercase().str.replace(" ", "T"))
        ts = text.str.to_datetime("%+", time_unit="us", strict=False)
    first, end = (int(instant.timestamp()) * per_second for instant in (_FROM, _BEFORE))
    meant = pl.when(ts.to_physical().is_between(first, end, closed="left")).then(ts)
    return meant.dt.cast_time_unit("us").dt.convert_time_zone("UTC").alias("ts")


def _number(name: str, dtype: pl.DataType) -> pl.Expr:
    number = pl.col(name)
    if dtype == pl.String:
        number = pl.when(number.str.contains(_NUMBER)).then(number)
    return (number.cast(pl.Float64, strict=False) + 0.0).alias(name)  # makes -0.0 the 0.0 that it equals


def _refusals(raw: pl.DataFrame) -> pl.Expr:
    """First rule that a row breaks, as a struct of code and words; null where it keeps them all."""
    years = f"from {_FROM:%Y} and before {_BEFORE:%Y}"
    numbers = "prices and volume: expected"
    rules = [
        ("null_value", "symbol, timeframe, ts and prices must be there", _absent(raw)),
        ("naive_time", "ts: expected a time with an offset", _text_is(raw, "ts", _NAIVE)),
        ("bad_time", f"ts: expected RFC 3339 with an offset, {years}", pl.col("ts").is_null()),
        ("unknown_word", f"timeframe: expected {TIMEFRAME_PATTERN}", _length().is_null()),
        ("bad_time", f"expected a bar that closes before {_BEFORE:%Y}", pl.col("ts") + _length() >= _BEFORE),
        ("wrong_type", f"{numbers} plain numbers", _not_numbers(raw)),
        ("not_finite", f"{numbers} finite numbers", ~_finite()),
        ("bad_prices", "expected prices above 0 and a volume of at least 0", _not_positive()),
        ("bad_prices", "expected low <= open, close <= high", ~_ordered()),
    ]
    cases = [pl.when(broken).then(_why(code, detail)) for code, detail, broken in rules]
    return pl.coalesce(cases).alias("why")


def _why(code: str, detail: str) -> pl.Expr:
    return pl.struct(reason_code=pl.lit(code), detail=pl.lit(detail))


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


def _not_positive() -> pl.Expr:
    return (pl.concat_list(PRICES).list.min() <= 0) | (pl.col("volume") < 0).fill_null(value=False)


def _ordered() -> pl.Expr:
    inner_low, inner_high = pl.min_horizontal("open", "close"), pl.max_horizontal("open", "close")
    return (pl.col("low") <= inner_low) & (inner_high <= pl.col("high"))


def _length() -> pl.Expr:
    """Length of the bar; null where the timeframe is no such word."""
    word = pl.when(pl.col("timeframe").str.contains(TIMEFRAME_PATTERN)).then("timeframe")
    return timeframe_us(word).cast(pl.Duration("us"))


def _contract(rows: pl.DataFrame) -> pl.DataFrame:
    full = rows.with_columns(day=pl.col("ts").dt.date(), known_at=pl.col("ts") + _length(), revision=_FIRST)
    return full.select(*Bars.dtypes(), "line_no")


def _told(raw: pl.DataFrame, refused: pl.DataFrame) -> pl.DataFrame:
    """Refused rows in the order of the file: line_no, reason_code, detail, raw."""
    ordered = refused.sort("line_no").select("line_no", pl.col("why").struct.unnest())
    return ordered.with_columns(_as_delivered(raw[(ordered["line_no"] - 1).to_list()]))


def _as_delivered(rows: pl.DataFrame) -> pl.Series:
    """The rows as JSON text; times of typed columns as the numbers they are stored as."""
    plain = rows.with_columns(cs.temporal().to_physical())
    texts = [json.dumps(row, default=str, ensure_ascii=False) for row in plain.iter_rows(named=True)]
    return pl.Series("raw", texts, dtype=pl.String)
