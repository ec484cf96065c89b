"""Approved decisions with what they really earned and what the simulator says."""

from __future__ import annotations

import datetime as dt

import polars as pl

from learning_pipeline.analysis.cohort import decided_in_windows, while_both_hold, with_outcomes
from learning_pipeline.analysis.real import real_results
from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.analysis.windows import EPOCH

DECIDED = ["signal_id", "day", "decided_at", "decision", "strategy", "book"]
PAIR = ["signal_id", "strategy", "decided_at", "real_net_pnl_usd", "shadow_net_pnl_usd"]


def approved(decisions: pl.DataFrame, as_ofs: list[dt.date], settings: AnalysisSettings) -> pl.DataFrame:
    """Approved versions that may be in the cohort of one of the days.

    Those that exploration admitted are approved like any other, and the only ones that tell of the simulator where a
    guard stands: they are in.
    """
    return decided_in_windows(decisions, DECIDED, as_ofs, settings).filter(pl.col("decision") == "approved")


def with_real(labelled: pl.DataFrame, trades: pl.DataFrame) -> pl.DataFrame:
    """Decisions with a shadow outcome that have a closed trade too, with the days on which both stood.

    Returns
    -------
    DataFrame
        In the order given: the columns and ``real_net_pnl_usd``, ``shadow_net_pnl_usd``: quote money, both on the
        notional that was simulated.
    """
    both = labelled.join(real_results(trades), on="signal_id", maintain_order="left", suffix="_other")
    money = {
        "real_net_pnl_usd": pl.col("real_roi") * pl.col("notional_usd"),
        "shadow_net_pnl_usd": pl.col("net_pnl_usd"),
    }
    return while_both_hold(both).with_columns(**money)


def calibration_pairs(
    decisions: pl.DataFrame, outcomes: pl.DataFrame, trades: pl.DataFrame, as_of: dt.date, settings: AnalysisSettings
) -> pl.DataFrame:
    """The pairs behind the row of `*` of one day and the longest window, for a scatter.

    Parameters
    ----------
    decisions, outcomes, trades : DataFrame
        ``events.decisions``, ``shadow.outcomes``, ``events.trades``.
    as_of : date
        The day, as of its end.
    settings : AnalysisSettings
        Books, and windows, of which the longest is taken.

    Returns
    -------
    DataFrame
        One row per decision, by signal_id: ``signal_id``, ``strategy``, ``decided_at``, ``real_net_pnl_usd``,
        ``shadow_net_pnl_usd`` (quote money, never null).
    """
    labelled = with_outcomes(approved(decisions, [as_of], settings), outcomes).drop_nulls("net_pnl_usd")
    today = (as_of - EPOCH).days
    pairs = with_real(labelled, trades).filter(pl.col("since") <= today, pl.col("until") > today)
    return pairs.select(PAIR).sort("signal_id")
