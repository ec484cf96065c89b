"""Files that a strategy has written in our own format: they are delivered as they stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from learning_pipeline.adapters.freqtrade.options import FreqtradeOptions
from learning_pipeline.adapters.imported import Imported


class Told(NamedTuple):
    """What recorded events speak of."""

    pairs: frozenset[str]
    span: tuple[dt.datetime, dt.datetime] | None
    """Times of the first and of the last event; None: there is none."""

    trades: frozenset[str]
    """Ids of trades without the bot's name: ``17:BTC/USDT:2024-05-03T15:22:57Z``, as a database names them, too."""


class _Line(msgspec.Struct, gc=False):
    at: dt.datetime
    source: str
    symbol: str | None = None
    trade_id: str | None = None


_decode = msgspec.json.Decoder(_Line).decode


def is_recorded(path: Path) -> bool:
    """Whether a file holds event lines of the `Recorder`; one that is still being written does not count."""
    return path.suffix == ".jsonl" and path.stem != "decision_log"


def recorded_imports(path: Path, options: FreqtradeOptions) -> Iterator[Imported]:  # noqa: ARG001  # as every reader
    """The file itself."""
    with path.open("rb") as file:
        n = sum(1 for _ in file)
    yield Imported(stem=path.stem, told=f"events recorded in {path.name}", files=(path,), counts=(("lines", n),))


def told_by(paths: Iterable[Path]) -> Told:
    """What the events of recorded files speak of; a line that is none is left to whom it is delivered to."""
    pairs, trades, times = set(), set(), set()
    for line in (line for path in paths for line in _lines(path)):
        if line.at.tzinfo is not None:
            times.add(line.at)
        if line.symbol:
            pairs.add(line.symbol)
        if line.trade_id and ":backtest:" not in line.source:  # a bot's trades are other ones
            trades.add(line.trade_id.removeprefix(f"{line.source}:"))
    return Told(frozenset(pairs), (min(times), max(times)) if times else None, frozenset(trades))


def but_for(one: Imported, told: Told) -> Imported:
    """A database's import without the trades that its bot has recorded itself: they would count twice."""
    ids = {f"{one.source}:{trade}" for trade in told.trades}
    kept = [event for event in one.events if ids.isdisjoint(map(event.payload.get, ("signal_id", "trade_id")))]
    if len(kept) == len(one.events):
        return one
    n = len({event.payload["trade_id"] for event in one.events if event.payload.get("trade_id") in ids})
    gap = f"{n} trades are told by the strategy's own recorded events, and passed over here"
    gaps = one.gaps if any(event.type == "signal" for event in kept) else ()  # else the strategy has filled them
    return one._replace(events=tuple(kept), counts=(*one.counts, ("told by the strategy", n)), gaps=(*gaps, gap))


def _lines(path: Path) -> Iterator[_Line]:
    with path.open("rb") as file:
        for raw in file:
            try:
                yield _decode(raw)
            except msgspec.MsgspecError:
                continue
