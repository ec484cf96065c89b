"""Guard value by exploration: what each guard saved, told from blocked signals that were traded by chance."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from learning_pipeline.analysis.exploration.drawn import stood_against
from learning_pipeline.analysis.exploration.scores import chance_facts, draw_facts, lowest_chance, score_facts
from learning_pipeline.analysis.exploration.tables import ESTIMATORS, GuardValue
from learning_pipeline.analysis.exploration.value_rows import COUNTS, Limits, value_rows
from learning_pipeline.analysis.rows import Rows, as_rows, stamped
from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.analysis.windows import Floats, Ints, each_window

LIMITS = Limits()


def guard_value(
    decisions: pl.DataFrame,
    gates: pl.DataFrame,
    outcomes: pl.DataFrame,
    trades: pl.DataFrame,
    as_ofs: list[dt.date],
    settings: AnalysisSettings,
    limits: Limits = LIMITS,
) -> pl.DataFrame:
    """What each guard saved by every estimator, as of each day and for each window.

    Parameters
    ----------
    decisions, gates, outcomes, trades : DataFrame
        ``events.decisions``, ``events.gates``, ``shadow.outcomes``, ``events.trades``; rows after an as_of do not count
        for it.
    as_ofs : list of date
        Days, as of their end.
    settings : AnalysisSettings
        Windows and books of the decisions; trades of any book count.
    limits : Limits
        When an estimate is refused.

    Returns
    -------
    DataFrame
        `GuardValue`: five rows, one per estimator, per as_of, window and guard that alone stood against a decision with
        a propensity; those of `*` always.
    """
    if not as_ofs:
        return GuardValue.frame()
    drawn, guards = stood_against(decisions, gates, as_ofs, settings)
    known = [draw_facts(drawn, guards), *score_facts(drawn, outcomes, trades, guards)]
    chances = chance_facts(drawn, guards)
    blocks: list[Rows] = []
    for part, window, by_day in each_window(known, len(guards), as_ofs, settings):
        lowest = np.stack([lowest_chance(chances, as_of, window, len(guards)) for as_of in part.tolist()])
        blocks.append(_block(value_rows(by_day, limits), lowest, part, window))
    rows = as_rows(blocks, [*COUNTS, "n_pending", "n_days", "window_days"], guard=pl.Series(guards))
    return GuardValue.checked(rows.with_columns(pl.col("reason").replace("", None)))


def _block(rows: Rows, lowest: Floats, as_ofs: Ints, window: int) -> Rows:
    """Rows of all guards together and of those with something that was drawn, estimator by estimator."""
    drawn = (rows["n_eligible"] + rows["n_no_chance"])[0] > 0
    day, shown = np.nonzero(drawn | (np.arange(drawn.shape[1]) == 0))
    n = len(ESTIMATORS)
    named = {"estimator": np.repeat(ESTIMATORS, len(shown)), "min_propensity": np.tile(lowest[day, shown], n)}
    told = {name: x[:, day, shown].ravel() for name, x in rows.items()}
    return stamped(np.tile(shown, n), np.tile(as_ofs[day], n), window) | named | told
