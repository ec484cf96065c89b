"""What every scenario would have changed, as of each day and for each window."""

from __future__ import annotations

import datetime as dt

import polars as pl

from learning_pipeline.analysis.cohort import decided_in_windows
from learning_pipeline.analysis.rows import Rows, as_rows
from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.analysis.what_if.fit import TRAINING_DAYS
from learning_pipeline.analysis.what_if.known import Versions
from learning_pipeline.analysis.what_if.names import gates_by_day, in_snake_case
from learning_pipeline.analysis.what_if.questions import Question
from learning_pipeline.analysis.what_if.tables import SwapSets, WhatIf
from learning_pipeline.analysis.what_if.view import View
from learning_pipeline.analysis.what_if.window_rows import COUNTS, SWAP_COUNTS, swap_rows, what_if_rows
from learning_pipeline.policy import GateMatrix

DECIDED = ["signal_id", "day", "decided_at", "decision", "blocker_component", "blocked_by", "gates_complete", "book"]
DECIDED += ["symbol", "notional_usd"]
TEXTS = ["reason", "fitted_weights"]


def what_if(
    signals: pl.DataFrame,
    decisions: pl.DataFrame,
    gates: pl.DataFrame,
    outcomes: pl.DataFrame,
    as_ofs: list[dt.date],
    settings: AnalysisSettings,
    notional_usd: float,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Decide again under every scenario, with capital for everything and with a book's.

    Parameters
    ----------
    signals, decisions, gates, outcomes : DataFrame
        ``events.signals``, ``events.decisions``, ``events.gates``, ``shadow.outcomes``, of the longest window and
        `TRAINING_DAYS` before it; rows after an as_of do not count for it.
    as_ofs : list of date
        Days, as of their end.
    settings : AnalysisSettings
        Windows, books, scenarios, and the room of the capital-aware book.
    notional_usd : float
        Size of a decision that names none, quote money.

    Returns
    -------
    what_if : DataFrame
        `WhatIf`: two rows, one per mode, per as_of, window and scenario.
    swap_sets : DataFrame
        `SwapSets`: five rows per as_of, window and scenario that can be evaluated.
    """
    if not as_ofs or not settings.asked:
        return WhatIf.frame(), SwapSets.frame()
    decided, gates = in_snake_case(_decided(decisions, as_ofs, settings), gates)
    matrix = GateMatrix(decided, _deciding(gates, settings), signals)
    versions = Versions.of(matrix.decided, outcomes, notional_usd)
    questions = {name: Question(scenario, matrix, versions) for name, scenario in settings.asked.items()}
    recorded = gates_by_day(decided, gates)
    rows: tuple[list[Rows], list[Rows]] = ([], [])
    for as_of in sorted(set(as_ofs)):
        view = View(versions, recorded, as_of, settings)
        for kind, blocks in zip(rows, _blocks(view, questions, settings), strict=True):
            kind.extend(blocks)
    names = pl.Series(list(questions))
    found = as_rows(rows[0], ["window_days", *COUNTS], scenario=names).with_columns(pl.col(TEXTS).replace("", None))
    swaps = as_rows(rows[1], ["window_days", *SWAP_COUNTS], scenario=names)
    return WhatIf.checked(found), SwapSets.checked(swaps)


def _decided(decisions: pl.DataFrame, as_ofs: list[dt.date], settings: AnalysisSettings) -> pl.DataFrame:
    """Versions of the windows and of the training days before them, by time."""
    farther = settings.model_copy(update={"windows": (max(settings.windows) + TRAINING_DAYS,)})
    return decided_in_windows(decisions, DECIDED, as_ofs, farther).sort("decided_at", "signal_id", "day")


def _deciding(gates: pl.DataFrame, settings: AnalysisSettings) -> pl.DataFrame:
    """Rows that can change an answer: of gates that a scenario names, and of those that did not pass."""
    named = {gate for scenario in settings.asked.values() for gate in scenario.changed}
    return gates.filter(pl.col("gate").is_in(named) | pl.col("passed").ne_missing(other=True))


def _blocks(view: View, questions: dict[str, Question], settings: AnalysisSettings) -> tuple[list[Rows], list[Rows]]:
    """Rows of both tables for every window of a day."""
    found, swaps = [], []
    for window in settings.windows:
        answered = [view.found(name, question, window) for name, question in questions.items()]
        found.append(what_if_rows(answered, view.baselines, view.as_of, window))
        swaps.append(swap_rows([free for free, _ in answered], view.as_of, window))
    return found, swaps
