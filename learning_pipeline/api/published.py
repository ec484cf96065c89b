"""Rows of the published warehouse as JSON holds them."""

from __future__ import annotations

import json
from typing import Any

from learning_pipeline.sdk.published import has_table
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.warehouse import read_only


def newest(home: Home, table: str, when: str, per: str | None = None, **asked: object) -> list[dict[str, Any]]:
    """Rows of the newest day of a table that holds what is asked for; none where nothing was published yet.

    Parameters
    ----------
    table : str
        ``room.table``.
    when : str
        Its column of days.
    per : str, optional
        Column whose values have a newest day each.
    asked : object
        Columns and the values that they must have.
    """
    room, name = table.split(".")
    if not home.warehouse.exists():
        return []
    with read_only(home.warehouse) as connection:
        if not has_table(connection, name):
            return []
        matches = "".join(f" AND {column} = ${column}" for column in asked)
        last = f"QUALIFY {when} = max({when}) OVER ({f'PARTITION BY {per}' if per else ''})"
        query = f"SELECT * FROM {room}.{name} WHERE true{matches} {last} ORDER BY ALL"  # noqa: S608  # our own names
        found = connection.execute(query, asked)
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def opened(row: dict[str, Any], *columns: str) -> dict[str, Any]:
    """A row whose JSON texts are objects."""
    return row | {column: json.loads(row[column]) for column in columns}
