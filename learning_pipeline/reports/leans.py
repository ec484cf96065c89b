"""Whether trades kept going the way that was selected: what chose it beside what came after."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import polars as pl

from learning_pipeline.reports.canvas import HAIR, MUTED, SAVES, UNSURE, WIDE, Drawing, ruled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 12
"""Selections drawn, at most: those in force first, then those of most forward trades."""


def leans_drawing(selections: pl.DataFrame) -> Drawing | None:
    """Agreement per trade when selected (ring) and since (dot, 95 % interval); None where nothing came after yet.

    Parameters
    ----------
    selections : DataFrame
        ``tuning.strength_selections`` of one day.
    """
    seen = selections.filter(pl.col("forward_n") > 0, pl.col("state") != "retired")
    rows = seen.sort("state", -pl.col("forward_n"), "override_id").head(MOST)
    return Drawing(WIDE, 1.0 + 0.3 * rows.height, lambda axes: _draw(axes, rows)) if rows.height else None


def forward_half_width(selections: pl.DataFrame) -> list[float]:
    """Half of the 95 % interval of ``forward_mean``, by t on day totals; NaN below two days."""
    from scipy import special  # noqa: PLC0415  # slow to import

    columns = selections.select(
        "forward_n", "forward_agreement", "forward_squares", (pl.col("day") - pl.col("selected_on")).dt.total_days()
    )
    return [
        float(special.stdtrit(d - 1, 0.975)) * math.sqrt(max(d * squares - total**2, 0) / (d - 1)) / n
        if d > 1
        else math.nan
        for n, total, squares, d in columns.iter_rows()
    ]


def _draw(axes: Axes, rows: pl.DataFrame) -> None:
    places = list(range(rows.height))
    chosen = (pl.col("dir_a") * pl.col("toward_a") + pl.col("dir_e") * pl.col("toward_e")).alias("chosen")
    then, since = rows.select(chosen).to_series().to_list(), rows["forward_mean"].to_list()
    colours = [SAVES if state == "active" else UNSURE for state in rows["state"]]
    ruled(axes, "x")
    axes.hlines(places, then, since, color=HAIR, linewidth=1.0)
    wide = [(x - half, x + half) for x, half in zip(since, forward_half_width(rows), strict=True)]
    axes.hlines(places, *zip(*wide, strict=True), color=colours, linewidth=1.6)
    axes.scatter(since, places, color=colours, s=26, zorder=3)
    axes.scatter(then, places, facecolors="none", edgecolors=MUTED, s=30, zorder=3)
    axes.set_yticks(places, [_named(row["pattern_key"], row["scope"]) for row in rows.to_dicts()])
    axes.invert_yaxis()
    axes.set_xlabel("agreement per trade: ring when selected, dot since")


def _named(pattern_key: str, scope: str) -> str:
    words = " ".join(json.loads(scope).values())
    return f"{pattern_key} {words}".strip()[-34:]
