"""Close prices of what was delivered, for the bars' asset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from learning_pipeline.reports.canvas import COSTS, INK, SAVES, UNSURE, WIDE, Drawing, dated, keyed, ruled, thinned
from learning_pipeline.reports.words import label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINES = ((INK, "-"), (SAVES, "--"), (COSTS, ":"), (UNSURE, "-."))


def closes_drawing(bars: pl.DataFrame) -> Drawing | None:
    """Closes of the first markets, each in its timeframe of most bars; None where there are no bars.

    Parameters
    ----------
    bars : DataFrame
        ``market.bars``, by key.
    """
    counted = (
        bars.group_by("symbol", "timeframe").len("n").sort("symbol", "n", "timeframe", descending=[False, True, False])
    )
    markets = counted.unique("symbol", keep="first", maintain_order=True).select("symbol", "timeframe").rows()
    return Drawing(WIDE, 2.8, lambda axes: _draw(axes, bars, markets[: len(LINES)])) if markets else None


def _draw(axes: Axes, bars: pl.DataFrame, markets: list[tuple[str, str]]) -> None:
    ruled(axes, "y")
    for (symbol, timeframe), (colour, dash) in zip(markets, LINES, strict=False):
        mine = bars.filter(pl.col("symbol") == symbol, pl.col("timeframe") == timeframe).sort("ts")
        mine = mine[thinned(mine.height)]
        close = mine["close"].to_numpy()
        name = f"{label(symbol)} {timeframe}"
        axes.plot(np.asarray(mine["ts"].to_list()), 100 * (close / close[0] - 1), dash, color=colour, label=name)
    keyed(axes, len(markets))
    axes.set_ylabel("close, % from the first")
    dated(axes)
