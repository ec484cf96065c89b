"""What is carried from one trade to the next: running averages of ROI, and the shares."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import polars as pl

from learning_pipeline.allocation.settings import AllocationSettings

ALL = "*"
DAY_US = 86_400_000_000
LARGEST_ROI = 1e9
"""A ROI beyond this counts as this: sums stay finite, and a thousand million times the stake is a slip."""


class Average(NamedTuple):
    """Exponentially weighted ROI of some trades: sums S and weights W of both memories.

    ``last_us``: microseconds since 1970 of the last trade; n : trades.
    """

    s_short: float = 0.0
    w_short: float = 0.0
    s_long: float = 0.0
    w_long: float = 0.0
    last_us: int = 0
    n: int = 0

    @property
    def roi_short(self) -> float | None:
        """Average with the short memory, a fraction; None before the first trade."""
        return self.s_short / self.w_short if self.n else None

    @property
    def roi_long(self) -> float | None:
        """Average with the long memory."""
        return self.s_long / self.w_long if self.n else None

    def with_trade(self, at_us: int, roi: float, settings: AllocationSettings) -> Average:
        """After one more trade, not before the last one: S <- S e^(-dt/tau) + roi, W <- W e^(-dt/tau) + 1."""
        bounded = max(-LARGEST_ROI, min(LARGEST_ROI, roi))
        days = (at_us - self.last_us) / DAY_US if self.n else 0.0
        short, long = math.exp(-days / settings.tau_short_days), math.exp(-days / settings.tau_long_days)
        return Average(
            self.s_short * short + bounded,
            self.w_short * short + 1.0,
            self.s_long * long + bounded,
            self.w_long * long + 1.0,
            at_us,
            self.n + 1,
        )


class State(NamedTuple):
    """Averages by timeframe and for all (``*``), shares of the whole by timeframe, trades that moved nothing."""

    averages: dict[str, Average]
    allocation: dict[str, float]
    n_ignored: int = 0

    @classmethod
    def at_start(cls, settings: AllocationSettings) -> State:
        """Before the first trade."""
        return cls(dict.fromkeys([*settings.start, ALL], Average()), dict(settings.start))

    @classmethod
    def of_rows(cls, rows: pl.DataFrame, settings: AllocationSettings) -> State:
        """From the rows of one day of ``allocation.timeframe_roi``; the start where there are none."""
        if rows.is_empty():
            return cls.at_start(settings)
        told = {row["timeframe"]: row for row in rows.with_columns(last_us=_US.fill_null(0)).to_dicts()}
        averages = {name: Average(**{each: row[each] for each in Average._fields}) for name, row in told.items()}
        return cls(averages, {name: told[name]["allocation"] for name in settings.start}, told[ALL]["n_ignored"])

    def rows(self) -> list[dict[str, Any]]:
        """One row per timeframe and one for all, without a day."""
        return [self._row(name, average) for name, average in self.averages.items()]

    def _row(self, name: str, average: Average) -> dict[str, Any]:
        told = average._asdict() | {"roi_short": average.roi_short, "roi_long": average.roi_long}
        last_us = average.last_us if average.n else None
        ignored = self.n_ignored if name == ALL else None
        return told | {
            "timeframe": name,
            "last_us": last_us,
            "allocation": self.allocation.get(name),
            "n_ignored": ignored,
        }


_US = pl.col("last_closed_at").to_physical()
