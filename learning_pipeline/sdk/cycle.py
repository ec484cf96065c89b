"""The dictionaries of the learning engine, from the published tables."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from learning_pipeline.sdk.answers import (
    ALL,
    bias,
    blocking,
    by_verdict,
    decay,
    leaderboard,
    missed,
    strategies,
    what_if,
)
from learning_pipeline.sdk.proposals import current_proposals
from learning_pipeline.sdk.published import rows_of, window_of
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.warehouse import read_only

TABLES = (
    "opportunity_cost",
    "guard_effectiveness",
    "what_if",
    "missed_opportunities",
    "signal_decay",
    "strategy_leaderboard",
    "calibration",
)


def learning_cycle(home: str | Path | None, hours: float) -> dict[str, Any]:
    """See ``learnings``."""
    window, tables = _read(Home.at(home), hours)
    return {
        "window": window,
        "simulator_bias": bias(tables["calibration"]),
        "blocked_analysis": blocking(tables["opportunity_cost"]),
        "missed_opportunities": missed(tables["missed_opportunities"]),
        "what_if_scenarios": what_if(tables["guard_effectiveness"], tables["what_if"]),
        "guard_effectiveness": by_verdict(tables["guard_effectiveness"]),
        "strategy_performance": strategies(tables["strategy_leaderboard"]),
        "signal_decay": decay(tables["signal_decay"]),
        "feedback": current_proposals(Home.at(home), dt.datetime.now(dt.UTC)),
    }


def analytics_report(home: str | Path | None, hours: float) -> dict[str, Any]:
    """See ``report``."""
    window, tables = _read(Home.at(home), hours)
    return {
        "window": window,
        "simulator_bias": bias(tables["calibration"]),
        "blocked_opportunity_cost": blocking(tables["opportunity_cost"]),
        "signal_decay": decay(tables["signal_decay"]),
        "strategy_leaderboard": leaderboard(tables["strategy_leaderboard"]),
        "guard_effectiveness": by_verdict(tables["guard_effectiveness"]),
    }


def shadow_totals(home: str | Path | None, hours: float) -> dict[str, Any]:
    """See ``shadow_performance``."""
    window, tables = _read(Home.at(home), hours)
    totals = leaderboard(tables["strategy_leaderboard"], everything=True)[ALL]["shadow"]
    off = bias(tables["calibration"])
    return {"window": window, "total_trades": totals.pop("n"), **totals, "simulator_bias": off}


def _read(home: Home, hours: float) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """The window in words and its rows by table."""
    with read_only(home.warehouse) as connection:
        window = window_of(connection, home.warehouse, hours)
        tables = {table: rows_of(connection, table, window) for table in TABLES}
    return {"as_of": window.as_of, "days": window.days, "words": f"{window.words}. {window.asked}"}, tables
