"""Opportunity cost: what blocking as a whole missed and avoided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl

from learning_pipeline.analysis.cohort import with_outcomes
from learning_pipeline.analysis.guards.blocked import blocked_decisions
from learning_pipeline.analysis.guards.tables import OpportunityCost
from learning_pipeline.analysis.rows import window_sums
from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.analysis.windows import Facts, Floats, each_window, facts
from learning_pipeline.stats import total_interval

ALL = pl.lit(0)
"""One group: blocking as a whole."""


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
    rows = [
        _row(by_day, window) | {"as_of": as_of, "day": as_of}
        for as_of, window, by_day in each_window(known, 1, as_ofs, settings)
    ]
    return OpportunityCost.checked(OpportunityCost.frame(rows))


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


def _row(by_day: Mapping[str, Floats], window: int) -> dict[str, object]:
    sums = {name: x.item() for name, x in window_sums(by_day).items()}
    n_blocked, n_settled, n_unlabelled = (int(sums[n]) for n in ("n_blocked", "n_settled", "n_unlabelled"))
    found = total_interval(by_day["net"][0], window)
    return {
        "window_days": window,
        "missed_profit_usd": sums["missed"],
        "avoided_loss_usd": sums["avoided"],
        "net_opportunity_cost_usd": sums["missed"] - sums["avoided"],
        "ci_low_usd": found.low if n_settled else None,
        "ci_high_usd": found.high if n_settled else None,
        "n_blocked": n_blocked,
        "n_settled": n_settled,
        "n_pending": n_blocked - n_settled - n_unlabelled,
        "n_unlabelled": n_unlabelled,
    }
