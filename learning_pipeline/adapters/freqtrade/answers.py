"""What a run wanted and what became of it, by the best account that there is: a decision log, else what is exported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from learning_pipeline.adapters.freqtrade.decision_log import Logged
from learning_pipeline.adapters.freqtrade.decisions import decision_counts, same_run, stopped_entries, with_gates
from learning_pipeline.adapters.freqtrade.entry import Entry
from learning_pipeline.adapters.freqtrade.evidence import Evidence
from learning_pipeline.adapters.freqtrade.features import with_features
from learning_pipeline.adapters.freqtrade.locks import Lock, lock_events, lock_gaps
from learning_pipeline.adapters.freqtrade.rejected import rejected_entries
from learning_pipeline.adapters.freqtrade.result import LockRow, instant
from learning_pipeline.adapters.freqtrade.run import Run, run_trades
from learning_pipeline.adapters.freqtrade.trade import Trade
from learning_pipeline.contracts.imported import Event


class Answers(NamedTuple):
    """Trades, entries that were stopped, figures of guards, and what is not known."""

    trades: list[Trade]
    stopped: list[Entry]
    reports: list[Event]
    counts: list[tuple[str, int]]
    gaps: list[str]


def answered(run: Run, evidence: Evidence) -> Answers:
    """The answers of one run."""
    trades, gaps = run_trades(run), list(evidence.gaps)
    if unfilled := sum(not trade.entries for trade in trades):
        gaps.append(f"{run.strategy}: {unfilled:,} trades have no filled entry and are left out")
    if run.strategy in evidence.signals:
        trades = with_features(trades, evidence.signals[run.strategy])
        n = sum(trade.features is None for trade in trades)
        gaps += [f"{run.strategy}: {n:,} of {len(trades):,} trades have no row of their signal's candle"] if n else []
    log = evidence.log.get(run.strategy)
    if log is not None and same_run(trades, log):
        return _of_log(run, trades, log, gaps)
    if log is not None:
        gaps.append(f"{run.strategy}: the decision log beside it is of another run and was not used")
    gaps += [evidence.miscounted[run.strategy]] if run.strategy in evidence.miscounted else []
    return _of_export(run, trades, evidence.rejected.get(run.strategy), gaps)


def _of_log(run: Run, trades: Sequence[Trade], log: Sequence[Logged], gaps: list[str]) -> Answers:
    counts = [("decisions", len(log)), *decision_counts(log)]
    return Answers(with_gates(run, trades, log), list(stopped_entries(run, log)), [], counts, gaps)


def _of_export(run: Run, trades: list[Trade], rows: pl.DataFrame | None, gaps: list[str]) -> Answers:
    n, locks = run.result.rejected_signals or 0, [_lock(row) for row in run.result.locks]
    has_shorts = any(trade.is_short for trade in trades)
    stopped = list(rejected_entries(run, rows)) if rows is not None and not has_shorts else []
    if n and not stopped:
        gaps.append(
            f"{run.strategy}: {n:,} signals were rejected by max_open_trades, "
            + (
                "whose direction is not exported: "
                if has_shorts
                else "and which ones only a pickle tells: allow pickles, or "
            )
            + "record a decision log"
        )
    gaps.append(
        "signals that a lock, an open position or confirm_trade_entry stopped are exported nowhere: "
        "only a decision log lets those guards be judged"
    )
    gaps += lock_gaps(locks)
    return Answers(trades, stopped, lock_events(locks, strategy=run.strategy), [("rejected", len(stopped))], gaps)


def _lock(row: LockRow) -> Lock:
    since, until = instant(row.lock_timestamp), instant(row.lock_end_timestamp)
    return Lock(row.pair, row.side or "*", row.reason or "", since, until)
