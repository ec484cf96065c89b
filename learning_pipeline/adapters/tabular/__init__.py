"""Trades and signals from any CSV or Parquet, with a small map from our names to its columns.

A row that cannot be used is delivered as it stands: the quarantine keeps it with its reason, and ``gaps`` names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from learning_pipeline.adapters.found import found_files
from learning_pipeline.adapters.imported import Event, Imported
from learning_pipeline.adapters.tabular import signals, trades
from learning_pipeline.adapters.tabular.rows import Line, lines_of
from learning_pipeline.adapters.tabular.table import ENDINGS, Table, named, table_of
from learning_pipeline.adapters.timeframe import require_timeframe
from learning_pipeline.errors import BadInput

_MOST_NAMED = 5


class _How(NamedTuple):
    """What a person said of the files."""

    kind: Literal["trades", "signals"]
    columns: Mapping[str, str]
    source: str
    timeframe: str | None
    zone: ZoneInfo | None
    features: Sequence[str]


def imported(
    paths: Sequence[Path],
    kind: Literal["trades", "signals"],
    columns: Mapping[str, str],
    source: str,
    timeframe: str | None = None,
    timezone: str | None = None,
    features: Sequence[str] = (),
) -> Iterator[Imported]:
    """One import per file.

    Parameters
    ----------
    paths : sequence of Path
        Files or folders of ``.csv``, ``.tsv``, ``.txt`` or ``.parquet``; of a folder those that have the columns.
    kind : {'trades', 'signals'}
        What a row is.
    columns : mapping
        Our name -> theirs, for columns that are called otherwise: ``{"pnl_usd": "profit"}``.
    source : str
        The bot; it stands before every id.
    timeframe : str, optional
        Of every row, where no column tells it.
    timezone : str, optional
        Of times that have none, such as ``Europe/Berlin``.
    features : sequence of str
        Columns of numbers known at the signal, beside those named ``feature.*``; signals only.

    Raises
    ------
    BadInput
        A file is damaged, lacks a column, or has times without a zone; a name, timeframe or zone is not known.
    """
    _require_known(kind, timeframe, features)
    how = _How(kind, columns, source, timeframe, _zone(timezone), features)
    found = 0
    for path, is_named in found_files(paths):
        if not is_named and (path.suffix not in ENDINGS or path.stat().st_size == 0):
            continue
        table = table_of(path)
        if is_named or _has_columns(table, how):
            found += 1
            yield _imported(table, how)
    if not found:
        raise BadInput(f"found no file with the columns of {kind} in {', '.join(map(str, paths))}")


def _require_known(kind: str, timeframe: str | None, features: Sequence[str]) -> None:
    if kind not in {"trades", "signals"}:
        raise BadInput(f"expected trades or signals, found {kind!r}")
    require_timeframe(timeframe)
    if features and kind == "trades":
        raise BadInput("features are of signals; a trade has none")


def _zone(timezone: str | None) -> ZoneInfo | None:
    try:
        return None if timezone is None else ZoneInfo(timezone)
    except (KeyError, ValueError, OSError) as e:
        raise BadInput(f"timezone: expected one such as UTC or Europe/Berlin, found {timezone!r}") from e


def _has_columns(table: Table, how: _How) -> bool:
    """Whether a file that lies in a folder is one of those that are meant."""
    required = trades.REQUIRED if how.kind == "trades" else signals.REQUIRED
    return all(how.columns.get(name, name) in table.frame.columns for name in required)


def _names(table: Table, how: _How) -> dict[str, str]:
    """Our name -> column of the file, timeframe and features with them."""
    room = trades if how.kind == "trades" else signals
    names = named(table, how.columns, room.REQUIRED, room.OPTIONAL)
    if "timeframe" not in names and how.timeframe is None:
        raise BadInput(f"{table.path}: no column tells the timeframe; map one, or give it, such as --timeframe 1h")
    unknown = [name for name in how.features if name not in table.frame.columns]
    if unknown:
        raise BadInput(f"{table.path}: the feature {unknown[0]!r} is no column of it: {', '.join(table.frame.columns)}")
    by_name = [name for name in table.frame.columns if name.startswith(signals.FEATURE)] if room is signals else []
    features = {f"{signals.FEATURE}{name.removeprefix(signals.FEATURE)}": name for name in [*by_name, *how.features]}
    return {**names, **features}


def _imported(table: Table, how: _How) -> Imported:
    names = _names(table, how)
    features = [name.removeprefix(signals.FEATURE) for name in names if name.startswith(signals.FEATURE)]
    kinds = trades.KINDS if how.kind == "trades" else signals.kinds_of(features)
    lines = lines_of(table, names, kinds, how.zone)
    events = _events(lines, how)
    return Imported(
        stem=re.sub(r"[^A-Za-z0-9._-]", "_", f"{how.source}-{how.kind}-{table.path.stem}"),
        told=f"{table.frame.height} {how.kind} of {table.path.name}, {_written(table)}",
        source=how.source,
        events=tuple(events),
        counts=(("rows", table.frame.height), ("rows that cannot be read", sum(bool(line.faults) for line in lines))),
        gaps=(*(trades if how.kind == "trades" else signals).gaps_of(names), *_faults(table, lines)),
        grows=True,
    )


def _events(lines: list[Line], how: _How) -> list[Event]:
    if how.kind == "trades":
        return trades.trade_events(lines, how.source, how.timeframe)
    return list(signals.signal_events(lines, how.source, how.timeframe))


def _written(table: Table) -> str:
    """How the file was understood."""
    if table.separator is None:
        return "Parquet"
    parted = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}[table.separator]
    return f"CSV parted by {parted}, numbers with decimal {'commas' if table.decimal_comma else 'points'}"


def _faults(table: Table, lines: list[Line]) -> list[str]:
    """Sentences about rows that cannot be read; the first few by name."""
    faults = [fault for line in lines for fault in line.faults]
    more = [f"{len(faults) - _MOST_NAMED} more values cannot be read."] if len(faults) > _MOST_NAMED else []
    return [f"{table.path.name} {fault}; the row goes to quarantine." for fault in faults[:_MOST_NAMED]] + more
