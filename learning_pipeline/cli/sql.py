"""Read-only queries for people and machines."""

from __future__ import annotations

from typing import Any

import duckdb

from learning_pipeline.cli.plain import records, write_csv, write_json
from learning_pipeline.cli.terminal import print_table
from learning_pipeline.errors import BadInput
from learning_pipeline.sdk.query import in_one_line
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.warehouse import read_only


def query_rows(home: Home, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows of a query on the published file.

    Raises
    ------
    BadInput
        The query is wrong, or would write.
    """
    with read_only(home.warehouse) as connection:
        try:
            found = connection.execute(query)
            if found is None:
                raise BadInput("query: expected SQL, was empty")
            return [column[0] for column in found.description or []], found.fetchall()
        except (duckdb.Error, OverflowError, ValueError) as e:
            raise BadInput(f"query: {in_one_line(e)}") from e


def print_query(home: Home, query: str, how: str) -> None:
    """Print a query's rows as a table, CSV or JSON."""
    columns, rows = query_rows(home, query)
    if how == "csv":
        write_csv(columns, rows)
    elif how == "json":
        write_json(records(columns, rows))
    else:
        print_table(columns, rows)
