"""What was answered day by day, for the decisions' asset."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

from learning_pipeline.events.tables import DECISION_WORDS
from learning_pipeline.reports.canvas import (
    COSTS,
    HAIR,
    MAX_POINTS,
    PAPER,
    SAVES,
    UNSURE,
    WIDE,
    Drawing,
    dated,
    keyed,
    ruled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOOKS = {
    "approved": {"facecolor": SAVES},
    "blocked": {"facecolor": PAPER, "hatch": "////", "edgecolor": COSTS},
    "expired": {"facecolor": UNSURE},
    "cancelled": {"facecolor": HAIR},
}
SPANS = (1, 7, 30)


def decisions_drawing(decisions: pl.DataFrame) -> Drawing | None:
    """Answers per day, or per week or month where there are many days; None where there are none.

    Parameters
    ----------
    decisions : DataFrame
        ``events.decisions``.
    """
    if decisions.is_empty():
        return None
    days = decisions["day"]
    reach = (days.max() - days.min()).days + 1  # type: ignore[operator, union-attr]  # dates: the frame is not empty
    span = next((span for span in SPANS if reach / span <= MAX_POINTS / 4), SPANS[-1])
    return Drawing(WIDE, 2.8, lambda axes: _draw(axes, _per_span(decisions, span), span))


def _per_span(decisions: pl.DataFrame, span: int) -> pl.DataFrame:
    counted = decisions.group_by(start=pl.col("day").dt.truncate(f"{span}d"), word="decision").len("n")
    return counted.sort("start", "word")


def _draw(axes: Axes, counted: pl.DataFrame, span: int) -> None:
    starts = counted["start"].unique().sort()
    floor = dict.fromkeys(starts.to_list(), 0)
    for word in DECISION_WORDS:
        n = dict(counted.filter(pl.col("word") == word).select("start", "n").iter_rows())
        if n:
            _stack(axes, floor, n, span, word)
    ruled(axes, "y")
    keyed(axes, len(LOOKS))
    axes.set_ylabel("decisions per day" if span == 1 else f"decisions per {span} days")
    dated(axes)


def _stack(axes: Axes, floor: dict[dt.date, int], n: dict[dt.date, int], span: int, word: str) -> None:
    heights = [n.get(start, 0) for start in floor]
    axes.bar(list(floor), heights, width=span, bottom=list(floor.values()), align="edge", label=word, **LOOKS[word])  # type: ignore[arg-type]  # matplotlib takes dates
    for start, height in zip(floor, heights, strict=True):
        floor[start] += height
