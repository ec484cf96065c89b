"""Guard effectiveness: what each guard saved or cost."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from learning_pipeline.analysis.cohort import with_outcomes
from learning_pipeline.analysis.guards.blocked import blocked_decisions
from learning_pipeline.analysis.guards.guard_rows import COUNTS, guard_rows
from learning_pipeline.analysis.guards.tables import GuardEffectiveness
from learning_pipeline.analysis.rows import as_rows
from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.analysis.windows import Facts, each_window, facts
from learning_pipeline.policy import APPROVED, GateMatrix, Policy


def guard_effectiveness(
    decisions: pl.DataFrame,
    gates: pl.DataFrame,
    outcomes: pl.DataFrame,
    as_ofs: list[dt.date],
    settings: AnalysisSettings,
) -> pl.DataFrame:
    """What every guard saved or cost, as of each day and for each window.

    Parameters
    ----------
    decisions, gates, outcomes : DataFrame
        ``events.decisions``, ``events.gates``, ``shadow.outcomes``; rows after an as_of do not count for it.
    as_ofs : list of date
        Days, as of their end.
    settings : AnalysisSettings
        Windows and books.

    Returns
    -------
    DataFrame
        `GuardEffectiveness`: one row per as_of, window and guard that blocked at least one decision of it.
    """
    if not as_ofs:
        return GuardEffectiveness.frame()
    blocked = blocked_decisions(decisions, as_ofs, settings)
    guards = blocked["blocked_by"].explode(keep_nulls=False, empty_as_null=False).unique().drop_nulls().sort()
    if guards.is_empty():
        return GuardEffectiveness.frame()
    blocked = blocked.with_columns(alone=alone_blocked_by(blocked, gates, guards.to_list()))
    windows = each_window(_facts(blocked, outcomes, guards), len(guards), as_ofs, settings)
    blocks = [guard_rows(by_day, part, window) for part, window, by_day in windows]
    return GuardEffectiveness.checked(as_rows(blocks, COUNTS, guard=guards))


def alone_blocked_by(blocked: pl.DataFrame, gates: pl.DataFrame, guards: list[str]) -> pl.Series:
    """Number in ``guards`` of the guard without which each decision would be approved; null where none is known to be.

    Only one guard can be: dropping it lets no other stand.
    """
    # A gate that passed keeps passing when another is dropped: it decides nothing here.
    against = gates.filter(pl.col("passed").ne_missing(other=True))
    matrix = GateMatrix(blocked, against)
    alone = np.full(blocked.height, -1)
    for number, guard in enumerate(guards):
        alone[matrix.answers(Policy(drop=frozenset({guard}))) == APPROVED] = number
    return pl.Series("alone", alone).replace(-1, None)


def _facts(blocked: pl.DataFrame, outcomes: pl.DataFrame, guards: pl.Series) -> tuple[Facts, Facts]:
    """Counts of what was blocked and money of what came of it, one row per decision and blocker."""
    number, first = pl.col("number"), pl.col("first")
    incomplete = ~pl.col("gates_complete")
    count = facts(
        _by_guard(blocked, guards),
        number,
        n_blocked=pl.lit(1),
        n_unknown=incomplete,
        n_first_unknown=first & incomplete,
    )
    pnl, alone = pl.col("net_pnl_usd"), (number == pl.col("alone")).fill_null(value=False)
    settled, missed, avoided = pnl.is_not_null(), pl.when(pnl > 0).then(pnl), pl.when(pnl < 0).then(-pnl)
    money = facts(
        _by_guard(_shared(with_outcomes(blocked, outcomes)), guards),
        number,
        n_settled=settled,
        n_unlabelled=~settled,
        missed=missed,
        avoided=avoided,
        roi=-pl.col("net_roi"),
        shapley=-pl.col("share"),
        alone=pl.when(alone).then(-pnl),
        n_alone=alone & settled,
        first=pl.when(first).then(-pnl),
        n_first=first & settled,
        missed_unknown=pl.when(first & incomplete).then(missed),
        avoided_unknown=pl.when(first & incomplete).then(avoided),
    )
    return count, money


def _shared(settled: pl.DataFrame) -> pl.DataFrame:
    """With ``share``: PnL per blocker."""
    # Polars may multiply by the reciprocal, depending on the height of the frame, which gives other bits.
    pnl = settled["net_pnl_usd"].fill_null(float("nan")).to_numpy()
    n_blockers = settled["blocked_by"].list.len().to_numpy()
    share = np.divide(pnl, n_blockers, out=np.full(len(pnl), np.nan), where=n_blockers > 0)
    return settled.with_columns(pl.Series("share", share).fill_nan(None))


def _by_guard(frame: pl.DataFrame, guards: pl.Series) -> pl.DataFrame:
    """One row per row and blocker: ``number`` in guards, ``first`` (it is the one acted on)."""
    each = frame.explode("blocked_by", keep_nulls=False, empty_as_null=False)
    guard = pl.col("blocked_by")
    return each.with_columns(
        number=guard.cast(pl.Enum(guards)).to_physical().cast(pl.Int64),
        first=guard.eq_missing(pl.col("blocker_component")),
    )
