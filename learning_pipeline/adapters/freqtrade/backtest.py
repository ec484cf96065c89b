"""A backtest of freqtrade: a zip, or the JSON of the versions before there were zips."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from learning_pipeline.adapters.freqtrade.archive import MOST_BYTES, Archive
from learning_pipeline.adapters.freqtrade.events import trade_events
from learning_pipeline.adapters.freqtrade.options import FreqtradeOptions
from learning_pipeline.adapters.freqtrade.result import StrategyResult, run_ids, strategy_results
from learning_pipeline.adapters.freqtrade.run import Run, run_trades
from learning_pipeline.adapters.imported import Imported
from learning_pipeline.contracts import TIMEFRAME_PATTERN
from learning_pipeline.errors import BadInput

USD_LIKE = frozenset({"USD", "USDT", "USDC", "BUSD", "FDUSD", "TUSD", "DAI", "USDP", "PYUSD", "USDS", "USDE", "GUSD"})
"""Currencies whose profit is taken as dollars."""


class Backtest(NamedTuple):
    """A file of results and what belongs to it."""

    path: Path
    archive: Archive | None
    base: str
    content: bytes
    """The JSON."""


def is_backtest(path: Path) -> bool:
    """Whether a file holds a backtest's results, or is a zip too damaged to tell."""
    if path.suffix != ".zip":
        return _is_bare(path)
    try:
        return Archive(path).base() is not None
    except BadInput:
        return True


def backtest_imports(path: Path, options: FreqtradeOptions) -> Iterator[Imported]:
    """One import per strategy of a file of results.

    Raises
    ------
    BadInput
        It is damaged, or not what freqtrade writes, or its stake currency is no dollar.
    """
    backtest = _opened(path)
    meta = path.with_suffix(".meta.json")
    known = run_ids(meta.read_bytes()) if meta.is_file() else {}
    for strategy, result in strategy_results(backtest.content, str(path)).items():
        if not options.strategies or strategy in options.strategies:
            _require_usable(path, strategy, result)
            run = Run(strategy, known.get(strategy) or _digest(backtest.content), result)
            yield _imported(run, options)


def _is_bare(path: Path) -> bool:
    """The JSON of a backtest before 2025."""
    return path.suffix == ".json" and path.name.startswith("backtest-result") and not path.name.endswith(".meta.json")


def _opened(path: Path) -> Backtest:
    if _is_bare(path):
        return Backtest(path, None, path.stem, _bounded(path))
    archive = Archive(path)
    base = archive.base()
    if base is None:
        raise BadInput(f"expected a freqtrade backtest with <name>.json in it, found none in {path}")
    return Backtest(path, archive, base, archive.read(f"{base}.json"))


def _bounded(path: Path) -> bytes:
    if path.stat().st_size > MOST_BYTES:
        raise BadInput(f"{path} has more than {MOST_BYTES:,} bytes")
    return path.read_bytes()


def _digest(content: bytes) -> str:
    """Stands for the run where no meta file names it."""
    return hashlib.sha256(content).hexdigest()


def _require_usable(path: Path, strategy: str, result: StrategyResult) -> None:
    """Refuse what no figure of ours could be made of."""
    if result.stake_currency.upper() not in USD_LIKE:
        raise BadInput(
            f"{path}: {strategy} earns {result.stake_currency}, and pnl_usd must be dollars: "
            f"run the backtest with a stake currency such as USDT"
        )
    if not re.match(TIMEFRAME_PATTERN, result.timeframe):
        raise BadInput(f"{path}: {strategy} runs on {result.timeframe!r}; expected a timeframe such as 5m, 1h or 1d")


def _imported(run: Run, options: FreqtradeOptions) -> Imported:
    trades = run_trades(run)
    start, end = ((text or "?")[:10] for text in (run.result.backtest_start, run.result.backtest_end))
    return Imported(
        stem=re.sub(r"[^A-Za-z0-9._-]", "_", f"freqtrade-backtest-{run.strategy}-{run.run_id[:12]}"),
        told=f"backtest of {run.strategy}, {run.result.timeframe}, {start} to {end}",
        source=options.source or f"freqtrade-backtest:{run.name}",
        events=tuple(event for trade in trades for event in trade_events(trade)),
        counts=(("trades", len(trades)), ("orders", sum(len(trade.orders) for trade in trades))),
    )
