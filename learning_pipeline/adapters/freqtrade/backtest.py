"""A backtest of freqtrade: a zip, or the JSON of the versions before there were zips."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from learning_pipeline.adapters.dollars import USD_LIKE
from learning_pipeline.adapters.freqtrade.answers import answered
from learning_pipeline.adapters.freqtrade.archive import Archive, bounded, is_bare
from learning_pipeline.adapters.freqtrade.entry import entry_events
from learning_pipeline.adapters.freqtrade.events import trade_events
from learning_pipeline.adapters.freqtrade.evidence import Evidence, gathered
from learning_pipeline.adapters.freqtrade.options import FreqtradeOptions
from learning_pipeline.adapters.freqtrade.result import StrategyResult, run_ids, strategy_results
from learning_pipeline.adapters.freqtrade.run import Run
from learning_pipeline.adapters.freqtrade.wallet import wallet_snapshots
from learning_pipeline.adapters.imported import Event, Imported
from learning_pipeline.contracts import TIMEFRAME_PATTERN
from learning_pipeline.errors import BadInput


def backtest_imports(path: Path, options: FreqtradeOptions) -> Iterator[Imported]:
    """One import per strategy of a file of results.

    Raises
    ------
    BadInput
        It is damaged, or not what freqtrade writes, or its stake currency is no dollar.
    """
    content, archive, base = _opened(path)
    meta = path.with_suffix(".meta.json")
    known = run_ids(bounded(meta)) if meta.is_file() else {}
    results = strategy_results(content, str(path))
    counts = {name: one.rejected_signals or 0 for name, one in results.items()}
    evidence = gathered(path, archive, base, counts, options)
    for strategy, result in results.items():
        if not options.strategies or strategy in options.strategies:
            _require_usable(path, strategy, result)
            run = Run(strategy, known.get(strategy) or hashlib.sha256(content).hexdigest(), result)
            # Snapshots have no id but their source: of several runs under one name they would contradict each other.
            wallet = [] if options.source else _wallet(run, archive, base)
            yield _imported(run, evidence, wallet, options.source)
            evidence = evidence._replace(gaps=())  # told once


def _opened(path: Path) -> tuple[bytes, Archive | None, str]:
    """The JSON, the zip that it lies in, and the name that the zip's members begin with."""
    if is_bare(path):
        return bounded(path), None, path.stem
    archive = Archive(path)
    base = archive.base()
    if base is None:
        raise BadInput(f"expected a freqtrade backtest with <name>.json in it, found none in {path}")
    return archive.read(f"{base}.json"), archive, base


def _require_usable(path: Path, strategy: str, result: StrategyResult) -> None:
    """Refuse what no figure of ours could be made of."""
    if result.stake_currency.upper() not in USD_LIKE:
        raise BadInput(
            f"{path}: {strategy} earns {result.stake_currency}, and pnl_usd must be dollars: "
            f"run the backtest with a stake currency such as USDT"
        )
    if not re.fullmatch(TIMEFRAME_PATTERN, result.timeframe):
        raise BadInput(f"{path}: {strategy} runs on {result.timeframe!r}; expected a timeframe such as 5m, 1h or 1d")


def _wallet(run: Run, archive: Archive | None, base: str) -> list[Event]:
    """Daily snapshots, where the zip holds the wallet of a spot backtest."""
    name = f"{base}_{run.strategy}_wallet.feather"
    if archive is None or name not in archive.names or run.result.is_futures:
        return []
    return wallet_snapshots(archive.read(name), run.result.stake_currency, f"{archive.path}: {name}")


def _imported(run: Run, evidence: Evidence, wallet: list[Event], source: str | None) -> Imported:
    answers = answered(run, evidence)
    result = run.result
    start, end = ((text or "?")[:10] for text in (result.backtest_start, result.backtest_end))
    events = [event for trade in answers.trades for event in trade_events(trade)]
    events += [event for entry in answers.stopped for event in entry_events(entry)]
    counts = [("trades", len(answers.trades)), ("orders", sum(len(trade.orders) for trade in answers.trades))]
    counts += [("rejected_signals", result.rejected_signals or 0), ("locks", len(result.locks)), *answers.counts]
    return Imported(
        stem=re.sub(r"[^A-Za-z0-9._-]", "_", f"freqtrade-backtest-{run.strategy[:80]}-{run.run_id[:12]}"),
        told=f"backtest of {run.strategy}, {result.timeframe}, {start} to {end}",
        source=source or f"freqtrade-backtest:{run.name}",
        events=(*events, *answers.reports, *wallet),
        counts=(*counts, ("snapshots", len(wallet))),
        gaps=tuple(answers.gaps),
    )
