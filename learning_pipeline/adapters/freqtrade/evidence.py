"""What lies beside the trades of a backtest, in its zip and in its folder: what was wanted and not traded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

import polars as pl

from learning_pipeline.adapters.freqtrade.archive import Archive
from learning_pipeline.adapters.freqtrade.decision_log import Logged, log_beside, logged_entries
from learning_pipeline.adapters.freqtrade.features import signal_rows
from learning_pipeline.adapters.freqtrade.frames import file_frame
from learning_pipeline.adapters.freqtrade.options import FreqtradeOptions
from learning_pipeline.adapters.freqtrade.pickles import pickled_frames
from learning_pipeline.adapters.freqtrade.rejected import parted
from learning_pipeline.errors import BadInput

T = TypeVar("T")

COPIES = "analysis_parquet"
"""Folder of Parquet copies of the pickles, ``<Strategy>_rejected.parquet`` and ``_signals.parquet``."""


class Evidence(NamedTuple):
    """By strategy; a strategy that is missing has none."""

    log: dict[str, list[Logged]]
    rejected: dict[str, pl.DataFrame]
    """Exactly as many rows as freqtrade counted."""

    signals: dict[str, pl.DataFrame]
    """``pair``, ``date`` of the signal's candle, and its indicators."""

    miscounted: dict[str, str]
    """Why rows of rejected signals that were found are not taken."""

    gaps: tuple[str, ...]
    """What was there and could not be read."""


def gathered(
    path: Path, archive: Archive | None, base: str, counts: dict[str, int], options: FreqtradeOptions
) -> Evidence:
    """Everything that lies beside a backtest.

    Parameters
    ----------
    counts : dict
        Rejected signals by strategy, as the JSON counts them, in the order in which the strategies ran.
    """
    gaps: list[str] = []
    log = log_beside(path)
    logged = _or_gap(lambda: logged_entries(log) if log else {}, gaps)
    rejected, signals = (_copies(path, kind, counts, gaps) for kind in ("rejected", "signals"))
    if options.pickles and archive is not None:
        rejected |= _pickled(archive, f"{base}_rejected.pkl", gaps)
        signals |= _pickled(archive, f"{base}_signals.pkl", gaps)
    rows = _or_gap(lambda: parted(rejected, counts, str(path)), gaps)
    taken = {name: own for name, own in rows.items() if own is not None}
    missed = {
        name: f"{name}: freqtrade counted {counts[name]:,} rejected signals and other rows were found; none is taken"
        for name, own in rows.items()
        if own is None and name in counts
    }
    sound = _or_gap(lambda: {name: signal_rows(frame, name) for name, frame in signals.items()}, gaps)
    return Evidence(logged, taken, sound, missed, tuple(gaps))


def _copies(path: Path, kind: str, counts: dict[str, int], gaps: list[str]) -> dict[str, pl.DataFrame]:
    files = {name: path.parent / COPIES / f"{name}_{kind}.parquet" for name in counts if "/" not in name}
    found = {name: file for name, file in files.items() if file.is_file()}
    return _or_gap(lambda: {name: file_frame(file) for name, file in found.items()}, gaps)


def _pickled(archive: Archive, name: str, gaps: list[str]) -> dict[str, pl.DataFrame]:
    if name not in archive.names:
        return {}
    return _or_gap(lambda: pickled_frames(archive.read(name), f"{archive.path.name}: {name}"), gaps)


def _or_gap(read: Callable[[], dict[str, T]], gaps: list[str]) -> dict[str, T]:
    try:
        return read()
    except BadInput as e:
        gaps.append(str(e))
        return {}
