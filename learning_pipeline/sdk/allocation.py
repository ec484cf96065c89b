"""The allocation as a bot uses it; light: no Dagster, Polars or DuckDB."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from learning_pipeline.stores.allocation_file import read_allocation
from learning_pipeline.stores.home import Home


def allocation_of(home: str | Path | None) -> dict[str, Any]:
    """The allocation of a data root as it stood at its last run."""
    return read_allocation(Home.at(home).allocation)
