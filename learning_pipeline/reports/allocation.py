"""Capital by timeframe over time, with the trades that moved it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from learning_pipeline.contracts import timeframe_length
from learning_pipeline.reports.canvas import COSTS, INK, MUTED, PAPER, SAVES, WIDE, Drawing, dated, keyed, thinned
from learning_pipeline.reports.facts import Facts
from learning_pipeline.reports.section import Grid, Section, pictured
from learning_pipeline.reports.window import Window
from learning_pipeline.reports.words import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KEY, TITLE = "allocation", "Capital by timeframe"
COLUMNS = ("timeframe", "share", "ROI, short memory", "ROI, long memory", "closed trades", "last close")
LOOKS = [(INK, "-"), (SAVES, "--"), (COSTS, ":"), (MUTED, "-.")]
"""Colour and dash by timeframe, shortest first."""
ALL = "*"
MOST_STEPS, MOST_MARKS = 100, 30
"""Of one timeframe: of more trades an even share is drawn, so that the page stays small."""


def allocation_section(facts: Facts, window: Window) -> Section:
    """Shares of capital as of the window's day, and how trades brought them there."""
    if facts.timeframe_roi is None or facts.allocation is None:
        return Section(KEY, TITLE, ("This warehouse has no allocation, so none is shown.",))
    if facts.timeframe_roi.is_empty():
        return Section(KEY, TITLE, ("No allocation was computed for this day.",))
    steps = facts.allocation.filter(pl.col("closed_at").dt.date() <= window.as_of)
    said = _in_words(facts.timeframe_roi, steps)
    caption = (
        "Share of the capital after each closed trade, percent. A mark is a trade of that timeframe that moved the "
        "shares: filled where it won, hollow where it lost; of very many an even share is marked."
    )
    rows = facts.timeframe_roi.sort(pl.col("timeframe") == ALL, pl.col("allocation"), descending=[False, True])
    grid = Grid(f"As of {window.as_of}", COLUMNS, [_cells(row) for row in rows.to_dicts()], frozenset(COLUMNS[1:5]))
    note = (
        "Averages forget: a trade weighs 1/e of its weight after the memory's days. They are what steers, not evidence "
        "that one timeframe is better than another, so they have no interval."
    )
    picture = pictured(allocation_drawing(steps), KEY, said, caption)
    return Section(KEY, TITLE, (said,), picture, (grid,), (note,))


def allocation_drawing(steps: pl.DataFrame) -> Drawing | None:
    """A line per timeframe, marked where its own trades moved the shares; None where no trade moved any.

    Parameters
    ----------
    steps : DataFrame
        ``allocation.timeframe_allocation``; of a trade the newest rows count.
    """
    if steps.filter(pl.col("change") != 0).is_empty():
        return None
    newest = steps.filter(pl.col("day") == pl.col("day").max().over("trade_id")).sort("closed_at", "trade_id")
    names = sorted(newest["timeframe"].unique(), key=timeframe_length)
    return Drawing(WIDE, 3.2, lambda axes: _draw(axes, newest, names))


def _draw(axes: Axes, steps: pl.DataFrame, names: list[str]) -> None:
    axes.grid(axis="y", linewidth=0.6)
    for k, name in enumerate(names):
        colour, dash = LOOKS[k % len(LOOKS)]
        rows = steps.filter(pl.col("timeframe") == name)
        line = rows[thinned(rows.height, MOST_STEPS)]
        axes.step(line["closed_at"], line["allocation"] * 100, where="post", color=colour, linestyle=dash,
                  linewidth=1.4, label=name)  # fmt: skip
        moved = rows.filter(pl.col("traded_timeframe") == name, pl.col("reason") != "needs_two_timeframes")
        _mark(axes, moved[thinned(moved.height, MOST_MARKS)], colour)
    keyed(axes, len(names))
    axes.set_ylabel("% of capital")
    dated(axes)


def _mark(axes: Axes, trades: pl.DataFrame, colour: str) -> None:
    for won, face in ((True, colour), (False, PAPER)):
        some = trades.filter((pl.col("trade_roi") > 0) == won)
        axes.plot(some["closed_at"], some["allocation"] * 100, "o", markersize=3, markerfacecolor=face,
                  markeredgecolor=colour, markeredgewidth=0.7, label="_")  # fmt: skip


def _in_words(roi: pl.DataFrame, steps: pl.DataFrame) -> str:
    shares = roi.drop_nulls("allocation").sort("allocation", descending=True)
    told = ", ".join(f"{name} {share:.2%}" for name, share in shares.select("timeframe", "allocation").iter_rows())
    overall = roi.row(by_predicate=pl.col("timeframe") == ALL, named=True)
    n_moved = steps.filter(pl.col("change") != 0)["trade_id"].n_unique()
    ignored = overall["n_ignored"]
    left_out = f" {count(ignored, 'trade')} of other timeframes moved nothing." if ignored else ""
    return f"{told}. {n_moved:,} of {count(overall['n'], 'closed trade')} moved these shares.{left_out}"


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    name = "all together" if row["timeframe"] == ALL else row["timeframe"]
    share = "" if row["allocation"] is None else f"{row['allocation']:.2%}"
    rois = ("none yet" if row[each] is None else f"{row[each]:+.2%}" for each in ("roi_short", "roi_long"))
    closed = row["last_closed_at"]
    return name, share, *rois, f"{row['n']:,}", "" if closed is None else f"{closed:%Y-%m-%d %H:%M}"
