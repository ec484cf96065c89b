"""Rows of the ledger as tables for analysts."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from learning_pipeline.contracts import Table


def copied(table: type[Table], rows: Iterable[Mapping[str, Any]], day_of: str) -> pl.DataFrame:
    """Rows in the columns of a table; instants may be RFC 3339 text; what is a mapping or list becomes canonical JSON.

    Parameters
    ----------
    day_of : str
        Column whose UTC day is the row's partition.
    """
    dtypes = table.dtypes()
    kept = [{name: _as(dtypes[name], row[name]) for name in dtypes if name in row} for row in rows]
    return table.frame([row | {"day": row[day_of].astimezone(dt.UTC).date()} for row in kept])


def _as(dtype: pl.DataType, value: Any) -> Any:
    if isinstance(dtype, pl.Datetime) and isinstance(value, str):
        return dt.datetime.fromisoformat(value)
    is_text = dtype == pl.String
    if is_text and isinstance(value, Mapping | list | tuple):
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return value
