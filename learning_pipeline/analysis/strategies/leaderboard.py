"""Strategy leaderboard: what each strategy earned, and what all of its signals would have earned."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from learning_pipeline.analysis.cohort import decided_in_windows, in_force, in_windows, with_outcomes
from learning_pipeline.analysis.rows import Rows, as_rows, cut, window_sums
from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.analysis.strategies.executions import executions, still_open
from learning_pipeline.analysis.strategies.groups import by_strategy, strategy_names
from learning_pipeline.analysis.strategies.tables import StrategyLeaderboard
from learning_pipeline.analysis.windows import Facts, Ints, Sums, each_window, facts
from learning_pipeline.events.decisions import REACH_DAYS
from learning_pipeline.stats import total_intervals

DECIDED = ["signal_id", "day", "decided_at", "decision", "strategy", "book"]
TRADED = ["trade_id", "signal_id", "day", "happened_at", "closed_at", "strategy", "book", "pnl_usd"]
COUNTS = ["window_days", "n", "n_pending", "n_unlabelled"]
TRIED = ["approved", "blocked"]


def strategy_leaderboard(
    signals: pl.DataFrame,
    decisions: pl.DataFrame,
    outcomes: pl.DataFrame,
    orders: pl.DataFrame,
    fills: pl.DataFrame,
    trades: pl.DataFrame,
    as_ofs: list[dt.date],
    settings: AnalysisSettings,
) -> pl.DataFrame:
    """What each strategy earned really and in the shadow, as of each day and for each window.

    Parameters
    ----------
    signals, decisions, outcomes, orders, fills, trades : DataFrame
        Tables of ``events`` and ``shadow.outcomes``; rows after an as_of do not count for it.
    as_ofs : list of date
        Days, as of their end.
    settings : AnalysisSettings
        Windows and books.

    Returns
    -------
    DataFrame
        `StrategyLeaderboard`: two rows, real and shadow, per as_of, window and strategy that has anything in either;
        those of `*` always.
    """
    if not as_ofs:
        return StrategyLeaderboard.frame()
    decided = decided_in_windows(decisions, DECIDED, as_ofs, settings)
    closed = _closed(trades, as_ofs, settings)
    named = _named_by_signal(closed, signals)
    opened = still_open(executions(decided, orders, fills, trades, settings.books), trades)
    names = strategy_names(decided, closed, named)
    real = [_real(closed, named, names), facts(by_strategy(opened, names), pl.col("group"), n_pending=pl.lit(1))]
    shadow = _shadow(decided.filter(pl.col("decision").is_in(TRIED)), outcomes, names)
    both = (each_window(known, len(names), as_ofs, settings) for known in (real, shadow))
    blocks = []
    for (part, window, by_day), (_, _, in_shadow) in zip(*both, strict=True):
        blocks += _blocks({"real": by_day, "shadow": in_shadow}, part, window)
    return StrategyLeaderboard.checked(as_rows(blocks, COUNTS, strategy=pl.Series(names)))


def ranked(leaderboard: pl.DataFrame) -> pl.DataFrame:
    """Rows of one as_of and window, best real net PnL first, real before shadow."""
    real = pl.col("total_pnl_usd").filter(pl.col("kind") == "real").first().over("strategy")
    return leaderboard.sort(real, "strategy", "kind", descending=[True, False, False])


def _closed(trades: pl.DataFrame, as_ofs: list[dt.date], settings: AnalysisSettings) -> pl.DataFrame:
    """Versions of the trades closed in a window; ``decided_on`` is the day of the close."""
    known = trades.select(TRADED).filter(pl.col("day") <= max(as_ofs))
    return in_windows(in_force(known, "trade_id", "happened_at"), "closed_at", as_ofs, settings)


def _named_by_signal(closed: pl.DataFrame, signals: pl.DataFrame) -> pl.DataFrame:
    """Those that name no strategy, under that of their signal, since both are known."""
    made = signals.select("signal_id", "strategy", made_on=pl.col("day").to_physical())
    unnamed = closed.filter(pl.col("strategy").is_null()).drop("strategy").join(made, on="signal_id")
    near = unnamed.filter(pl.col("decided_on") - pl.col("made_on") <= REACH_DAYS)
    known = near.with_columns(since=pl.max_horizontal("since", "made_on")).drop("made_on")
    return known.filter(pl.col("since") < pl.col("until")).select(closed.columns)


def _real(closed: pl.DataFrame, named: pl.DataFrame, names: list[str]) -> Facts:
    own = by_strategy(named, names).filter(pl.col("group") > 0)
    rows = pl.concat([by_strategy(closed, names), own]).sort("decided_on", "trade_id", "since")
    pnl = pl.col("pnl_usd")
    return facts(rows, pl.col("group"), n=pl.lit(1), n_unlabelled=pl.lit(0), n_won=pnl > 0, pnl=pnl)


def _shadow(tried: pl.DataFrame, outcomes: pl.DataFrame, names: list[str]) -> list[Facts]:
    """Every decision is pending until its outcome takes it back."""
    pnl, group = pl.col("net_pnl_usd"), pl.col("group")
    results = facts(
        by_strategy(with_outcomes(tried, outcomes), names),
        group,
        n=pnl.is_not_null(),
        n_unlabelled=pnl.is_null(),
        n_won=pnl > 0,
        pnl=pnl,
        n_pending=pl.lit(-1),
    )
    return [results, facts(by_strategy(tried, names), group, n_pending=pl.lit(1))]


def _blocks(by_kind: dict[str, Sums], as_ofs: Ints, window: int) -> list[Rows]:
    """Columns of `StrategyLeaderboard`, for each kind the same strategies."""
    found = {kind: _columns(by_day, window) for kind, by_day in by_kind.items()}
    seen = np.any([x[name] > 0 for x in found.values() for name in COUNTS[1:]], axis=0)
    return [cut(x | {"kind": np.full(seen.shape, kind)}, seen, as_ofs, window) for kind, x in found.items()]


def _columns(by_day: Sums, window: int) -> Rows:
    sums = window_sums(by_day)
    total = total_intervals(by_day["pnl"], window)
    n = np.where(sums["n"] > 0, sums["n"], np.nan)
    return {
        **{name: sums[name] for name in COUNTS[1:]},
        "win_rate": sums["n_won"] / n,
        "total_pnl_usd": total.total,
        "ci_low_usd": np.where(sums["n"] > 0, total.low, np.nan),
        "ci_high_usd": np.where(sums["n"] > 0, total.high, np.nan),
    }
