"""Rows of the ledger as tables."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import polars as pl

from learning_pipeline.contracts import Table
from learning_pipeline.overrides.tables import Approvals, Overrides, Transitions

Row = dict[str, Any]


def copies(overrides: list[Row], transitions: list[Row], answers: list[Row]) -> dict[type[Table], pl.DataFrame]:
    """The room's tables from rows of the ledger; each row's day is that of its first instant."""
    told = [_readable(row) for row in overrides]
    return {
        Overrides: _table(Overrides, told, "selected_at"),
        Transitions: _table(Transitions, transitions, "moved_at"),
        Approvals: _table(Approvals, answers, "decided_at"),
    }


def _readable(row: Row) -> Row:
    instants = {name: dt.datetime.fromisoformat(row[name]) for name in ("selected_at", "active_at", "expires_at")}
    return row | instants | {"scope": canonical(row["scope"]), "no_change_scopes": []}


def canonical(scope: dict[str, str]) -> str:
    """Canonical JSON text."""
    return json.dumps(scope, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _table(table: type[Table], rows: list[Row], first: str) -> pl.DataFrame:
    return table.checked(table.frame([row | {"day": row[first].astimezone(dt.UTC).date()} for row in rows]))
