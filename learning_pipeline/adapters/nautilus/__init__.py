"""NautilusTrader's own exports: reports, events and the bar catalog.

An order that would open or add to a position is a signal; denied or rejected it was blocked, accepted or filled it was
approved. Orders that only reduce, belong to a bracket's entry, or close what is held are no signals. Times are
nautilus' nanoseconds rounded down to microseconds; a bar's time is its open, as everywhere here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from learning_pipeline.adapters.found import found_files
from learning_pipeline.adapters.imported import Event, Imported
from learning_pipeline.adapters.nautilus.balances import snapshot_events
from learning_pipeline.adapters.nautilus.bar_files import BarType, bar_type_in
from learning_pipeline.adapters.nautilus.catalog import Bars, bars_import, catalog_of, market_of, timeframes_of
from learning_pipeline.adapters.nautilus.decisions import Entry, Price, decision_events, entries_of, signal_events
from learning_pipeline.adapters.nautilus.files import LOGS, TABLES, told_by
from learning_pipeline.adapters.nautilus.round_trips import RoundTrips
from learning_pipeline.adapters.nautilus.session import Told
from learning_pipeline.adapters.nautilus.told import counts_of, gaps_of
from learning_pipeline.adapters.nautilus.trader import Trader, traders_of
from learning_pipeline.adapters.nautilus.trades import Trade, fee_of, fill_events, order_events, trade_event, trades_of
from learning_pipeline.adapters.timeframe import require_timeframe
from learning_pipeline.errors import BadInput


def imported(paths: Sequence[Path], source: str | None = None, timeframe: str | None = None) -> Iterator[Imported]:
    """What reports, files of events and catalogs hold: one import per trader, one for the bars.

    Parameters
    ----------
    paths : sequence of Path
        Files or folders. What one trader did may be spread over several files: they are put together.
    source : str, optional
        Default ``nautilus:<trader id>``. Two runs of one trader need a source each: their order ids are the same.
    timeframe : str, optional
        Of the signals and trades; nautilus does not record it. Default: the only timeframe that an instrument's bars
        among the files have.

    Raises
    ------
    BadInput
        Nothing of nautilus was found, a file is damaged or not what nautilus writes, money is no dollar, or a
        timeframe is missing.
    """
    require_timeframe(timeframe)
    told, bar_files = _sorted_out(paths)
    bars = catalog_of(bar_files)
    if not told and bars is None:
        raise BadInput(f"found no report, event or bar of nautilus in {', '.join(map(str, paths))}")
    if bars is not None:
        yield bars_import(bars)
    for trader in traders_of(told):
        yield _trader_import(trader, Context(bars, timeframe), source, next(iter(told)))


class Context:
    """What the bars and a person say of the signals: timeframe and price."""

    def __init__(self, bars: Bars | None, timeframe: str | None) -> None:
        self.price: Price = market_of(bars)
        self._timeframe = timeframe
        self._known = timeframes_of(bars)

    def timeframe(self, instrument: str) -> str:
        """Timeframe of an instrument's signals."""
        known = self._known.get(instrument, [])
        if self._timeframe is None and len(known) != 1:
            found = f"bars of {', '.join(known)}" if known else "no bars of it"
            raise BadInput(
                f"{instrument}: nautilus does not record the timeframe of a signal, and there are {found} "
                f"among the files; give it, such as --timeframe 1h"
            )
        return self._timeframe or known[0]


def _sorted_out(paths: Sequence[Path]) -> tuple[dict[Path, Told], list[tuple[Path, BarType]]]:
    """What each report or file of events tells, and files of bars; BadInput for a named file that is neither."""
    told: dict[Path, Told] = {}
    bars: list[tuple[Path, BarType]] = []
    for path, is_named in found_files(paths):
        if not is_named and path.stat().st_size == 0:
            continue
        bar_type = bar_type_in(path) if path.suffix == ".parquet" else None
        read = None if bar_type else told_by(path)
        if bar_type is not None:
            bars.append((path, bar_type))
        elif read is not None:
            told[path] = read
        elif is_named:
            raise BadInput(f"{path}: {_EXPECTED}")
    return told, bars


_EXPECTED = (
    f"expected a report of nautilus ({', '.join(sorted(TABLES))}), a file of its events ({', '.join(sorted(LOGS))}) "
    f"or bars of its catalog; found none of them"
)


def _trader_import(trader: Trader, context: Context, source: str | None, first: Path) -> Imported:
    name = source or f"nautilus:{trader.trader_id or first.stem}"
    trips = RoundTrips(trader.fills, trader.held)
    entries = entries_of(trader.orders, trips)
    trades = trades_of(trader.closed, trips.trips, trader.told_until_ns)
    events = sorted(_events(trader, trips, entries, trades, context, name), key=lambda event: event.at)
    legs = [leg for trip in trips.trips for leg in trip.legs]
    return Imported(
        stem=re.sub(r"[^A-Za-z0-9._-]", "_", name),
        told=f"{len(entries)} entries and {len(trades)} closed trades of {trader.trader_id or 'an account'}",
        source=name,
        events=tuple(events),
        counts=counts_of(trader, events, trades),
        gaps=gaps_of(trader, events, trades, sum(fee_of(leg) is None for leg in legs)),
        grows=True,
    )


def _events(
    trader: Trader, trips: RoundTrips, entries: list[Entry], trades: list[Trade], context: Context, source: str
) -> Iterator[Event]:
    signals = {entry.order.order_id for entry in entries}
    for entry in entries:
        yield from signal_events(entry, context.timeframe(entry.order.instrument_id), source)
        yield from decision_events(entry, source, context.price)
    yield from order_events(trader.orders, trips.trips, source, signals)
    yield from fill_events(trips.trips, source, signals)
    for trade in trades:
        if trade.pnl is not None and trade.fees is not None:
            yield trade_event(trade, context.timeframe(trade.instrument_id), source, signals)
    yield from snapshot_events(trader.balances)
