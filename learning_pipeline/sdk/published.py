"""Rows of the newest day of the warehouse, of the window that a reader asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from learning_pipeline.errors import BadInput
from learning_pipeline.reports.window import Window, choose_window

COMPUTED = """
    SELECT DISTINCT as_of, window_days FROM analysis.opportunity_cost
    WHERE as_of = (SELECT max(as_of) FROM analysis.opportunity_cost) ORDER BY window_days
"""
EXISTS = "SELECT 1 FROM duckdb_views() WHERE NOT internal AND view_name = ?"


def window_of(connection: duckdb.DuckDBPyConnection, warehouse: Path, hours: float | None) -> Window:
    """The newest day, and the window that covers the hours.

    Raises
    ------
    BadInput
        No day was computed.
    """
    computed = connection.execute(COMPUTED).fetchall()
    if not computed:
        raise BadInput(f"{warehouse}: no day was computed yet; `learning-pipeline run` computes what is due")
    return choose_window([days for _, days in computed], computed[0][0], hours)


def has_table(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether the warehouse holds a table of that name; one made by an older version may not."""
    return bool(connection.execute(EXISTS, [table]).fetchall())


def rows_of(connection: duckdb.DuckDBPyConnection, table: str, window: Window) -> list[dict[str, Any]]:
    """Rows of a table of the analysis room in key order; none where the warehouse has no such table."""
    if not has_table(connection, table):
        return []
    query = f"SELECT * FROM analysis.{table} WHERE as_of = $as_of AND window_days = $days ORDER BY ALL"  # noqa: S608  # our own names
    found = connection.execute(query, {"as_of": window.as_of, "days": window.days})
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
