"""Strategies side by side, and how long their signals waited for a fill."""

from __future__ import annotations

from typing import Any

import polars as pl

from learning_pipeline.analysis.strategies.leaderboard import ranked
from learning_pipeline.reports.facts import Facts
from learning_pipeline.reports.section import Grid, Section
from learning_pipeline.reports.window import Window
from learning_pipeline.reports.words import decimals_for, duration, fraction, interval, money

ALL = "*"
MONEY = ["total_pnl_usd", "ci_low_usd", "ci_high_usd"]
KINDS = {"real": "real trades", "shadow": "simulated"}


def leaderboard_section(facts: Facts, window: Window) -> Section:
    """What each strategy earned, really and in simulation."""
    title = "What each strategy earned"
    if facts.leaderboard is None:
        return Section("strategies", title, ("This warehouse has no strategy leaderboard, so none is shown.",))
    if facts.leaderboard.is_empty():
        return Section("strategies", title, (f"No strategy decided or traded anything in {window.words}.",))
    columns = ("strategy", "money", "settled", "still open", "no outcome", "won", "total, USD", "95 % interval")
    decimals = decimals_for(usd for name in MONEY for usd in facts.leaderboard[name])
    rows = [_leaderboard_cells(row, decimals) for row in _together_first(ranked(facts.leaderboard))]
    caption = f"Strategies by real net PnL, {window.words}; simulated are all approved and blocked signals"
    grid = Grid(caption, columns, rows, frozenset(columns[2:]))
    return Section("strategies", title, (), grids=(grid,), notes=_leaderboard_notes())


def decay_section(facts: Facts, window: Window) -> Section:
    """How long after its signal a trade was opened, and at how much worse a price."""
    title = "Signal decay: from signal to first fill"
    if facts.decay is None:
        return Section("decay", title, ("This warehouse has no table of signal decay, so none is shown.",))
    if facts.decay.is_empty():
        return Section("decay", title, (f"No signal was decided in {window.words}.",))
    columns = ("strategy", "decided", "expired", "executed", "mean", "median", "90 % within", "drift, bps")
    by_number = facts.decay.sort("n", "strategy", descending=[True, False])
    rows = [_decay_cells(row) for row in _together_first(by_number)]
    grid = Grid(f"Signals and the time to their first fill, {window.words}", columns, rows, frozenset(columns[1:]))
    return Section("decay", title, (), grids=(grid,), notes=_decay_notes())


def _together_first(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows in their order, all strategies together on top."""
    return frame.sort(pl.col("strategy") != ALL, maintain_order=True).to_dicts()


def _name(strategy: str) -> str:
    return "all together" if strategy == ALL else strategy


def _leaderboard_cells(row: dict[str, Any], decimals: int) -> tuple[str, ...]:
    reach = interval(row["ci_low_usd"], row["ci_high_usd"], decimals) or _no_interval(row)
    counts = [f"{row[name]:,}" for name in ("n", "n_pending", "n_unlabelled")]
    won = fraction(row["win_rate"]) or "none settled"
    kind = KINDS.get(row["kind"], row["kind"])
    return _name(row["strategy"]), kind, *counts, won, money(row["total_pnl_usd"], decimals), reach


def _no_interval(row: dict[str, Any]) -> str:
    return "none: a single day" if row["n"] else "none settled"


def _decay_cells(row: dict[str, Any]) -> tuple[str, ...]:
    counts = f"{row['n_decided']:,}", fraction(row["expired_share"], decimals=1) or "unknown", f"{row['n']:,}"
    times = [duration(row[f"{name}_decay_seconds"]) or "unknown" for name in ("avg", "median", "p90")]
    drift = "unknown" if row["drift_bps"] is None else f"{row['drift_bps']:+.1f}".replace("-", "\u2212")
    return _name(row["strategy"]), *counts, *times, drift


def _leaderboard_notes() -> tuple[str, ...]:
    kinds = (
        "Real: trades closed in the window; still open are signals decided in it whose trade is not closed. Simulated: "
        "signals decided in the window as if no guard had stood there; expired and cancelled ones are in neither."
    )
    sums = (
        "Real and simulated money are never added up. Interval: Student's t on day totals. The share that won has none "
        "here; it says little without the size of wins and losses."
    )
    return kinds, sums


def _decay_notes() -> tuple[str, ...]:
    times = (
        "Decided: signals of the window, whatever the answer; expired: the share of them that nobody answered in time. "
        "Times and drift are of the executed ones: those with a known fill, of which the first counts."
    )
    drift = (
        "Drift: price of the first fill against the price at the decision, in basis points, positive where it is worse "
        "for the trader. No interval is computed."
    )
    return times, drift
