"""Sums per UTC day and group as of each day, from which every window is added up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from learning_pipeline.analysis.settings import AnalysisSettings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Sums = dict[str, Floats]

EPOCH = dt.date(1970, 1, 1)
AT_ONCE = 2**16
"""Sums of a measure that are counted together: few enough for the processor's cache, too many for small steps."""


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

    decided_on: Ints
    since: Ints
    until: Ints
    group: Ints
    measures: Mapping[str, Floats]


def facts(frame: pl.DataFrame, group: pl.Expr, **measures: pl.Expr) -> Facts:
    """Facts of a frame with ``decided_on``, ``since``, ``until``; a measure that is null adds nothing."""
    keys = frame.select("decided_on", "since", "until", group=group).cast(pl.Int64)
    numbers = frame.with_columns(**{name: x.cast(pl.Float64).fill_null(0.0) for name, x in measures.items()})
    decided_on, since, until, groups = (key.to_numpy() for key in keys)
    return Facts(decided_on, since, until, groups, {m.name: m.to_numpy() for m in numbers.select(*measures)})


def each_window(
    known: Sequence[Facts], n_groups: int, as_ofs: Sequence[dt.date], settings: AnalysisSettings
) -> Iterator[tuple[Ints, int, Sums]]:
    """Day sums of every window, as of the end of each day.

    Parameters
    ----------
    known : sequence of Facts
        Rows of any days; measures of one name in several of them are added.
    n_groups : int
        Groups; those without rows are 0.
    as_ofs : sequence of date
        Days, in any order; each counts once.
    settings : AnalysisSettings
        Windows.

    Yields
    ------
    some : ndarray of shape (n,)
        Some of the as_ofs, days since 1970, from first to last: as many as are quick to count together.
    window_days : int
        In the order of the settings.
    by_day : dict of ndarray of shape (n, n_groups, window_days)
        Sum by measure of the rows that hold as of the day, taken row by row; the last day is as_of.
    """
    asked, n_days = np.array([(as_of - EPOCH).days for as_of in sorted(set(as_ofs))], np.int64), max(settings.windows)
    at_once = max(AT_ONCE // (n_groups * n_days), 1)
    parts = [asked[k : k + at_once] for k in range(0, len(asked), at_once)]
    walks = [_day_sums(some, n_groups, parts, n_days) for some in known]
    for part, *sums in zip(parts, *walks, strict=True):
        by_day = _added(sums)
        for window in settings.windows:
            yield part, window, {name: x[..., -window:] for name, x in by_day.items()}


def _day_sums(known: Facts, n_groups: int, parts: list[Ints], n_days: int) -> Iterator[Sums]:
    """Sums of the last n_days as of ascending days, part by part; only days whose rows changed are summed again."""
    if not parts:
        return
    changes, before = _Changes.of_rows(known), int(parts[0][0]) - n_days
    first, n_all = before + 1, int(parts[-1][-1]) - before
    sums = {name: np.zeros((n_groups, n_all)) for name in known.measures}
    for part in parts:
        told = {name: np.empty((len(part), n_groups, n_days)) for name in sums}
        for k, today in enumerate(part.tolist()):
            days = changes.between(before, today, n_days)
            for name, x in _sums_of(known, days, today, n_groups).items():
                sums[name][:, days - first] = x
                told[name][k] = sums[name][:, today - n_days + 1 - first : today + 1 - first]
            before = today
        yield told


class _Changes(NamedTuple):
    """Days on which a row starts or ends to hold, in order, and the day that the row is of."""

    on: Ints
    of: Ints

    @classmethod
    def of_rows(cls, known: Facts) -> _Changes:
        on, of = np.concatenate([known.since, known.until]), np.tile(known.decided_on, 2)
        order = np.argsort(on)
        return cls(on[order], of[order])

    def between(self, before: int, today: int, n_days: int) -> Ints:
        """Those of the last n_days up to today that changed, or came to be, after ``before``."""
        start, stop = np.searchsorted(self.on, [before, today], side="right")
        days = np.concatenate([self.of[start:stop], np.arange(before + 1, today + 1)])
        return np.unique(days[(days > today - n_days) & (days <= today)])


def _sums_of(known: Facts, days: Ints, today: int, n_groups: int) -> Sums:
    """Each measure by group and day, for some days in order: the rows that hold today, added one by one."""
    starts, stops = (np.searchsorted(known.decided_on, days, side=side) for side in ("left", "right"))
    rows = np.concatenate([np.arange(a, b) for a, b in zip(starts, stops, strict=True)])
    rows = rows[(known.since[rows] <= today) & (known.until[rows] > today)]
    cell = known.group[rows] * len(days) + np.searchsorted(days, known.decided_on[rows])

    def by_day(x: Floats) -> Floats:
        flat = np.bincount(cell, weights=x[rows], minlength=n_groups * len(days))
        return flat.astype(np.float64, copy=False).reshape(n_groups, len(days))

    return {name: by_day(x) for name, x in known.measures.items()}


def _added(parts: Sequence[Sums]) -> Sums:
    """All measures; those of one name are added."""
    total: Sums = {}
    for sums in parts:
        for name, x in sums.items():
            total[name] = total[name] + x if name in total else x
    return total
