"""Read-only SQL over the published tables, as frames."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from learning_pipeline.errors import BadInput
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.warehouse import read_only

if TYPE_CHECKING:
    import polars as pl


def queried(sql: str, home: str | Path | None, params: Mapping[str, Any] | None) -> pl.DataFrame:
    """See ``query``."""
    root = Home.at(home)
    with read_only(root.warehouse) as connection:
        try:
            found = connection.sql(sql, params=dict(params or {}))
            if found is None:
                raise BadInput("query: expected one that gives rows")
            return found.pl()
        except duckdb.CatalogException as e:
            why = "published by an older version, perhaps; `learning-pipeline run` brings it up to date"
            raise BadInput(f"{root.warehouse}: {in_one_line(e)} ({why})") from e
        except duckdb.Error as e:
            raise BadInput(f"query: {in_one_line(e)}") from e


def in_one_line(e: Exception) -> str:
    """DuckDB's words without the picture of the query that follows them."""
    return " ".join(str(e).split("\nLINE ")[0].split())
