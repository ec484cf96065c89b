"""A file of NautilusTrader: which kind it is, and its rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import polars.selectors as cs

from learning_pipeline.adapters.nautilus.event_log import is_event_log, told_by_events
from learning_pipeline.adapters.nautilus.reports import report_of
from learning_pipeline.adapters.nautilus.row import Row
from learning_pipeline.adapters.nautilus.session import Told
from learning_pipeline.errors import BadInput

LOGS = {".jsonl", ".ndjson", ".json", ".log"}
TABLES = {".csv", ".parquet"}


def told_by(path: Path) -> Told | None:
    """What a report or a file of events tells; None where it is neither.

    Raises
    ------
    BadInput
        The file is damaged, a report lacks columns, or a value is not what nautilus writes.
    """
    if path.suffix in LOGS:
        return told_by_events(path) if is_event_log(path) else None
    columns = _columns(path) if path.suffix in TABLES else []
    report = report_of(columns, str(path))
    return None if report is None else report.read(_rows(path))


def _columns(path: Path) -> list[str]:
    try:
        if path.suffix == ".parquet":
            return list(pl.read_parquet_schema(path))
        return pl.scan_csv(path, infer_schema=False, n_rows=0).collect_schema().names()
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as e:
        raise BadInput(f"{path}: expected a table, found a file that cannot be read: {_line(e)}") from e


def _rows(path: Path) -> Iterator[Row]:
    try:
        frame = _frame(path)
    except (pl.exceptions.PolarsError, OSError) as e:
        raise BadInput(f"{path}: expected a report of nautilus, found a damaged table: {_line(e)}") from e
    for n, values in enumerate(frame.iter_rows(named=True), 1):
        yield Row(f"{path} row {n}", values)


def _frame(path: Path) -> pl.DataFrame:
    """Text from a CSV; from Parquet what it holds, times as nanoseconds."""
    if path.suffix == ".csv":
        return pl.read_csv(path, infer_schema=False)
    return pl.read_parquet(path).with_columns(cs.datetime().dt.timestamp("ns"))


def _line(e: Exception) -> str:
    return str(e).partition("\n")[0][:120]
