"""What research trades say of each playbook's claim: win rates with their intervals, against what is claimed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from learning_pipeline.reports.canvas import COSTS, INK, MUTED, SAVES, UNSURE, WIDE, Drawing
from learning_pipeline.reports.facts import Facts
from learning_pipeline.reports.section import Grid, Section, pictured
from learning_pipeline.reports.words import count, fraction, label, money
from learning_pipeline.stats import wilson_interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE = "What research trades say of the playbooks"
COLUMNS = ("playbook", "evidence", "closed", "worth", "win rate", "average", "claim", "95 % interval", "look at")
MOST = 16
COLOURS = {"validated": SAVES, "refuted": COSTS}


def playbooks_section(facts: Facts) -> Section:
    """Every playbook with a closed research trade: its claim, its figures, its verdict."""
    if facts.validation is None:
        return Section("playbooks", TITLE, ("This warehouse has no table of playbooks, so none is shown.",))
    traded = facts.validation.filter(pl.col("n_trades") > 0)
    if traded.is_empty():
        said = f"No research trade of any of {count(facts.validation.height, 'playbook')} has closed yet."
        return Section("playbooks", TITLE, (said,))
    decided = traded.filter(pl.col("status").is_in(list(COLOURS))).height
    said = f"{count(traded.height, 'playbook')} with closed research trades; evidence has decided on {decided}."
    caption = (
        "Win rate of each playbook (reached +1 R before its stop) with its 95 % interval, as wide as the independent "
        "trades make it; a bar stands at what is claimed."
    )
    note = (
        "A verdict is taken at 1, 2, 4 and 8 times the playbook's sample size only, and stands until the next look; it "
        "counts every trade by itself. Worth: trades held on one day share its market. `playbooks show` tells the rest."
    )
    grid = Grid("Claims and closed trades", COLUMNS, [_cells(row) for row in traded.to_dicts()], frozenset(COLUMNS[2:]))
    picture = pictured(playbooks_drawing(traded), "playbooks", said, caption)
    return Section("playbooks", TITLE, (said,), picture, (grid,), (note,))


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


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    shown = fraction if row["metric"] == "win_rate" else _r
    reach = "none: too few" if row["ci_low"] is None else f"{shown(row['ci_low'])} to {shown(row['ci_high'])}"
    figures = fraction(row["win_rate"]), _r(row["avg_r"]), f"> {shown(row['threshold'])}", reach
    counts = f"{row['n_trades']:,}", f"{row['n_effective']:.1f}"
    following = "none" if row["next_look_n"] is None else f"{row['next_look_n']:,}"
    return row["playbook_id"], row["status"].replace("_", " "), *counts, *figures, following


def _r(value: float | None) -> str:
    return "" if value is None else f"{money(value, 2)} R"


def _name(row: dict[str, Any]) -> str:
    words = f"{label(row['playbook_id'])}\n{row['n_trades']:,} closed"
    if row["metric"] == "avg_r" and row["avg_r"] is not None:
        words += f", {row['avg_r']:+.2f} R, claimed {row['threshold']:+.2f}"
    return words
