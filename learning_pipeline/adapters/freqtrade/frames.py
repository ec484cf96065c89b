"""Frames out of files by anybody: one clear line, whatever is in them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.feather

from learning_pipeline.errors import BadInput

_DAMAGED = (pl.exceptions.PolarsError, pl.exceptions.PanicException, pa.ArrowException, OSError, ValueError)


def arrow_frame(content: bytes, where: str) -> pl.DataFrame:
    """A feather file, checked in full before a value is read."""
    try:
        table = pyarrow.feather.read_table(io.BytesIO(content))
        table.validate(full=True)
        return pl.DataFrame(pl.from_arrow(table))
    except _DAMAGED as e:
        raise BadInput(f"{where}: expected a feather file ({_first_line(e)})") from e


def file_frame(path: Path) -> pl.DataFrame:
    """A Parquet, CSV or JSONL file, by its ending."""
    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path)
        return pl.read_csv(path) if path.suffix == ".csv" else pl.read_ndjson(path)
    except _DAMAGED as e:
        raise BadInput(f"{path}: expected a table ({_first_line(e)})") from e


def require_columns(frame: pl.DataFrame, wanted: Mapping[str, Any], where: str) -> pl.DataFrame:
    """The frame, if it has these columns; times must bear a zone, numbers may be of any kind."""
    for name, dtype in wanted.items():
        found = frame.schema.get(name)
        fits = found.is_numeric() if found and dtype.is_numeric() else isinstance(found, dtype)
        if not fits or (isinstance(found, pl.Datetime) and not found.time_zone):
            raise BadInput(f"{where}: expected {name} as {dtype.__name__}, found {found or 'no such column'}")
    return frame


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
