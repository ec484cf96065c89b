"""Bars of a ParquetDataCatalog: fixed-point prices, the bar type in the file's metadata, the close as its time."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from learning_pipeline.errors import BadInput

if TYPE_CHECKING:
    import pyarrow as pa

PRICES = ["open", "high", "low", "close"]
COLUMNS = [*PRICES, "volume", "ts_event"]
_BAR_TYPE = re.compile(r"(.+)-(\d+)-([A-Z_]+)-([A-Z]+)-(EXTERNAL|INTERNAL)(?:@.*)?")
_UNITS = {"MINUTE": "m", "HOUR": "h", "DAY": "d", "WEEK": "w"}
_MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10080}
_DIGITS = {8: 9, 16: 16}
"""Bytes of a price -> decimal places that it has been multiplied by: standard and high precision."""

_LARGEST = {8: 2**63 - 1, 16: 2**127 - 1}
"""What stands where there is no price."""


class BarType(NamedTuple):
    """``BTCUSDT-PERP.BINANCE-1-MINUTE-LAST-EXTERNAL``. timeframe : None where bars are not made by time."""

    text: str
    symbol: str
    timeframe: str | None
    price: str
    source: str


def bar_type_of(text: str) -> BarType | None:
    """Read a bar type; None where it is none.

    >>> bar_type_of("BTCUSDT-PERP.BINANCE-15-MINUTE-LAST-INTERNAL@1-MINUTE-EXTERNAL")[1:]
    ('BTCUSDT-PERP.BINANCE', '15m', 'LAST', 'INTERNAL')
    >>> bar_type_of("ETH.SIM-100-TICK-LAST-EXTERNAL").timeframe, bar_type_of("trades.parquet")
    (None, None)
    """
    match = _BAR_TYPE.fullmatch(text)
    if match is None:
        return None
    symbol, step, aggregation, price, source = match.groups()
    unit = _UNITS.get(aggregation)
    return BarType(text, symbol, f"{int(step)}{unit}" if unit and int(step) else None, price, source)


def bar_type_in(path: Path) -> BarType | None:
    """Bar type of a Parquet file, by its metadata or else its folder; None where it holds no bars.

    Raises
    ------
    BadInput
        The file is damaged.
    """
    schema = _opened(path).schema_arrow
    if not set(COLUMNS) <= set(schema.names):
        return None
    named = (schema.metadata or {}).get(b"bar_type")
    return bar_type_of(named.decode(errors="replace") if named else path.parent.name)


def bars_of(path: Path, bar_type: BarType) -> pl.DataFrame:
    """Bars of a file in the columns of CONTRACTS 2.

    ``ts`` is the open time: nautilus' time is the close, so it is moved back by one bar. A close stamped within the
    last millisecond of a second (as Binance does) is that second's end. Prices are exact to the nearest float; a price
    that is not there is null.

    Raises
    ------
    BadInput
        The file is damaged, or prices are not of 8 or 16 bytes.
    """
    if bar_type.timeframe is None:
        raise ValueError(f"{bar_type.text} has no timeframe")
    table = _read(path)
    numbers = {name: _decoded(path, name, table[name].combine_chunks()) for name in [*PRICES, "volume"]}
    length = int(bar_type.timeframe[:-1]) * _MINUTES[bar_type.timeframe[-1]] * 60_000_000
    closed_ns = pl.from_arrow(table["ts_event"].cast("int64"))
    ns, second = pl.col("ns"), 10**9
    at_end = pl.when(ns % second >= second - 10**6).then((ns // second + 1) * second).otherwise(ns)
    opens = pl.DataFrame({"ns": closed_ns}).select(at_end // 1000 - length).to_series()
    named = {"symbol": bar_type.symbol, "timeframe": bar_type.timeframe, "ts": opens, **numbers}
    return pl.DataFrame(named).with_columns(pl.col("ts").cast(pl.Datetime("us", "UTC")))


def _opened(path: Path) -> Any:
    import pyarrow.parquet as pq  # noqa: PLC0415  # only where there are such files

    try:
        return pq.ParquetFile(path)
    except (OSError, ValueError) as e:
        raise BadInput(f"{path}: expected a Parquet file, found none that can be read: {_line(e)}") from e


def _read(path: Path) -> pa.Table:
    try:
        return _opened(path).read(columns=COLUMNS)
    except (OSError, ValueError) as e:
        raise BadInput(f"{path}: expected bars, found a Parquet file that cannot be read: {_line(e)}") from e


def _line(e: Exception) -> str:
    return str(e).partition("\n")[0][:120]


def _decoded(path: Path, name: str, column: pa.Array) -> pl.Series:
    """Fixed-point integers -> nearest floats.

    By way of their decimal text: a quotient of floats would round twice where an integer has more than 53 bits.
    """
    import pyarrow as pa  # noqa: PLC0415  # only where there are such files

    width = column.type.bit_width // 8 if pa.types.is_int64(column.type) else getattr(column.type, "byte_width", 0)
    is_fixed = pa.types.is_fixed_size_binary(column.type) or pa.types.is_int64(column.type)
    if not is_fixed or width not in _DIGITS:
        raise BadInput(f"{path}: `{name}`: expected fixed-point prices of 8 or 16 bytes, found {column.type}")
    digits = _as_decimals(column, width).cast(pa.string())
    largest = f"{_LARGEST[width]:0{_DIGITS[width] + 1}d}"
    undefined = f"{largest[: -_DIGITS[width]]}.{largest[-_DIGITS[width] :]}"
    text = pl.DataFrame({name: pl.from_arrow(digits)})
    return text.select(pl.when(pl.col(name) != undefined).then(pl.col(name)).cast(pl.Float64)).to_series()


def _as_decimals(column: pa.Array, width: int) -> pa.Array:
    """The same bytes read as decimals; eight bytes are widened to sixteen with their sign."""
    import numpy as np  # noqa: PLC0415  # only where there are such files
    import pyarrow as pa  # noqa: PLC0415  # only where there are such files

    raw = np.frombuffer(column.buffers()[1], dtype="<i8")
    words = width // 8
    halves = raw[column.offset * words : (column.offset + len(column)) * words]
    if width == 8:
        halves = np.column_stack([halves, halves >> 63]).ravel()
    data = pa.py_buffer(np.ascontiguousarray(halves).tobytes())
    return pa.Array.from_buffers(pa.decimal128(38, _DIGITS[width]), len(column), [None, data])
