"""Every file of freqtrade under some paths, to the reader that knows it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from learning_pipeline.adapters.found import found_files
from learning_pipeline.adapters.freqtrade.archive import is_backtest
from learning_pipeline.adapters.freqtrade.backtest import backtest_imports
from learning_pipeline.adapters.freqtrade.candle_file import is_candles
from learning_pipeline.adapters.freqtrade.candles import candles
from learning_pipeline.adapters.freqtrade.database import database_imports
from learning_pipeline.adapters.freqtrade.decision_log import is_decision_log
from learning_pipeline.adapters.freqtrade.decisions import log_imports
from learning_pipeline.adapters.freqtrade.options import FreqtradeOptions
from learning_pipeline.adapters.freqtrade.recorded import Told, but_for, is_recorded, recorded_imports, told_by
from learning_pipeline.adapters.freqtrade.tables import is_database
from learning_pipeline.adapters.imported import Imported
from learning_pipeline.errors import BadInput


class Reader(NamedTuple):
    """A kind of file: how it is told by its path, and what is read of it."""

    recognises: Callable[[Path], bool]
    read: Callable[[Path, FreqtradeOptions], Iterator[Imported]]


class Wanted(NamedTuple):
    """Candles that an import needs; None: all of them, as no event names any."""

    pairs: frozenset[str] | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None

    def and_of(self, pairs: frozenset[str], first: dt.datetime, last: dt.datetime) -> Wanted:
        """With those of events on some pairs between two instants."""
        since, until = first - BEFORE, last + AFTER
        return Wanted(
            (self.pairs or frozenset()) | pairs, min(self.since or since, since), max(self.until or until, until)
        )


class CandleReader(NamedTuple):
    """Files of candles, read once it is known of which pairs they are wanted; all of them at once."""

    recognises: Callable[[Path], bool]
    read: Callable[[Sequence[Path], Wanted], Iterator[Imported]]


READERS = (
    Reader(is_backtest, backtest_imports),
    Reader(is_decision_log, log_imports),
    Reader(is_recorded, recorded_imports),
    Reader(is_database, database_imports),
)
"""Tried in this order."""

CANDLES = (CandleReader(is_candles, lambda files, wanted: candles(files, *wanted)),)
BEFORE = dt.timedelta(days=60)
"""Candles are wanted from so long before the first event: what a signal's ATR and features look back on."""

AFTER = dt.timedelta(days=7)
"""And until so long after the last: verdicts are as of the newest candle, and empty days only thin them."""


def imported(paths: Sequence[Path], options: FreqtradeOptions) -> Iterator[Imported]:
    """Everything of freqtrade's under files and folders, such as a whole ``user_data``.

    A file that merely lies in a folder and cannot be used is told as a gap; one that was named is an error.

    Raises
    ------
    BadInput
        A path that is not there, a named file of another kind or damaged, or nothing found at all.
    """
    candles: list[tuple[CandleReader, Path]] = []
    files = list(found_files(paths))
    told = told_by(path for path, _ in files if is_recorded(path))
    wanted, n = Wanted().and_of(told.pairs, *told.span) if told.pairs and told.span else Wanted(), 0
    for one in _each(files, options, candles, told):
        wanted, n = _widened(wanted, one), n + 1
        yield one
    for reader in CANDLES:
        for one in reader.read([path for of, path in candles if of is reader], wanted):
            n += 1
            yield one
    if not n:
        raise BadInput(f"nothing of freqtrade's in {', '.join(map(str, paths))}: expected a user_data folder or files")


def _each(
    files: Sequence[tuple[Path, bool]],
    options: FreqtradeOptions,
    candles: list[tuple[CandleReader, Path]],
    told: Told,
) -> Iterator[Imported]:
    """What every file holds, but for what a bot has recorded itself; candles are put aside."""
    for path, is_named in files:
        reader = next((reader for reader in READERS if reader.recognises(path)), None)
        of_candles = next((reader for reader in CANDLES if reader.recognises(path)), None)
        if reader is not None:
            for one in reader.read(path, options) if is_named else _or_gap(reader, path, options):
                yield but_for(one, told)
        elif of_candles is not None:
            candles.append((of_candles, path))
        elif is_named:
            raise BadInput(f"{path} is nothing that freqtrade writes: expected a backtest's zip, a database or candles")


def _or_gap(reader: Reader, path: Path, options: FreqtradeOptions) -> Iterator[Imported]:
    try:
        yield from reader.read(path, options)
    except BadInput as e:
        yield Imported(stem=re.sub(r"[^A-Za-z0-9._-]", "_", path.name), told=f"{path.name}, not read", gaps=(str(e),))


def _widened(wanted: Wanted, one: Imported) -> Wanted:
    """The wanted candles, with those of an import's events."""
    pairs = frozenset(event.payload["symbol"] for event in one.events if "symbol" in event.payload)
    if not pairs:
        return wanted
    return wanted.and_of(pairs, min(event.at for event in one.events), max(event.at for event in one.events))
