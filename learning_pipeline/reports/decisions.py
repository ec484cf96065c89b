"""What was answered day by day, for the decisions' asset."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
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

LOOKS: dict[str, dict[str, Any]] = {
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
    """Counts, one column per word; every span from the first to the last, so that their edges meet."""
    starts = decisions.select(start=pl.col("day").dt.truncate(f"{span}d"), word="decision")
    counted = starts.group_by("start").agg(*(pl.col("word").eq(word).sum().alias(word) for word in DECISION_WORDS))
    return counted.sort("start").upsample("start", every=f"{span}d").with_columns(pl.col(DECISION_WORDS).fill_null(0))


def _draw(axes: Axes, counted: pl.DataFrame, span: int) -> None:
    """One patch per word: a bar per span would be slow."""
    starts = counted["start"].to_list()
    edges = [*starts, starts[-1] + dt.timedelta(days=span)]
    floor = np.zeros(len(starts))
    for word in DECISION_WORDS:
        top = floor + counted[word].to_numpy()
        if (top > floor).any():
            axes.stairs(top, edges, baseline=floor, fill=True, label=word, **LOOKS[word])
        floor = top
    ruled(axes, "y")
    keyed(axes, len(LOOKS))
    axes.set_ylabel("decisions per day" if span == 1 else f"decisions per {span} days")
    dated(axes)
