"""Rows read or written lately: one run reads the same days for a dozen assets and checks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable
from typing import NamedTuple

import polars as pl


class _Known(NamedTuple):
    first: dt.date
    last: dt.date
    rows: pl.DataFrame
    n_bytes: int


class Recent:
    """Rows of ranges of days, one range per key, the longest unused dropped first.

    Parameters
    ----------
    most_bytes : int
        What all rows together may take; a range larger than that is not kept.
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._known: dict[Hashable, _Known] = {}

    def get(self, key: Hashable, first: dt.date, last: dt.date, read: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """Rows of the days first to last, which are read if they are not at hand; the caller's own to change."""
        known = self._known.get(key)
        if known is None or first < known.first or last > known.last:
            rows = read()
            self.keep(key, first, last, rows)
            return rows.clone()
        self._known[key] = self._known.pop(key)
        if (first, last) == (known.first, known.last):
            return known.rows.clone()
        return known.rows.filter(pl.col("day").is_between(first, last))

    def keep(self, key: Hashable, first: dt.date, last: dt.date, rows: pl.DataFrame) -> None:
        """Have the rows of the days first to last at hand, instead of other days of the key."""
        self._known.pop(key, None)
        self._known[key] = _Known(first, last, rows, int(rows.estimated_size()))
        total = sum(known.n_bytes for known in self._known.values())
        for longest_unused in list(self._known):
            if total <= self.most_bytes:
                return
            total -= self._known.pop(longest_unused).n_bytes
