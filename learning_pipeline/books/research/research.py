"""A run of the research room: money, experiments and requests, day by day from where the day before ended."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any, NamedTuple

import polars as pl

from learning_pipeline.books.research.budget import Budget
from learning_pipeline.books.research.fold import Happening, Limits, Told, in_order, nothing_told, walk
from learning_pipeline.books.research.happenings import Events, happenings
from learning_pipeline.books.research.requests import Held, Request
from learning_pipeline.books.research.rows import budget_rows, experiment_rows, request_row
from learning_pipeline.books.research.settings import ResearchSettings
from learning_pipeline.books.research.tables import ExperimentRequests, Experiments, ResearchBudget
from learning_pipeline.books.research.told import ToldTrade
from learning_pipeline.contracts import Table, end_of

Row = dict[str, Any]
SILENT_DAYS = 90
"""A session that has been silent for longer, with nothing open and no pause, is left out of the days that follow."""


class Made(NamedTuple):
    """What a run makes: its tables, what is held now, and what it came upon."""

    experiments: pl.DataFrame
    budgets: pl.DataFrame
    requests: pl.DataFrame
    now: Held
    told: Told


def limits_of(settings: ResearchSettings) -> Limits:
    """The limits that the settings ask for."""
    return Limits(settings.research_budget_fraction, settings.research_max_loss_usd)


def research(
    before: Held,
    events: Events,
    trades: list[ToldTrade],
    acts: list[Request],
    days: list[dt.date],
    settings: ResearchSettings,
) -> Made:
    """Walk the days; what people and judges did after the last of them is applied on top, for bots.

    Parameters
    ----------
    before : Held
        At the end of the day before the first; left as it is.
    events, trades
        Of the days, see `happenings`.
    acts : list of Request
        Every act in the ledger, whenever it was.
    days : list of date
        Every day of the run; none: nothing is made of nothing.

    Returns
    -------
    Made
        ``books.experiments`` and ``books.research_budget`` of every day. ``books.experiment_requests``, ``now`` and
        ``told`` hold the acts after the last day too.
    """
    held, limits, told = copy.deepcopy(before), limits_of(settings), nothing_told()
    experiments, budgets = [], []
    span = (days[0], days[-1]) if days else (dt.date.max, dt.date.min)
    symbols = {one.symbol for budget in held.budgets.values() for one in budget.positions.values()}
    auto_start = settings.research_auto_start
    by_day = happenings(events, trades, symbols, acts, span, auto_start=auto_start)
    for day in days:
        _day(held, day, by_day.get(day, []), limits, told)
        experiments += experiment_rows(held, day)
        budgets += budget_rows(held, day, limits)
    later = [act for act in acts if days and act.at > end_of(days[-1])]
    told.add(walk(held, in_order(later), limits))
    return Made(
        experiments=_table(Experiments, experiments),
        budgets=_table(ResearchBudget, budgets),
        requests=_table(ExperimentRequests, [request_row(verdict) for verdict in told.verdicts]),
        now=held,
        told=told,
    )


def _table(table: type[Table], rows: list[Row]) -> pl.DataFrame:
    return table.checked(table.frame(rows))


def _day(held: Held, day: dt.date, those: list[Happening], limits: Limits, told: Told) -> None:
    for budget in held.budgets.values():
        budget.begin_day()
    told.add(walk(held, those, limits))
    for session, budget in list(held.budgets.items()):
        budget.end_day()
        if _is_over(budget, day):
            del held.budgets[session]


def _is_over(budget: Budget, day: dt.date) -> bool:
    if budget.positions or budget.is_paused or budget.heard_at is None:
        return False
    return (day - budget.heard_at.astimezone(dt.UTC).date()).days > SILENT_DAYS
