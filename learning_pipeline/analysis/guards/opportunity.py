"""Opportunity cost: what blocking as a whole missed and avoided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import polars as pl

from learning_pipeline.analysis.cohort import with_outcomes
from learning_pipeline.analysis.guards.blocked import blocked_decisions
from learning_pipeline.analysis.guards.tables import OpportunityCost
from learning_pipeline.analysis.rows import Rows, as_rows, cut, window_sums
from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.analysis.windows import Facts, Floats, Ints, each_window, facts
from learning_pipeline.stats import total_intervals

ALL = pl.lit(0)
"""One group: blocking as a whole."""
COUNTS = ["window_days", "n_blocked", "n_settled", "n_pending", "n_unlabelled"]


def opportunity_cost(
    decisions: pl.DataFrame, outcomes: pl.DataFrame, as_ofs: list[dt.date], settings: AnalysisSettings
) -> pl.DataFrame:
    """What the blocked decisions would have earned and lost, as of each day and for each window.

    Parameters
    ----------
    decisions, outcomes : DataFrame
        ``events.decisions``, ``shadow.outcomes``; rows after an as_of do not count for it.
    as_ofs : list of date
        Days, as of their end.
    settings : AnalysisSettings
        Windows and books.

    Returns
    -------
    DataFrame
        `OpportunityCost`: one row per as_of and window, also where nothing was blocked. Blocks of unknown cause count.
    """
    if not as_ofs:
        return OpportunityCost.frame()
    known = _facts(blocked_decisions(decisions, as_ofs, settings), outcomes)
    windows = each_window(known, 1, as_ofs, settings)
    blocks = [_block(by_day, part, window) for part, window, by_day in windows]
    return OpportunityCost.checked(as_rows(blocks, COUNTS))


def _facts(blocked: pl.DataFrame, outcomes: pl.DataFrame) -> tuple[Facts, Facts]:
    pnl = pl.col("net_pnl_usd")
    count = facts(blocked, ALL, n_blocked=pl.lit(1))
    money = facts(
        with_outcomes(blocked, outcomes),
        ALL,
        n_settled=pnl.is_not_null(),
        n_unlabelled=pnl.is_null(),
        missed=pl.when(pnl > 0).then(pnl),
        avoided=pl.when(pnl < 0).then(-pnl),
        net=pnl,
    )
    return count, money


def _block(by_day: Mapping[str, Floats], as_ofs: Ints, window: int) -> Rows:
    """Columns of `OpportunityCost`."""
    sums, found = window_sums(by_day), total_intervals(by_day["net"], window)
    some = sums["n_settled"] > 0
    columns = {
        "missed_profit_usd": sums["missed"],
        "avoided_loss_usd": sums["avoided"],
        "net_opportunity_cost_usd": sums["missed"] - sums["avoided"],
        "ci_low_usd": np.where(some, found.low, np.nan),
        "ci_high_usd": np.where(some, found.high, np.nan),
        "n_blocked": sums["n_blocked"],
        "n_settled": sums["n_settled"],
        "n_pending": sums["n_blocked"] - sums["n_settled"] - sums["n_unlabelled"],
        "n_unlabelled": sums["n_unlabelled"],
    }
    return cut(columns, some, as_ofs, window)
