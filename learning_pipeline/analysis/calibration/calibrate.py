"""Calibration: real minus shadow net PnL over approved decisions that have both."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from learning_pipeline.analysis.calibration.pairs import approved, with_real
from learning_pipeline.analysis.calibration.tables import Calibration
from learning_pipeline.analysis.cohort import with_outcomes
from learning_pipeline.analysis.rows import Rows, as_rows, cut, window_sums
from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.analysis.strategies.groups import by_strategy, strategy_names
from learning_pipeline.analysis.windows import Facts, Ints, Sums, each_window, facts
from learning_pipeline.stats import total_intervals

COUNTS = ["n", "n_pending", "n_unlabelled"]


def calibrate(
    decisions: pl.DataFrame,
    outcomes: pl.DataFrame,
    trades: pl.DataFrame,
    as_ofs: list[dt.date],
    settings: AnalysisSettings,
) -> pl.DataFrame:
    """How far shadow money is from real money, as of each day, for each window and strategy.

    Parameters
    ----------
    decisions, outcomes, trades : DataFrame
        ``events.decisions``, ``shadow.outcomes``, ``events.trades``; rows after an as_of do not count for it.
    as_ofs : list of date
        Days, as of their end.
    settings : AnalysisSettings
        Windows and books of the decisions; trades of any book count.

    Returns
    -------
    DataFrame
        `Calibration`: one row per as_of, window and strategy with at least one approved decision; `*` always.
    """
    if not as_ofs:
        return Calibration.frame()
    decided = approved(decisions, as_ofs, settings)
    names = strategy_names(decided)
    windows = each_window(_facts(decided, outcomes, trades, names), len(names), as_ofs, settings)
    blocks = [_rows(by_day, part, window) for part, window, by_day in windows]
    return Calibration.checked(as_rows(blocks, [*COUNTS, "window_days"], strategy=pl.Series(names)))


def _facts(decided: pl.DataFrame, outcomes: pl.DataFrame, trades: pl.DataFrame, names: list[str]) -> list[Facts]:
    """Every decision is pending until its label, or both of its results, take it back."""
    known, group, pnl = with_outcomes(decided, outcomes), pl.col("group"), pl.col("net_pnl_usd")
    unlabelled, labelled = known.filter(pnl.is_null()), known.filter(pnl.is_not_null())
    real, shadow = pl.col("real_net_pnl_usd"), pl.col("shadow_net_pnl_usd")
    return [
        facts(by_strategy(decided, names), group, n_pending=pl.lit(1)),
        facts(by_strategy(unlabelled, names), group, n_pending=pl.lit(-1), n_unlabelled=pl.lit(1)),
        facts(
            by_strategy(with_real(labelled, trades), names),
            group,
            n_pending=pl.lit(-1),
            n=pl.lit(1),
            real_net_pnl_usd=real,
            shadow_net_pnl_usd=shadow,
            bias_usd=real - shadow,
        ),
    ]


def _rows(by_day: Sums, as_ofs: Ints, window: int) -> Rows:
    sums = window_sums(by_day)
    found = total_intervals(by_day["bias_usd"], window)
    some = sums["n"] > 0
    interval = {"ci_low_usd": np.where(some, found.low, np.nan), "ci_high_usd": np.where(some, found.high, np.nan)}
    seen = np.any([sums[name] > 0 for name in COUNTS], axis=0)
    return cut(sums | interval, seen, as_ofs, window)
