"""What every scenario changes, as of one day."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl

from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.analysis.what_if.capital import Bools, Floats, Room
from learning_pipeline.analysis.what_if.day_totals import (
    DayTotals,
    capital_aware,
    money_by_day,
    orders_of,
    taken_of,
    unconstrained,
    wanted,
)
from learning_pipeline.analysis.what_if.known import Versions, known_on
from learning_pipeline.analysis.what_if.questions import Answer, Question, why_not
from learning_pipeline.analysis.windows import EPOCH
from learning_pipeline.policy import APPROVED, BLOCKED


class Found(NamedTuple):
    """What one scenario changes in one mode; ``totals`` None: not evaluable, and ``reason`` says why."""

    totals: DayTotals | None
    reason: str | None
    answer: Answer


class View:
    """The decisions of the longest window as of a day, what was taken of them, and what would have been.

    The replay of a book starts empty on the first day of the longest window; shorter windows read the same path. A
    scenario with fitted weights replaces the bot's answers from the first day of its window on.
    """

    def __init__(self, versions: Versions, recorded: pl.DataFrame, as_of: dt.date, settings: AnalysisSettings) -> None:
        self.as_of, self.n_days = as_of, max(settings.windows)
        self._recorded = recorded
        self._room = Room(settings.capital_usd, settings.max_open_positions, settings.one_position_per_symbol)
        self._known = known_on(versions, as_of, self.n_days)
        self._approved = versions.approved[self._known.rows]
        self._orders = orders_of(self._known, versions)
        self._taken = taken_of(self._approved, self._known, self._orders, self._room)
        self._fixed: dict[str, tuple[Found, Found]] = {}

    @cached_property
    def baselines(self) -> Floats:
        """Net PnL by day of what was taken, unconstrained and capital-aware; shape (2, n_days)."""
        known, both = self._known, (self._approved, self._taken)
        return np.stack([money_by_day(known.day[taken], known.pnl[taken], self.n_days) for taken in both])

    def found(self, name: str, question: Question, window: int) -> tuple[Found, Found]:
        """What a scenario changes in the window: unconstrained, capital-aware."""
        if name in self._fixed:
            return self._fixed[name]
        answer = question.answer(self.as_of, window)
        found = self._found(answer, window)
        if not answer.fitted:
            self._fixed[name] = found
        return found

    def _found(self, answer: Answer, window: int) -> tuple[Found, Found]:
        reason = why_not(answer, self._known.rows, lambda: self._gates)
        if reason is not None:
            return Found(None, reason, answer), Found(None, reason, answer)
        answers = answer.answers[self._known.rows]
        if answer.fitted:
            begun = self._known.day >= self.n_days - window
            answers = np.where(begun, answers, np.where(self._approved, APPROVED, BLOCKED)).astype(np.int8)
        free = unconstrained(self._known, self._approved, answers, self.n_days)
        return Found(free, None, answer), self._with_capital(answer, answers)

    def _with_capital(self, answer: Answer, answers: np.ndarray) -> Found:
        asked = wanted(self._approved, answers)
        taken = self._replayed(asked)
        if asked.any() and not (taken.any() or self._taken.any()):
            return Found(None, f"no decision fits capital_usd = {self._room.capital_usd:g}", answer)
        return Found(capital_aware(self._known, self._taken, asked, taken, answers, self.n_days), None, answer)

    @cached_property
    def _gates(self) -> list[str]:
        """Gates recorded on the decisions of the longest window."""
        first = (self.as_of - EPOCH).days - self.n_days + 1
        known = self._recorded.filter(pl.col("decided_on") >= first, pl.col("day") <= self.as_of)
        return known["gate"].unique().sort().to_list()

    def _replayed(self, asked: Bools) -> Bools:
        if np.array_equal(asked, self._approved):
            return self._taken
        return taken_of(asked, self._known, self._orders, self._room)
