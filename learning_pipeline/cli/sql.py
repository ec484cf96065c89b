"""Read-only queries for people and machines."""

from __future__ import annotations

import csv
import json
import sys
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table as RichTable

from learning_pipeline.errors import BadInput
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
            return [column[0] for column in found.description or []], found.fetchall()
        except duckdb.Error as e:
            raise BadInput(f"query: {' '.join(str(e).split())}") from e


def print_query(home: Home, query: str, how: str) -> None:
    """Print a query's rows as a table, CSV or JSON."""
    columns, rows = query_rows(home, query)
    if how == "csv":
        csv.writer(sys.stdout).writerows([columns, *rows])
    elif how == "json":
        sys.stdout.write(
            json.dumps([dict(zip(columns, row, strict=True)) for row in rows], default=str, indent=1) + "\n"
        )
    else:
        print_table(columns, rows)


def print_table(columns: list[str], rows: list[tuple[Any, ...]], title: str | None = None) -> None:
    """A table for a terminal; numbers right-aligned."""
    console = Console()
    table = RichTable(title=title, title_justify="left", header_style="bold")
    for k, name in enumerate(columns):
        numeric = any(isinstance(row[k], int | float) and not isinstance(row[k], bool) for row in rows)
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(shown, row))
    console.print(table)


def shown(value: Any) -> str:
    """A value as a person reads it; nothing for null."""
    if value is None:
        return ""
    return f"{value:,.6g}" if isinstance(value, float) else str(value)
