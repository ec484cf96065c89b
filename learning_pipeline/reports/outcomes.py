"""How signals ended, for the outcomes' asset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from learning_pipeline.reports.canvas import INK, SAVES, WIDE, Drawing, ruled
from learning_pipeline.reports.words import MINUS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST_R, MOST_R = -3.0, 5.0
BINS = np.linspace(LEAST_R, MOST_R, 33)


def outcomes_drawing(outcomes: pl.DataFrame) -> Drawing | None:
    """Histogram of net results in multiples of R, the ends gathered; None where nothing is settled.

    Parameters
    ----------
    outcomes : DataFrame
        ``shadow.outcomes``.
    """
    results = outcomes["net_r"].drop_nulls().to_numpy()
    return Drawing(WIDE, 2.8, lambda axes: _draw(axes, results)) if len(results) else None


def _draw(axes: Axes, results: NDArray[np.float64]) -> None:
    axes.hist(
        np.clip(results, LEAST_R, MOST_R), bins=list(BINS), histtype="stepfilled", color=SAVES
    )  # one patch: a bar each is slow
    ruled(axes, "y")
    axes.axvline(0, color=INK, linewidth=1.0)
    axes.set_xlabel(f"net result, R (the ends hold all beyond {LEAST_R:g} and {MOST_R:g})".replace("-", MINUS))
    axes.set_ylabel("outcomes")
    axes.set_title(
        f"{len(results):,} settled, mean {results.mean():+.2f} R".replace("-", MINUS), loc="left", fontsize=10.5
    )
