"""Column types shared by all tables: only those that Delta, DuckDB and Polars hold without loss (ARCHITECTURE 4)."""

from typing import Annotated

import polars as pl

Instant = Annotated[pl.Datetime, "us", "UTC"]
"""An instant in UTC, microseconds."""

Texts = Annotated[pl.List, pl.String]
"""A list of words."""
