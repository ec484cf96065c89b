"""From the day sums of some days and one window to rows of a table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from learning_pipeline.analysis.windows import Floats, Ints
from learning_pipeline.stats import running_total

Rows = dict[str, NDArray]
"""Columns of shape (n_shown,): ``group`` by number, as_of and day in days since 1970, NaN for null."""


def window_sums(by_day: Mapping[str, Floats]) -> dict[str, Floats]:
    """Each measure over all days of the window, day after day; shape (..., n_groups).

    >>> window_sums({"n": np.array([[1.0, 2.0, 4.0]])})["n"].tolist()
    [7.0]
    """
    return {name: running_total(x) for name, x in by_day.items()}


def stamped(groups: Ints, as_of: Ints | int, window: int) -> Rows:
    """Columns that say of which group, day (days since 1970, one or each row's) and window the rows are."""
    days = np.broadcast_to(as_of, groups.shape)
    return {"as_of": days, "day": days, "window_days": np.full(len(groups), window), "group": groups}


def cut(columns: Mapping[str, NDArray], seen: NDArray[np.bool_], as_ofs: Ints, window: int) -> Rows:
    """Columns of shape (n_as_ofs, n_groups) of the groups that were seen on a day, and of group 0, stamped."""
    day, groups = np.nonzero(seen | (np.arange(seen.shape[1]) == 0))
    return stamped(groups, as_ofs[day], window) | {name: x[day, groups] for name, x in columns.items()}


def as_rows(blocks: list[Rows], counts: list[str], **group: pl.Series) -> pl.DataFrame:
    """All blocks in one frame: NaN is null, days are dates, counts whole; ``strategy=names`` names the groups so."""
    columns = pl.DataFrame({name: np.concatenate([b[name] for b in blocks]) for name in blocks[0]}, nan_to_null=True)
    return columns.select(
        pl.exclude("group", "as_of", "day", *counts),
        pl.col(counts).cast(pl.Int64),
        pl.col("as_of", "day").cast(pl.Int32).cast(pl.Date),
        **{column: names.gather(columns["group"]) for column, names in group.items()},
    )
