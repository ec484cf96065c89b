"""A log of every entry that a strategy wanted in a backtest: the one thing that freqtrade itself does not export."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from learning_pipeline.adapters.freqtrade.frames import file_frame, require_columns
from learning_pipeline.adapters.freqtrade.gates import ALREADY_OPEN, CONFIRM, MAX_OPEN_TRADES, guard_of
from learning_pipeline.errors import BadInput

SUFFIXES = (".parquet", ".csv", ".jsonl")
WORDS = ("entered", "rejected", "vetoed", "blocked_lock", "skipped")
_NEEDED = {"strategy": pl.String, "pair": pl.String, "date": pl.Datetime, "open": pl.Float64, "decision": pl.String}
_OPTIONAL = {"side": pl.String, "enter_tag": pl.String, "reason": pl.String, "timeframe": pl.String}
_STOPPED = {"rejected": MAX_OPEN_TRADES, "vetoed": CONFIRM, "skipped": ALREADY_OPEN}


class Logged(NamedTuple):
    """One entry that was wanted."""

    pair: str
    at: dt.datetime
    """Open of the candle of the entry."""

    price: float
    """That candle's open."""

    is_short: bool
    enter_tag: str | None
    decision: str
    reason: str | None
    open_trades: int | None
    timeframe: str | None

    @property
    def stopped_by(self) -> str | None:
        """The gate that stopped it; None: entered."""
        return guard_of(self.reason) if self.decision == "blocked_lock" else _STOPPED.get(self.decision)


def is_decision_log(path: Path) -> bool:
    """Whether a file bears the name of a decision log."""
    return path.stem == "decision_log" and path.suffix in SUFFIXES


def log_beside(path: Path) -> Path | None:
    """The decision log in the folder of a file, if there is one."""
    found = (path.with_name(f"decision_log{suffix}") for suffix in SUFFIXES)
    return next((log for log in found if log.is_file()), None)


def logged_entries(path: Path) -> dict[str, list[Logged]]:
    """What each strategy wanted, in the order of time.

    Raises
    ------
    BadInput
        A column is missing or of another type, a decision is none of `WORDS`, or a price is none.
    """
    frame = _typed(file_frame(path), path)
    bad = frame.filter(~pl.col("decision").is_in(WORDS) | ~pl.col("open").is_finite() | (pl.col("open") <= 0))
    if bad.height or frame.select(*_NEEDED).null_count().sum_horizontal().item():
        shown = bad.row(0, named=True) if bad.height else "an empty cell"
        raise BadInput(f"{path}: expected decision as one of {', '.join(WORDS)} and an open above 0, found {shown}")
    entries: dict[str, list[Logged]] = {}
    for row in frame.sort("date", "pair", maintain_order=True).iter_rows(named=True):
        entries.setdefault(row["strategy"], []).append(_logged(row))
    return entries


def _typed(frame: pl.DataFrame, path: Path) -> pl.DataFrame:
    """The columns that are read, typed; dates in text must bear an offset."""
    if frame.schema.get("date") == pl.String:
        stamp = pl.col("date").str.replace(" ", "T", literal=True)
        frame = frame.with_columns(stamp.str.to_datetime("%+", time_unit="us", strict=False))
    require_columns(frame, _NEEDED, str(path))
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in _OPTIONAL.items() if name not in frame.columns]
    if "open_trades_before" not in frame.columns:
        missing.append(pl.lit(None, pl.Int64).alias("open_trades_before"))
    full = frame.with_columns(missing).with_columns(pl.col(name).cast(pl.String) for name in _OPTIONAL)
    return full.with_columns(
        pl.col("date").dt.convert_time_zone("UTC").dt.cast_time_unit("us"),
        pl.col("open").cast(pl.Float64),
        pl.col("open_trades_before").cast(pl.Int64, strict=False),
    )


def _logged(row: dict[str, Any]) -> Logged:
    return Logged(
        pair=row["pair"],
        at=row["date"],
        price=row["open"],
        is_short=row["side"] == "short",
        enter_tag=row["enter_tag"] or None,
        decision=row["decision"],
        reason=row["reason"] or None,
        open_trades=row["open_trades_before"],
        timeframe=row["timeframe"],
    )


def guards_in(entries: list[Logged]) -> Iterator[str]:
    """Protections that stopped an entry."""
    yield from (guard_of(one.reason) for one in entries if one.decision == "blocked_lock")
