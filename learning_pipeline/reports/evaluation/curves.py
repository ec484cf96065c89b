"""Pictures of an evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from learning_pipeline.models.evaluation.signal_model import Shown
from learning_pipeline.reports.canvas import COSTS, MUTED, SAVES, WIDE, Drawing, dated, keyed, ruled, thinned
from learning_pipeline.stats import drawdown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINES = {"model": (SAVES, "-"), "baseline": (COSTS, "--"), "every signal": (MUTED, ":")}
"""Colour and dash."""


def curves_drawing(shown: Shown) -> Drawing:
    """Results added up: the model, the baseline, every signal."""
    return Drawing(WIDE, 3.0, lambda axes: _lines(axes, shown, np.cumsum, 1.0))


def falls_drawing(shown: Shown) -> Drawing:
    """Distance below the highest point so far."""
    return Drawing(WIDE, 2.0, lambda axes: _lines(axes, shown, drawdown, -1.0))


def _lines(axes: Axes, shown: Shown, to: object, sign: float) -> None:
    ruled(axes, "y")
    series = (shown.own, shown.baseline, shown.all_signals)
    kept = thinned(len(shown.days))
    for (name, (colour, dash)), values in zip(LINES.items(), series, strict=True):
        drawn = sign * 100 * to(values)[kept]  # type: ignore[operator]  # cumsum or drawdown
        days = np.asarray(shown.days)[kept]
        axes.step(days, drawn, where="post", color=colour, linestyle=dash, linewidth=1.4, label=name)
    keyed(axes, len(LINES))
    axes.set_ylabel("% of one stake")
    dated(axes)
