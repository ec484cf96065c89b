"""Rows of the ledger as ``playbooks.suggestions``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import polars as pl

from learning_pipeline.playbooks.tables import Suggestions


def suggestion_rows(rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """The table of suggestions; a row's day is that of the request."""
    wanted = [name for name in Suggestions.dtypes() if name != "day"]
    told = [{name: row[name] for name in wanted} | {"day": _day(row["requested_at"])} for row in rows]
    return Suggestions.checked(Suggestions.frame(told))


def _day(at: dt.datetime) -> dt.date:
    return at.astimezone(dt.UTC).date()
