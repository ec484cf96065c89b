"""Sums per UTC day and group as of a day, from which every window is added up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from learning_pipeline.stats import running_total

Floats = NDArray[np.float64]

EPOCH = dt.date(1970, 1, 1)


class Facts(NamedTuple):
    """Measures of rows that hold for some days: arrays of shape (n,), by ``decided_on``, then key.

    Attributes
    ----------
    decided_on, since, until : int
        Days since 1970: day of the decision (of a trade, of its close); the row holds as of ``since <= day < until``.
    group : int
        Number of the group that the row adds to.
    measures : dict
        What is added up, by name.
    """

    decided_on: NDArray[np.int64]
    since: NDArray[np.int64]
    until: NDArray[np.int64]
    group: NDArray[np.int64]
    measures: Mapping[str, Floats]


def facts(frame: pl.DataFrame, group: pl.Expr, **measures: pl.Expr) -> Facts:
    """Facts of a frame with ``decided_on``, ``since``, ``until``; a measure that is null adds nothing."""
    keys = frame.select("decided_on", "since", "until", group=group).cast(pl.Int64)
    numbers = frame.with_columns(**{name: x.cast(pl.Float64).fill_null(0.0) for name, x in measures.items()})
    decided_on, since, until, groups = (key.to_numpy() for key in keys)
    return Facts(decided_on, since, until, groups, {m.name: m.to_numpy() for m in numbers.select(*measures)})


def day_sums(known: Facts, as_of: dt.date, n_days: int, n_groups: int) -> dict[str, Floats]:
    """Each measure by group and day, as of the end of a day.

    Parameters
    ----------
    known : Facts
        Rows of any days.
    as_of : date
        Only rows that hold as of it are added.
    n_days : int
        Days up to and including as_of.
    n_groups : int
        Groups; those without rows are 0.

    Returns
    -------
    dict of ndarray of shape (n_groups, n_days)
        Sums by measure, taken row by row; the last day is as_of.
    """
    last = (as_of - EPOCH).days
    start, stop = np.searchsorted(known.decided_on, [last - n_days + 1, last + 1])
    holds = (known.since[start:stop] <= last) & (known.until[start:stop] > last)
    rows = np.flatnonzero(holds) + start
    cell = known.group[rows] * n_days + (known.decided_on[rows] - (last - n_days + 1))

    def by_day(x: Floats) -> Floats:
        flat = np.bincount(cell, weights=x[rows], minlength=n_groups * n_days)
        return flat.astype(np.float64, copy=False).reshape(n_groups, n_days)

    return {name: by_day(x) for name, x in known.measures.items()}


def window_sums(by_day: Mapping[str, Floats], window_days: int) -> dict[str, Floats]:
    """Each measure over the last ``window_days`` days, day after day; shape (n_groups,).

    >>> window_sums({"n": np.array([[1.0, 2.0, 4.0]])}, 2)["n"].tolist()
    [6.0]
    """
    return {name: running_total(x[:, -window_days:]) for name, x in by_day.items()}


def cut(columns: Mapping[str, NDArray], seen: NDArray[np.bool_], as_of: dt.date, window: int) -> dict[str, NDArray]:
    """Columns of the groups that were seen, and of group 0, with number of the ``group``, as_of, day and window."""
    groups = np.flatnonzero(seen | (np.arange(len(seen)) == 0))
    last = (as_of - EPOCH).days
    same = {name: np.full(len(groups), n) for name, n in {"as_of": last, "day": last, "window_days": window}.items()}
    return same | {"group": groups} | {name: x[groups] for name, x in columns.items()}


def as_rows(blocks: list[dict[str, NDArray]], names: list[str], counts: list[str]) -> pl.DataFrame:
    """All blocks in one frame: NaN is null, days are dates, counts whole, groups named as ``strategy``."""
    columns = pl.DataFrame({name: np.concatenate([b[name] for b in blocks]) for name in blocks[0]})
    return columns.fill_nan(None).select(
        pl.exclude("group", "as_of", "day", *counts),
        pl.col(counts).cast(pl.Int64),
        pl.col("as_of", "day").cast(pl.Int32).cast(pl.Date),
        pl.Series(names).gather(columns["group"]).alias("strategy"),
    )
