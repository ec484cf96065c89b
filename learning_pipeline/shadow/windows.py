"""When a decision's life ends, and which bars it may use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from learning_pipeline.shadow.asked import Asked
from learning_pipeline.shadow.series import NEVER, Series


@dataclass(frozen=True)
class Window:
    """Bars of one series that decisions may use: from number ``first`` up to, not including, ``end``.

    ``over_at`` is the instant at which the end of the ttl is known in this series: the close of the first bar that
    closes at or after it; `NEVER` while there is none.
    """

    first: np.ndarray
    end: np.ndarray
    over_at: np.ndarray


def ttl_ends(asked: Asked, market: list[Series]) -> np.ndarray:
    """Instant at which each ttl ends, microseconds; `NEVER` while the n-th bar of ``ttl_bars`` does not exist."""
    ends = np.where(asked.ttl_bars > 0, NEVER, asked.nominal_end)
    for series in market:
        counted = np.flatnonzero((asked.ttl_bars > 0) & (asked.timeframe == series.timeframe))
        n = np.minimum(asked.ttl_bars[counted], series.closed_at.size + 1)
        ends[counted] = series.close_of(series.opened_before(asked.decided_at[counted]) + n - 1)
    return ends


def window(series: Series, decided_at: np.ndarray, ends: np.ndarray) -> Window:
    """Bars that open at or after the decision and close at or before the end of the ttl.

    >>> hours = np.arange(4) * 3_600_000_000
    >>> series = Series("1h", hours, hours + 3_600_000_000, *[np.ones(4)] * 4)
    >>> found = window(series, hours[:1] + 1, hours[3:])
    >>> found.first.item(), found.end.item(), found.over_at.item() // 3_600_000_000
    (1, 3, 3)
    """
    first = series.opened_before(decided_at)
    return Window(first, np.maximum(series.closed_by(ends), first), series.next_close(ends))
