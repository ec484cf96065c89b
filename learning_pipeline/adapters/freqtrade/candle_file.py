"""A candle file of ``user_data/data``: what its name says, and its rows."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from pathlib import Path
from typing import NamedTuple

import msgspec
import polars as pl

from learning_pipeline.contracts import TIMEFRAME_PATTERN, timeframe_length
from learning_pipeline.errors import BadInput

MAX_BYTES = 1 << 30
"""Of a file, JSON unpacked; more is no file of candles (ten years of minutes take a third of it)."""

_NAME = re.compile(r"(?P<pair>[\w-]+)-(?P<length>\d+[A-Za-z]{1,2})(?:-(?P<kind>[A-Za-z_]+))?\.(?P<format>[a-z0-9.]+)")
_TRADED = {None, "spot", "futures"}
_COLUMNS = ["date", "open", "high", "low", "close", "volume"]
_READERS = ("feather", "parquet", "json.gz", "json")
"""Formats, the best first: where a pair lies there in two, the better one is read."""

_decode_rows = msgspec.json.Decoder(list[tuple[int, *(float | None,) * 5]]).decode  # type: ignore[misc]


class CandleFile(NamedTuple):
    """A candle file and what its name says."""

    path: Path
    pair: str
    """As freqtrade names it: ``BTC/USDT``, ``BTC/USDT:USDT``."""

    timeframe: str
    exchange: str
    """Name of the exchange's folder."""

    format: str

    @property
    def rank(self) -> int:
        """Place of its format in the order of preference."""
        return _READERS.index(self.format)


def candle_file(path: Path) -> CandleFile | str | None:
    """What a file's name says; why it holds no candles that can be used; None for a file of another kind.

    >>> candle_file(Path("data/binance/futures/BTC_USDT_USDT-1h-futures.feather"))[1:]
    ('BTC/USDT:USDT', '1h', 'binance', 'feather')
    >>> candle_file(Path("data/binance/futures/BTC_USDT_USDT-8h-mark.feather"))
    'mark prices are not traded prices'
    """
    found = _NAME.fullmatch(path.name)
    if path.name.startswith(".") or not found:
        return None
    if found["format"] == "h5":
        return "HDF5 is not read (freqtrade convert-data makes feather of it)"
    if found["format"] not in _READERS:
        return None
    if found["kind"] not in _TRADED:
        return f"{found['kind']} prices are not traded prices"
    if not re.fullmatch(TIMEFRAME_PATTERN, found["length"]):
        return f"candles of {found['length']} have no fixed length"
    folder = path.resolve().parent
    exchange = folder.parent.name if folder.name == "futures" else folder.name
    return CandleFile(path, _pair(found["pair"]), found["length"], exchange, found["format"])


def is_candles(path: Path) -> bool:
    """Whether a file is called like one of candles, or like prices that were never traded."""
    return candle_file(path) is not None


def in_file_name(pair: str) -> str:
    """A pair as freqtrade writes it in names of files.

    >>> in_file_name("BTC/USDT:USDT")
    'BTC_USDT_USDT'
    """
    return re.sub(r"[/ .@$+:]", "_", pair)


def read_candles(file: CandleFile, since: dt.datetime | None, until: dt.datetime | None) -> tuple[pl.DataFrame, int]:
    """Bars of CONTRACTS 2 that open in ``[since, until)``, in order; and how many were not closed when written.

    A candle whose end lies after the file's last change was still forming: it is left out.

    Raises
    ------
    BadInput
        The file cannot be read as candles.
    """
    try:
        rows = _bars(_scan(file), file, since, until).collect()
        if rows["ts"].null_count():
            raise ValueError("a candle without a time")  # noqa: TRY301  # told with the other faults
        written = dt.datetime.fromtimestamp(file.path.stat().st_mtime, dt.UTC)
    except (OSError, EOFError, ValueError, pl.exceptions.PolarsError, msgspec.MsgspecError) as e:
        said = str(e).splitlines()[0] if str(e) else type(e).__name__
        raise BadInput(f"{file.path}: expected candles ({', '.join(_COLUMNS)}), could not be read: {said}") from e
    closed = rows.filter(pl.col("ts") + timeframe_length(file.timeframe) <= written)
    return closed, rows.height - closed.height


def _pair(name: str) -> str:
    """``BTC_USDT_USDT`` is BTC/USDT:USDT; a name without ``_`` stays."""
    return name.replace("_", "/", 1).replace("_", ":", 1)


def _scan(file: CandleFile) -> pl.LazyFrame:
    # bytes, not the path: a bot may rewrite the file meanwhile, and a mapped file that shrinks kills the process
    content = _content(file)
    if file.format == "feather":
        return pl.scan_ipc(content)
    if file.format == "parquet":
        return pl.scan_parquet(content)
    schema = dict.fromkeys(_COLUMNS, pl.Float64) | {"date": pl.Int64}
    return pl.LazyFrame(_decode_rows(content), schema=schema, orient="row")


def _content(file: CandleFile) -> bytes:
    with (gzip.open if file.format == "json.gz" else open)(file.path, "rb") as stream:
        content: bytes = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES} bytes")
    return content


def _bars(rows: pl.LazyFrame, file: CandleFile, since: dt.datetime | None, until: dt.datetime | None) -> pl.LazyFrame:
    schema = rows.collect_schema()
    if missing := [name for name in _COLUMNS if name not in schema]:
        raise ValueError(f"no column {', '.join(missing)}; found {', '.join(schema)}")
    opened = _instant(schema["date"])
    wanted = [*([opened >= since] if since else []), *([opened < until] if until else [])]
    return rows.filter(*wanted).select(
        symbol=pl.lit(file.pair),
        timeframe=pl.lit(file.timeframe),
        ts=opened,
        **{name: pl.col(name).cast(pl.Float64) for name in _COLUMNS[1:5]},
        volume=pl.col("volume").cast(pl.Float64).fill_nan(None),
    )


def _instant(date: pl.DataType) -> pl.Expr:
    """The column ``date`` as UTC: milliseconds since 1970, or a time, which freqtrade means as UTC."""
    if date.is_integer():
        return pl.from_epoch("date", time_unit="ms").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    if not isinstance(date, pl.Datetime):
        raise ValueError(f"expected times in column date, was {date}")  # noqa: TRY004  # told with the other faults
    zoned = pl.col("date").dt.convert_time_zone("UTC") if date.time_zone else pl.col("date").dt.replace_time_zone("UTC")
    return zoned.cast(pl.Datetime("us", "UTC"))
