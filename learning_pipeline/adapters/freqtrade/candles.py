"""Candles that freqtrade downloaded, as bars: whole months, so that a finished month is delivered once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

import polars as pl

from learning_pipeline.adapters.freqtrade.candle_file import CandleFile, candle_file, in_file_name, read_candles
from learning_pipeline.contracts.imported import Imported
from learning_pipeline.errors import BadInput


def candles(
    paths: Iterable[Path], pairs: frozenset[str] | None, since: dt.datetime | None, until: dt.datetime | None
) -> Iterator[Imported]:
    """Bars of the candle files among these files: one delivery a folder, timeframe and UTC month.

    Files of other kinds are passed over. Of one pair and timeframe in several formats or exchanges one file is read,
    and the others are named in a gap: bars have no exchange.

    Parameters
    ----------
    paths : files
        As found in ``user_data/data``.
    pairs : frozenset or None
        Only these, as freqtrade names them; None: all.
    since, until : datetime or None
        Only months that ``[since, until]`` touches. Months are whole, whatever is asked for: what is delivered again
        for a longer time is the same file again.

    Raises
    ------
    BadInput
        No file that was asked for can be read; else an unreadable file is a gap.
    """
    known = [(path, candle_file(path)) for path in sorted(set(paths))]
    chosen, doubles = _one_each(_asked_for([file for _, file in known if isinstance(file, CandleFile)], pairs))
    unusable = [(why, path) for path, why in known if isinstance(why, str)]
    gaps = _summed("passed over", [*unusable, *doubles])
    unread: list[str] = []
    for (exchange, timeframe), group in groupby(chosen, lambda file: (file.exchange, file.timeframe)):
        bars, said, lost = _read(list(group), _month(since, 0), _month(until, 1))
        unread += lost
        gaps += said
        for month in bars.partition_by("month", maintain_order=True, include_key=False) if bars.height else []:
            yield _delivered(exchange, timeframe, month, gaps)
            gaps = []
    if chosen and len(unread) == len(chosen):
        raise BadInput(unread[0])
    if gaps:
        yield Imported("freqtrade-candles", "candle files, none of them with candles to import", gaps=tuple(gaps))


def _asked_for(files: Sequence[CandleFile], pairs: frozenset[str] | None) -> list[CandleFile]:
    """Files of these pairs, under the pairs' own names: a file's name does not say every one (``A.S/USDT``)."""
    if pairs is None:
        return list(files)
    named = {in_file_name(pair): pair for pair in pairs}
    known = [(file, named.get(in_file_name(file.pair))) for file in files]
    return [file._replace(pair=pair) for file, pair in known if pair]


def _one_each(files: Sequence[CandleFile]) -> tuple[list[CandleFile], list[tuple[str, Path]]]:
    """One file a pair and timeframe, by exchange, timeframe and pair; and the others with the reason."""
    chosen: dict[tuple[str, str], CandleFile] = {}
    doubles = []
    for file in sorted(files, key=lambda file: (file.exchange, file.rank, str(file.path))):
        taken = chosen.setdefault((file.pair, file.timeframe), file)
        if taken is not file:
            doubles.append((f"{file.pair} {file.timeframe} is read from {taken.path}", file.path))
    return sorted(chosen.values(), key=lambda file: (file.exchange, file.timeframe, file.pair)), doubles


def _summed(done: str, files: Sequence[tuple[str, Path]]) -> list[str]:
    """One sentence a reason, with the first file and how many more there are."""
    sentences = []
    for why, of_reason in groupby(sorted(files), lambda one: one[0]):
        (_, first), *more = of_reason
        sentences.append(f"{done} {first}{f' and {len(more)} more' if more else ''}: {why}")
    return sentences


def _read(
    files: Sequence[CandleFile], since: dt.datetime | None, until: dt.datetime | None
) -> tuple[pl.DataFrame, list[str], list[str]]:
    """Bars of one folder and timeframe by month; what is to be said of them; which files were unreadable."""
    frames, forming, lost = [], [], []
    for file in files:
        try:
            bars, n_forming = read_candles(file, since, until)
        except BadInput as e:
            lost.append(str(e))
            continue
        frames.append(bars)
        forming += [("a candle that was still forming when the file was written", file.path)] * bool(n_forming)
    every = pl.concat(frames) if frames else pl.DataFrame()
    if every.height:
        every = every.with_columns(month=pl.col("ts").dt.truncate("1mo")).sort("month", "symbol", "ts")
    return every, [*_summed("left out of", forming), *lost], lost


def _delivered(exchange: str, timeframe: str, bars: pl.DataFrame, gaps: Sequence[str]) -> Imported:
    month = bars["ts"][0].strftime("%Y-%m")
    n_pairs = bars["symbol"].n_unique()
    return Imported(
        f"freqtrade-candles-{_safe(exchange)}-{timeframe}-{month}",
        f"{timeframe} candles of {exchange}, {month}, {n_pairs} pair{'s' * (n_pairs != 1)}",
        bars=bars,
        counts=(("bars", bars.height), ("pairs", n_pairs)),
        gaps=tuple(gaps),
    )


def _month(at: dt.datetime | None, later: int) -> dt.datetime | None:
    """Start of the instant's UTC month, or of the one after it; None stays.

    >>> _month(dt.datetime(2024, 12, 31, 23, tzinfo=dt.UTC), 1)
    datetime.datetime(2025, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
    """
    if at is None:
        return None
    months = at.astimezone(dt.UTC).year * 12 + at.astimezone(dt.UTC).month - 1 + later
    return dt.datetime(months // 12, months % 12 + 1, 1, tzinfo=dt.UTC)


def _safe(name: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name) or "unnamed"
