"""What a bot or a notebook imports; never Dagster, and no store until a call needs it.

``Recorder`` writes events, `load_overrides` reads what an approved proposal changed, `load_model` the approved model,
`load_posture` which way trades say to lean, `load_allocation` the shares of capital by timeframe, `load_experiments`
how experiments stand, and `route` which budget a trigger is traded from; `evaluate_learning_order` says whether an
order may be made to learn from it, `learning_context` what may still be risked for that; `learnings`, `report` and
`shadow_performance` answer the questions of the learning engine as dictionaries, under its own names, and `query` any
other from the published tables. `LearningEngine` captures, trains, measures and moves models, over the jobs that the
command line starts.

Seed: learning-engine "Key Questions Answered", "Decision Tracker".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from learning_pipeline.sdk.engine import LearningEngine, ModelArtifact
from learning_pipeline.sdk.loaded import load_allocation, load_experiments, load_model, load_overrides, load_posture
from learning_pipeline.stores.recorder import Recorder

if TYPE_CHECKING:
    import polars as pl

    from learning_pipeline.books.learning import Answer, Conditions, LearningOrder, RiskBook
    from learning_pipeline.books.learning.settings import LearningBookSettings
    from learning_pipeline.books.research.routing import Route

__all__ = [
    "LearningEngine",
    "ModelArtifact",
    "Recorder",
    "evaluate_learning_order",
    "learning_context",
    "learnings",
    "load_allocation",
    "load_experiments",
    "load_model",
    "load_overrides",
    "load_posture",
    "query",
    "report",
    "route",
    "shadow_performance",
]


def learnings(home: str | Path | None = None, hours: float = 24) -> dict[str, Any]:
    """What was blocked and missed, which guards saved and cost, which strategy earns, and what is proposed.

    Parameters
    ----------
    home : path, optional
        Data root; LEARNING_PIPELINE_HOME, else ``./data`` by default.
    hours : float
        How far back: the shortest window that was computed and covers them, else the longest.

    Returns
    -------
    dict
        ``window`` (as_of, days, words), ``blocked_analysis``, ``missed_opportunities``, ``what_if_scenarios``,
        ``guard_effectiveness`` (``effective_guards``, ``ineffective_guards``, ``inconclusive_guards``),
        ``strategy_performance``, ``signal_decay``, ``feedback`` (proposals), ``simulator_bias`` (``n``, ``bias``: real
        minus simulated net PnL). Money in quote money, with its 95 % interval (``ci_low``, ``ci_high``); what is
        unknown is None, never 0.

    Raises
    ------
    BadInput
        Nothing was published yet, or no day was computed.
    """
    from learning_pipeline.sdk.cycle import learning_cycle  # noqa: PLC0415  # opens DuckDB

    return learning_cycle(home, hours)


def report(home: str | Path | None = None, hours: float = 24) -> dict[str, Any]:
    """Blocked opportunity cost, signal decay, strategy leaderboard and guard effectiveness; as `learnings`.

    Returns
    -------
    dict
        ``window``, ``blocked_opportunity_cost``, ``signal_decay`` (seconds), ``strategy_leaderboard`` (by strategy:
        real trades, and ``shadow``: all of its signals), ``guard_effectiveness``, ``simulator_bias``.
    """
    from learning_pipeline.sdk.cycle import analytics_report  # noqa: PLC0415  # opens DuckDB

    return analytics_report(home, hours)


def shadow_performance(home: str | Path | None = None, hours: float = 24) -> dict[str, Any]:
    """What all signals, approved and blocked alike, would have earned without any guard; as `learnings`.

    Returns
    -------
    dict
        ``window``, ``total_trades``, ``win_rate`` (fraction), ``total_pnl`` with ``ci_low`` and ``ci_high``,
        ``n_pending``, ``simulator_bias``.
    """
    from learning_pipeline.sdk.cycle import shadow_totals  # noqa: PLC0415  # opens DuckDB

    return shadow_totals(home, hours)


def query(sql: str, home: str | Path | None = None, params: Mapping[str, Any] | None = None) -> pl.DataFrame:
    """Read-only SQL over the published tables; every one and its columns are documented in the warehouse itself.

    Parameters
    ----------
    sql : str
        One statement; ``$name`` stands for a value of ``params``.
    home : path, optional
        As `learnings`.

    Returns
    -------
    DataFrame
        Polars; instants in UTC.

    Raises
    ------
    BadInput
        Nothing was published yet, the warehouse has no such table, or the query is wrong or would write.
    """
    from learning_pipeline.sdk.query import queried  # noqa: PLC0415  # opens DuckDB

    return queried(sql, home, params)


def evaluate_learning_order(
    order: LearningOrder | Mapping[str, Any],
    book: RiskBook | Mapping[str, Any],
    settings: LearningBookSettings | Mapping[str, Any],
    zones: Conditions | Mapping[str, Any] | None = None,
    now: dt.datetime | None = None,
) -> Answer:
    """Whether an order may be made for an experiment, how large and how long; pure, and the same in a replay.

    Parameters
    ----------
    order : LearningOrder or mapping
        ``experiment_id``, ``side``, ``price`` and, where there are any, ``stop_price``, ``qty``, ``hold_minutes``.
    book, settings
        ``sessions[k]["book"]`` and ``settings`` of `learning_context`, or a `RiskBook` that the bot keeps by itself and
        `LearningBookSettings`.
    zones : Conditions or mapping, optional
        What the bot measured at that instant (``volatility``, ``spread_bps``, ``feed_latency_seconds``, ...); the three
        named here close the gate where they are not known.
    now : datetime, optional
        The order's instant.

    Returns
    -------
    Answer
        ``allowed``, and either ``qty``, ``hold_minutes``, ``risk_usd`` and ``exposure_usd``, or ``reason`` and
        ``detail``.

    Raises
    ------
    BadInput
        A field is missing, unknown, of another type, or a number that no order can have.
    """
    from learning_pipeline.sdk.learning import evaluated  # noqa: PLC0415  # a recorder needs none of this

    return evaluated(order, book, settings, zones, now)


def learning_context(home: str | Path | None = None, now: dt.datetime | None = None) -> dict[str, Any]:
    """What may still be risked for learning, where there must be none, and which experiments run; for a prompt.

    Returns
    -------
    dict
        ``as_of`` (last day that was computed), ``settings``, ``experiments`` (running) and ``sessions``: each with
        ``equity_usd``, ``daily_risk_budget_usd``, ``risk_left_usd``, ``exposure_left_usd``, ``n_trades_left``,
        ``zones``, ``experiment_pnl_usd``, ``book`` and more. What is unknown is None. JSON can hold all of it.

    Raises
    ------
    BadInput
        Nothing was computed yet, or a file is damaged, or was changed by hand: none of it is used.
    """
    from learning_pipeline.sdk.learning import context_of  # noqa: PLC0415  # a recorder needs none of this

    return context_of(home, now)


def route(trigger: Mapping[str, Any], home: str | Path | None = None) -> Route:
    """Which budget a trigger is traded from: main or research, or none at all.

    Parameters
    ----------
    trigger : mapping
        Fields of a ``signal``: ``symbol``, ``category``, ``playbook_id``, ``emergency_exit``, ``force_main_budget``;
        ``is_research`` or ``experiment_id`` where the bot's plan tagged it; ``source`` and ``session_id`` where the
        data root knows more than one session.
    home : path, optional
        As `load_experiments`.

    Returns
    -------
    Route
        ``book`` (``profit`` or ``research``), ``blocked`` (``research_paused``, ``research_insolvent`` or None),
        ``experiment_id``, ``playbook_id``, ``detail``.

    Raises
    ------
    BadInput
        As `load_experiments`; or the trigger names no symbol, or none of several sessions.
    """
    from learning_pipeline.sdk.experiments import routed  # noqa: PLC0415  # a recorder needs none of this

    return routed(trigger, home)
