"""Missed opportunities: what expired and cancelled signals would have earned, taken when they were made."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from learning_pipeline.analysis.cohort import decided_in_windows, with_outcomes
from learning_pipeline.analysis.missed.tables import MissedOpportunities
from learning_pipeline.analysis.rows import Rows, as_rows, cut, window_sums
from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.analysis.strategies.groups import by_strategy, strategy_names
from learning_pipeline.analysis.windows import Facts, Ints, Sums, each_window, facts
from learning_pipeline.events.decisions import NEVER_DECIDED
from learning_pipeline.shadow.missed import MISSED
from learning_pipeline.stats import total_intervals

DECIDED = ["signal_id", "day", "decided_at", "decision", "reason", "strategy", "book"]
COUNTS = ["n", "n_never_decided", "n_settled", "n_pending", "n_unlabelled"]


def missed_opportunities(
    decisions: pl.DataFrame, made: pl.DataFrame, as_ofs: list[dt.date], settings: AnalysisSettings
) -> pl.DataFrame:
    """What signals that were not taken in time would have earned, as of each day and for each window.

    Parameters
    ----------
    decisions, made : DataFrame
        ``events.decisions``, ``shadow.missed_outcomes``; rows after an as_of do not count for it.
    as_ofs : list of date
        Days, as of their end.
    settings : AnalysisSettings
        Windows and books.

    Returns
    -------
    DataFrame
        `MissedOpportunities`: for each decision a row per as_of, window and strategy with at least one of it; `*`
        always.
    """
    if not as_ofs:
        return MissedOpportunities.frame()
    late = decided_in_windows(decisions, DECIDED, as_ofs, settings).filter(pl.col("decision").is_in(MISSED))
    names = strategy_names(late)
    known = {word: _facts(late.filter(pl.col("decision") == word), made, names) for word in MISSED}
    blocks = [
        _block(by_day, word, part, window)
        for word, some in known.items()
        for part, window, by_day in each_window(some, len(names), as_ofs, settings)
    ]
    return MissedOpportunities.checked(as_rows(blocks, ["window_days", *COUNTS], strategy=pl.Series(names)))


def _facts(late: pl.DataFrame, made: pl.DataFrame, names: list[str]) -> list[Facts]:
    """Every decision is pending until its outcome takes it back."""
    pnl, group = pl.col("net_pnl_usd"), pl.col("group")
    never = pl.col("reason") == NEVER_DECIDED
    every = facts(by_strategy(late, names), group, n=pl.lit(1), n_never_decided=never, n_pending=pl.lit(1))
    money = facts(
        # The outcome is the signal's, whatever the version of its decision.
        by_strategy(with_outcomes(late, made, of=["signal_id"]), names),
        group,
        n_settled=pnl.is_not_null(),
        n_unlabelled=pnl.is_null(),
        n_pending=pl.lit(-1),
        n_won=pnl > 0,
        missed=pl.when(pnl > 0).then(pnl),
        avoided=pl.when(pnl < 0).then(-pnl),
        net=pnl,
    )
    return [every, money]


def _block(by_day: Sums, word: str, as_ofs: Ints, window: int) -> Rows:
    """Columns of `MissedOpportunities` for the strategies that have one of the decision in the window, and for all."""
    sums, total = window_sums(by_day), total_intervals(by_day["net"], window)
    n = np.where(sums["n_settled"] > 0, sums["n_settled"], np.nan)
    found = {
        **{name: sums[name] for name in COUNTS},
        "decision": np.full(n.shape, word),
        "win_rate": sums["n_won"] / n,
        "missed_profit_usd": sums["missed"],
        "avoided_loss_usd": sums["avoided"],
        "net_pnl_usd": sums["missed"] - sums["avoided"],
        "ci_low_usd": np.where(sums["n_settled"] > 0, total.low, np.nan),
        "ci_high_usd": np.where(sums["n_settled"] > 0, total.high, np.nan),
    }
    return cut(found, sums["n"] > 0, as_ofs, window)
