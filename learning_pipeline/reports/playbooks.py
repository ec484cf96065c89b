"""What research trades say of each playbook's claim: win rates with their intervals, against what is claimed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from learning_pipeline.reports.canvas import COSTS, INK, MUTED, SAVES, UNSURE, WIDE, Drawing
from learning_pipeline.reports.words import label
from learning_pipeline.stats import wilson_interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 16
COLOURS = {"validated": SAVES, "refuted": COSTS}


def playbooks_drawing(validation: pl.DataFrame) -> Drawing | None:
    """Win rate of each playbook with its 95 % interval over the independent trades; None without any trade.

    Parameters
    ----------
    validation : DataFrame
        ``playbooks.validation`` of one day. A bar stands at the threshold of claims about the win rate; of claims
        about the average R the name says the average and what is claimed.
    """
    traded = validation.filter(pl.col("n_trades") > 0).sort("n_trades", "playbook_id", descending=[True, False])
    rows = traded.head(MOST).to_dicts()[::-1]
    return Drawing(WIDE, 1.0 + 0.42 * len(rows), lambda axes: _draw(axes, rows)) if rows else None


def _draw(axes: Axes, rows: list[dict[str, Any]]) -> None:
    for height, row in enumerate(rows):
        colour = COLOURS.get(row["status"], UNSURE)
        n = row["n_effective"]
        low, high = wilson_interval(row["win_rate"] * n, n) or (0.0, 1.0)
        axes.plot([low, high], [height, height], color=colour, linewidth=2.0, solid_capstyle="butt")
        axes.plot([row["win_rate"]], [height], marker="o", color=colour, markersize=6)
        if row["metric"] == "win_rate":
            axes.plot([row["threshold"]] * 2, [height - 0.3, height + 0.3], color=INK, linewidth=1.4)
    axes.set_yticks(range(len(rows)), [_name(row) for row in rows], fontsize=8.5)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlim(0, 1)
    axes.set_xlabel("win rate; a bar where more is claimed")
    axes.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    axes.axvline(0.5, color=MUTED, linewidth=0.6, linestyle=(0, (2, 3)))


def _name(row: dict[str, Any]) -> str:
    words = f"{label(row['playbook_id'])}\n{row['n_trades']:,} closed"
    if row["metric"] == "avg_r" and row["avg_r"] is not None:
        words += f", {row['avg_r']:+.2f} R, claimed {row['threshold']:+.2f}"
    return words
