"""A decision log as entries with every gate, in the order in which freqtrade asks them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from learning_pipeline.adapters.freqtrade.archive import is_backtest
from learning_pipeline.adapters.freqtrade.decision_log import Logged, guards_in, logged_entries
from learning_pipeline.adapters.freqtrade.entry import Entry, entry_events
from learning_pipeline.adapters.freqtrade.gates import gates_up_to, guard_of
from learning_pipeline.adapters.freqtrade.options import FreqtradeOptions
from learning_pipeline.adapters.freqtrade.run import Run, entry_id
from learning_pipeline.adapters.freqtrade.trade import Trade
from learning_pipeline.adapters.imported import Imported

_MINUTES = {"1m": 1, "3m": 3, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "2h": 120, "4h": 240, "8h": 480, "1d": 1440}


def same_run(trades: Sequence[Trade], entries: Sequence[Logged]) -> bool:
    """Whether what was entered in the log is exactly what was traded."""
    traded = Counter((trade.pair, trade.opened_at, trade.is_short) for trade in trades)
    return traded == Counter((one.pair, one.at, one.is_short) for one in entries if one.decision == "entered")


def with_gates(run: Run, trades: Sequence[Trade], entries: Sequence[Logged]) -> list[Trade]:
    """The trades with every gate that their entry passed."""
    guards = _guards(run, entries)
    open_trades = {(one.pair, one.at): one.open_trades for one in entries if one.decision == "entered"}
    slots = run.result.slots
    return [
        trade._replace(gates=gates_up_to(None, guards, slots, open_trades.get((trade.pair, trade.opened_at))))
        for trade in trades
    ]


def stopped_entries(run: Run, entries: Sequence[Logged]) -> Iterator[Entry]:
    """What was wanted and stopped."""
    guards, slots = _guards(run, entries), run.result.slots
    for one in entries:
        if one.stopped_by:
            wanted = run.wanted(one.pair, one.at, one.is_short, one.price, one.enter_tag)
            gates = gates_up_to(one.stopped_by, guards, slots, one.open_trades)
            yield wanted._replace(gates=gates, blocked_by=one.stopped_by, reason=one.reason)


def log_imports(path: Path, options: FreqtradeOptions) -> Iterator[Imported]:
    """One import per strategy of a log that lies alone: what was wanted and decided, without trades.

    A log that lies beside a backtest is read with it.
    """
    if any(is_backtest(file) for file in sorted(path.parent.iterdir()) if file.is_file()):
        return
    for strategy, entries in logged_entries(path).items():
        if options.strategies and strategy not in options.strategies:
            continue
        timeframe, gaps = _timeframe(entries)
        events = [event for one in entries for event in entry_events(_alone(strategy, timeframe, one, entries))]
        yield Imported(
            stem=re.sub(r"[^A-Za-z0-9._-]", "_", f"freqtrade-decisions-{strategy[:80]}"),
            told=f"decision log of {strategy}, {timeframe}",
            source=options.source or f"freqtrade-decisions:{strategy}",
            events=tuple(events),
            counts=(("decisions", len(entries)), *decision_counts(entries)),
            gaps=("a decision log alone holds no trades, stops or targets: those of the settings are used", *gaps),
        )


def decision_counts(entries: Sequence[Logged]) -> list[tuple[str, int]]:
    """How often each decision was taken."""
    return sorted(Counter(one.decision for one in entries).items())


def _alone(strategy: str, timeframe: str, one: Logged, entries: Sequence[Logged]) -> Entry:
    side = "short" if one.is_short else "long"
    return Entry(
        signal_id=entry_id(f"{strategy}:decisions", one.pair, one.at, side),
        pair=one.pair,
        timeframe=timeframe,
        strategy=strategy,
        side=side,
        made_at=one.at,
        decided_at=one.at,
        price=one.price,
        enter_tag=one.enter_tag,
        gates=gates_up_to(one.stopped_by, sorted(set(guards_in(list(entries)))), None, None),
        blocked_by=one.stopped_by,
        reason=one.reason,
    )


def _guards(run: Run, entries: Sequence[Logged]) -> list[str]:
    """Protections of the run: those that stopped something, and those that only locked."""
    return sorted({*guards_in(list(entries)), *(guard_of(lock.reason) for lock in run.result.locks)})


def _timeframe(entries: Sequence[Logged]) -> tuple[str, tuple[str, ...]]:
    """The log's timeframe, else the longest on whose candles all dates lie."""
    told = {one.timeframe for one in entries if one.timeframe}
    if len(told) == 1:
        return told.pop(), ()
    minutes = math.gcd(1440, *(int(one.at.timestamp() // 60) for one in entries))
    fits = [name for name, length in _MINUTES.items() if minutes % length == 0]
    return fits[-1], (f"the log names no timeframe: taken from its dates as {fits[-1]}",)
