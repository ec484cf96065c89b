"""What a bot or a notebook imports; never Dagster, and no store until a call needs it.

``Recorder`` writes events, `load_overrides` reads what an approved proposal changed, `load_posture` which way trades
say to lean; `learnings`, `report` and `shadow_performance` answer the questions of the learning engine as dictionaries,
under its own names.

Seed: learning-engine "Key Questions Answered", "Decision Tracker".
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from learning_pipeline.stores.recorder import Recorder

if TYPE_CHECKING:
    from learning_pipeline.sdk.overrides import Overrides
    from learning_pipeline.sdk.posture import Postures

__all__ = ["Recorder", "learnings", "load_overrides", "load_posture", "report", "shadow_performance"]


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


def load_overrides(home: str | Path | None = None) -> Overrides:
    """What the bot should use instead of its own thresholds; nothing where nobody approved anything.

    Raises
    ------
    BadInput
        The file is damaged, or was changed by hand: none of it is used.
    """
    from learning_pipeline.sdk.overrides import overrides_of  # noqa: PLC0415  # a recorder needs none of this

    return overrides_of(home)


def load_posture(home: str | Path | None = None) -> Postures:
    """How aggressive and how early to exit the bot should be, by what its patterns' trades say; as is without a run.

    Raises
    ------
    BadInput
        The file is damaged, or was changed by hand: none of it is used.
    """
    from learning_pipeline.sdk.posture import postures_of  # noqa: PLC0415  # a recorder needs none of this

    return postures_of(home)
