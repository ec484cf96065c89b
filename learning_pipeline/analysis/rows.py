"""From the day sums of one as_of and window to rows of a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from learning_pipeline.analysis.windows import EPOCH, Floats
from learning_pipeline.stats import running_total

Rows = dict[str, NDArray]
"""Columns of shape (n_shown,): ``group`` by number, as_of and day in days since 1970, NaN for null."""


def window_sums(by_day: Mapping[str, Floats]) -> dict[str, Floats]:
    """Each measure over all days of the window, day after day; shape (n_groups,).

    >>> window_sums({"n": np.array([[1.0, 2.0, 4.0]])})["n"].tolist()
    [7.0]
    """
    return {name: running_total(x) for name, x in by_day.items()}


def stamped(groups: NDArray[np.int64], as_of: dt.date, window: int) -> Rows:
    """Columns that say of which group, day and window the rows are."""
    last = (as_of - EPOCH).days
    same = {name: np.full(len(groups), n) for name, n in {"as_of": last, "day": last, "window_days": window}.items()}
    return same | {"group": groups}


def cut(columns: Mapping[str, NDArray], seen: NDArray[np.bool_], as_of: dt.date, window: int) -> Rows:
    """Columns of the groups that were seen, and of group 0, stamped."""
    groups = np.flatnonzero(seen | (np.arange(len(seen)) == 0))
    return stamped(groups, as_of, window) | {name: x[groups] for name, x in columns.items()}


def as_rows(blocks: list[Rows], counts: list[str], **group: pl.Series) -> pl.DataFrame:
    """All blocks in one frame: NaN is null, days are dates, counts whole; ``strategy=names`` names the groups so."""
    columns = pl.DataFrame({name: np.concatenate([b[name] for b in blocks]) for name in blocks[0]}, nan_to_null=True)
    return columns.select(
        pl.exclude("group", "as_of", "day", *counts),
        pl.col(counts).cast(pl.Int64),
        pl.col("as_of", "day").cast(pl.Int32).cast(pl.Date),
        **{column: names.gather(columns["group"]) for column, names in group.items()},
    )
