"""Strategies side by side, and how fast their signals lose worth."""

from __future__ import annotations

from typing import Any

import polars as pl

from learning_pipeline.reports.facts import Facts
from learning_pipeline.reports.section import Grid, Section
from learning_pipeline.reports.window import Window
from learning_pipeline.reports.words import duration, fraction, interval, money

ALL = "*"
KINDS = {"real": "real trades", "shadow": "simulated, all signals"}


def leaderboard_section(facts: Facts, window: Window) -> Section:
    """What each strategy earned, really and in simulation."""
    title = "Strategies"
    if facts.leaderboard is None:
        return Section("strategies", title, ("This warehouse has no strategy leaderboard, so none is shown.",))
    if facts.leaderboard.is_empty():
        return Section("strategies", title, (f"No strategy decided or traded anything in {window.words}.",))
    columns = ("strategy", "money", "settled", "open", "won", "total, USD", "95 % interval")
    rows = [_leaderboard_cells(row) for row in _all_first(facts.leaderboard, "total_pnl_usd")]
    grid = Grid(f"Strategies, {window.words}", columns, rows, frozenset(columns[2:]))
    note = (
        "Real and simulated money are never added up. The share that won has no interval here; it says little "
        "without the size of wins and losses."
    )
    return Section("strategies", title, (), grids=(grid,), notes=(note,))


def decay_section(facts: Facts, window: Window) -> Section:
    """How long after its signal a trade was opened, and at how much worse a price."""
    title = "Signal decay"
    if facts.decay is None:
        return Section("decay", title, ("This warehouse has no table of signal decay, so none is shown.",))
    if facts.decay.is_empty():
        return Section("decay", title, (f"No signal was decided in {window.words}.",))
    columns = ("strategy", "executed", "mean", "median", "90 % within", "drift, bps", "expired")
    rows = [_decay_cells(row) for row in _all_first(facts.decay, "n")]
    grid = Grid(f"Time from signal to first fill, {window.words}", columns, rows, frozenset(columns[1:]))
    note = (
        "Drift: price of the first fill against the price at the decision, positive where it is worse for the trader. "
        "Expired: of all that were decided. No interval is computed."
    )
    return Section("decay", title, (), grids=(grid,), notes=(note,))


def _all_first(frame: pl.DataFrame, best: str) -> list[dict[str, Any]]:
    """Rows, the best first, all strategies together on top."""
    together = pl.col("strategy") == ALL
    kind = [name for name in ("kind",) if name in frame.columns]
    order = [together, pl.col(best), pl.col("strategy"), *map(pl.col, kind)]
    down = [True, True, False] + [False] * len(kind)
    return frame.sort(*order, descending=down, nulls_last=True).to_dicts()


def _name(strategy: str) -> str:
    return "all together" if strategy == ALL else strategy


def _leaderboard_cells(row: dict[str, Any]) -> tuple[str, ...]:
    reach = interval(row["ci_low_usd"], row["ci_high_usd"]) or "none: too few days"
    counts = f"{row['n']:,}", f"{row['n_pending']:,}"
    won = fraction(row["win_rate"]) or "none settled"
    return _name(row["strategy"]), KINDS.get(row["kind"], row["kind"]), *counts, won, money(row["total_pnl_usd"]), reach


def _decay_cells(row: dict[str, Any]) -> tuple[str, ...]:
    times = [duration(row[f"{name}_decay_seconds"]) or "unknown" for name in ("avg", "median", "p90")]
    drift = "unknown" if row["drift_bps"] is None else f"{row['drift_bps']:+.1f}".replace("-", "\u2212")
    return _name(row["strategy"]), f"{row['n']:,}", *times, drift, fraction(row["expired_share"]) or "unknown"
