"""The HTML report from the published file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import duckdb
import polars as pl

from learning_pipeline.analysis.calibration.pairs import calibration_pairs
from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.cli.report_models import facts_of_models
from learning_pipeline.contracts import Settings
from learning_pipeline.defs.catalog import SETTINGS
from learning_pipeline.reports import Facts, Window, render
from learning_pipeline.sdk.published import has_table, window_of
from learning_pipeline.shadow.settings import ShadowSettings
from learning_pipeline.stores.atomic import atomic_write
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.settings_file import load_settings
from learning_pipeline.stores.warehouse import read_only

FRAMES = {
    "guards": "SELECT * FROM analysis.guard_effectiveness WHERE as_of = $as_of AND window_days = $days ORDER BY guard",
    "costs": "SELECT * FROM analysis.opportunity_cost WHERE as_of <= $as_of AND window_days = $days ORDER BY as_of",
    "trades": "SELECT book, trade_id, closed_at, pnl_usd FROM events.trades ORDER BY closed_at, trade_id",
    "pending": """
        SELECT decision, count(*) AS n, min(decided_at)::DATE AS oldest FROM shadow.pending WHERE as_of = $as_of
        GROUP BY decision ORDER BY decision
    """,
    "unlabelled": """
        SELECT reason, count(*) AS n FROM shadow.outcomes WHERE outcome = 'unlabelled'
        GROUP BY reason ORDER BY n DESC, reason
    """,
    "unmatched": "SELECT type, count(*) AS n FROM events.unmatched GROUP BY type ORDER BY type",
    "quarantine": "SELECT file, line_no, reason_code, detail FROM events.quarantine ORDER BY ALL",
    "delivered": """
        SELECT count(*) AS n_files, coalesce(sum(n_lines), 0)::BIGINT AS n_lines,
               coalesce(sum(n_duplicate), 0)::BIGINT AS n_duplicate,
               coalesce(sum(n_incomplete), 0)::BIGINT AS n_incomplete
        FROM events.deliveries
    """,
    "spreads": """
        SELECT json_extract_string(metadata, '$.spread_model') AS spread_model, count(*) AS n
        FROM events.decision_reports
        WHERE happened_at::DATE BETWEEN $as_of - $days::INTEGER + 1 AND $as_of GROUP BY ALL ORDER BY ALL
    """,
}
OPTIONAL = {
    "leaderboard": "strategy_leaderboard",
    "decay": "signal_decay",
    "what_if": "what_if",
    "swaps": "swap_sets",
    "edge": "edge_decay",
    "missed": "missed_opportunities",
    "calibration": "calibration",
    "guard_value": "guard_value",
    "unrecorded": "unrecorded_guards",
}
OF_THE_WINDOW = "SELECT * FROM analysis.{} WHERE as_of = $as_of AND window_days = $days ORDER BY ALL"
ALLOCATED = {
    "allocation": """
        SELECT * FROM allocation.timeframe_allocation WHERE closed_at::DATE <= $as_of
        ORDER BY closed_at, trade_id, timeframe
    """,
    "timeframe_roi": "SELECT * FROM allocation.timeframe_roi WHERE day = $as_of ORDER BY timeframe",
}
BOOKS = {
    "book_pnl": "SELECT * FROM books.pnl WHERE day <= $as_of ORDER BY day, book",
    "risk": "SELECT * FROM books.risk WHERE day <= $as_of ORDER BY day, source, session_id, book, n",
    "blocks": "SELECT * FROM books.blocks WHERE day <= $as_of ORDER BY event_id",
    "experiment_pnl": "SELECT * FROM books.experiment_pnl WHERE day = $as_of ORDER BY source, book, experiment_id",
}
VALIDATION = "SELECT * FROM playbooks.validation WHERE as_of = $as_of ORDER BY playbook_id"
PROPOSALS = "SELECT * FROM analysis.proposals ORDER BY as_of DESC, proposal_id"
OVERRIDES = """
    SELECT override_id, first(pattern_key) AS pattern_key, first(scope) AS scope, first(state) AS state,
           first(state_at)::DATE AS since, first(reason) AS reason, first(benefit) AS benefit, first(harm) AS harm,
           first(forward_benefit) AS forward_benefit, first(forward_harm) AS forward_harm, first(p_value) AS p_value,
           first(q_value) AS q_value,
           string_agg(gate || CASE action WHEN 'drop' THEN ' dropped' WHEN 'scale' THEN ' x ' || operand
                                          WHEN 'threshold' THEN ' = ' || operand ELSE format(' {:+}', operand) END,
                      ', ' ORDER BY gate) FILTER (WHERE action <> 'delta' OR operand <> 0) AS change
    FROM overrides.overrides GROUP BY override_id ORDER BY override_id
"""
TESTED = """
    SELECT as_of, count(*) AS n, count(*) FILTER (WHERE p_value <= 0.05) AS n_small,
           count(*) FILTER (WHERE q_value <= 0.05) AS n_passed
    FROM tuning.lessons WHERE p_value IS NOT NULL GROUP BY as_of ORDER BY as_of DESC LIMIT 1
"""
COMPARED = [
    """
        SELECT signal_id, day, decided_at, decision, strategy, book FROM events.decisions
        WHERE decided_at::DATE BETWEEN $as_of - $days::INTEGER + 1 AND $as_of
    """,
    """
        SELECT signal_id, day, known_at, decided_at, net_pnl_usd, net_roi, notional_usd FROM shadow.outcomes
        WHERE net_pnl_usd IS NOT NULL AND decided_at::DATE BETWEEN $as_of - $days::INTEGER + 1 AND $as_of
    """,
    """
        SELECT trade_id, signal_id, day, happened_at, qty, entry_price, pnl_usd FROM events.trades
        WHERE day BETWEEN $as_of - $days::INTEGER + 1 AND $as_of
    """,
]
"""Decisions, outcomes and trades of the window, for the pairs of the calibration."""
SPREAD_UNKNOWN = "SELECT count(*) FROM shadow.outcomes WHERE NOT spread_known"
POLICIES = "SELECT DISTINCT policy_hash FROM shadow.outcomes WHERE policy_hash IS NOT NULL ORDER BY policy_hash"


def write_report(home: Home, hours: float | None = None) -> Path:
    """Write the report as of the newest day of the warehouse; its path.

    Raises
    ------
    BadInput
        Nothing was published yet, or no day was computed.
    """
    settings = load_settings(home.settings, SETTINGS)
    with read_only(home.warehouse) as connection:
        window = window_of(connection, home.warehouse, hours)
        facts = _facts(connection, window, settings)
    path = home.reports / f"report-{window.as_of}.html"
    atomic_write(path, render(facts, window).encode())
    return path


def _facts(connection: duckdb.DuckDBPyConnection, window: Window, settings: Mapping[str, Settings]) -> Facts:
    frames: dict[str, Any] = {name: _frame(connection, query, window) for name, query in FRAMES.items()}
    frames |= {name: _where_it_exists(connection, table, window) for name, table in OPTIONAL.items()}
    is_allocated = has_table(connection, "timeframe_roi")
    frames |= {name: _frame(connection, query, window) if is_allocated else None for name, query in ALLOCATED.items()}
    has_books = has_table(connection, "open_risk")
    frames |= {name: _frame(connection, query, window) if has_books else None for name, query in BOOKS.items()}
    (spread_unknown,) = connection.execute(SPREAD_UNKNOWN).fetchall()[0]
    analysis = cast("AnalysisSettings", settings["analysis"])
    return Facts(
        **frames,
        **facts_of_models(connection, window),
        validation=_frame(connection, VALIDATION, window) if has_table(connection, "validation") else None,
        proposals=_frame(connection, PROPOSALS, window) if has_table(connection, "proposals") else None,
        overrides=_frame(connection, OVERRIDES, window) if has_table(connection, "overrides") else None,
        tested=_frame(connection, TESTED, window) if has_table(connection, "lessons") else None,
        pairs=_pairs(connection, window, analysis),
        spread_unknown=spread_unknown,
        policies=[policy for (policy,) in connection.execute(POLICIES).fetchall()],
        shadow=cast("ShadowSettings", settings["shadow"]),
        analysis=analysis,
    )


def _pairs(connection: duckdb.DuckDBPyConnection, window: Window, settings: AnalysisSettings) -> pl.DataFrame:
    """Real and simulated results side by side, as `analysis.calibration` compares them."""
    decisions, outcomes, trades = (_frame(connection, query, window) for query in COMPARED)
    of_the_window = settings.model_copy(update={"windows": (window.days,)})
    return calibration_pairs(decisions, outcomes, trades, window.as_of, of_the_window)


def _frame(connection: duckdb.DuckDBPyConnection, query: str, window: Window) -> pl.DataFrame:
    known: dict[str, Any] = {"as_of": window.as_of, "days": window.days}
    return connection.sql(query, params={k: v for k, v in known.items() if f"${k}" in query}).pl()


def _where_it_exists(connection: duckdb.DuckDBPyConnection, table: str, window: Window) -> pl.DataFrame | None:
    """Rows of a table that not every warehouse has; None where it has not."""
    return _frame(connection, OF_THE_WINDOW.format(table), window) if has_table(connection, table) else None
