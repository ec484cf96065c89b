"""What the report tells of models, from the published file."""

from __future__ import annotations

from typing import Any

import duckdb
import polars as pl

from learning_pipeline.models.comparison import records
from learning_pipeline.reports import Window
from learning_pipeline.sdk.published import has_table

STANDING = """
    SELECT target, state, artifact_id, since FROM rollout.deployments
    WHERE until IS NULL AND state IN ('active', 'shadow') ORDER BY target, state, artifact_id
"""
EVALUATED = """
    SELECT artifact_id, pack_id, evaluated_at, passed, reason FROM models.evaluations
    QUALIFY row_number() OVER (PARTITION BY artifact_id ORDER BY evaluated_at DESC, eval_id) = 1 ORDER BY artifact_id
"""
SCORED = "SELECT target, role, artifact_id, signal_id, known_at, takes FROM models.scores"
SETTLED = """
    SELECT signal_id, known_at, net_pnl_usd, reason FROM shadow.outcomes
    WHERE outcome <> 'open' AND signal_id IN (SELECT signal_id FROM models.scores)
"""
DRIFT = "SELECT * FROM drift.scores WHERE as_of = $as_of ORDER BY model, metric, feature, target"
ALERTS = "SELECT * FROM drift.alerts ORDER BY as_of DESC, kind, model, metric, feature, target LIMIT 100"


def facts_of_models(connection: duckdb.DuckDBPyConnection, window: Window) -> dict[str, Any]:
    """Deployments, evaluations, records, drift and alerts, as `reports.Facts` holds them."""
    is_governed, is_watched = has_table(connection, "deployments"), has_table(connection, "alerts")
    return {
        "deployments": _frame(connection, STANDING) if is_governed else None,
        "evaluations": _frame(connection, EVALUATED) if is_governed else None,
        "records": _records(connection, window) if is_governed else None,
        "drift": _frame(connection, DRIFT, as_of=window.as_of) if is_watched else None,
        "alerts": _frame(connection, ALERTS) if is_watched else None,
    }


def _records(connection: duckdb.DuckDBPyConnection, window: Window) -> list[dict[str, Any]]:
    scored = _frame(connection, SCORED)
    return [] if scored.is_empty() else records(scored, _frame(connection, SETTLED), window.as_of)


def _frame(connection: duckdb.DuckDBPyConnection, query: str, **known: Any) -> pl.DataFrame:
    return connection.sql(query, params=known).pl()
