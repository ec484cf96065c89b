"""What came too late: the edge that is left after a delay, and signals that nobody took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from learning_pipeline.reports.calibration import bias_notes
from learning_pipeline.reports.canvas import INK, UNSURE, WIDE, Drawing, ruled
from learning_pipeline.reports.facts import Facts
from learning_pipeline.reports.section import Grid, Section, pictured
from learning_pipeline.reports.window import Window
from learning_pipeline.reports.words import count, duration, fraction, interval, money

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ALL = "*"
TITLE = "Edge against delay"
MISSED_TITLE = "Signals that nobody took"


def edge_section(facts: Facts, window: Window) -> Section:
    """What entering later would have earned."""
    if facts.edge is None:
        return Section("edge", TITLE, ("This warehouse has no table of later entries, so none is shown.",))
    rows = facts.edge.filter(pl.col("strategy") == ALL).sort("delay_bars").to_dicts()
    if not rows or not rows[0]["n"]:
        return Section("edge", TITLE, (f"No decision of {window.words} is settled at every delay.",))
    says = "; ".join(f"{row['delay_bars']} bars later: {money(row['total_pnl_usd'])} USD" for row in rows)
    caption = (
        f"Net PnL in USD of all {rows[0]['n']:,} settled signals, {window.words}, had each been entered so many bars "
        "of its timeframe after its decision; the band is the 95 % interval. What cannot be entered earns nothing."
    )
    columns = ("later by", "about", "still enterable", "total, USD", "cost of the delay, USD", "95 % interval")
    grid = Grid(f"All strategies, {window.words}", columns, [_edge_cells(row) for row in rows], frozenset(columns[1:]))
    note = (
        "Simulated, of approved and blocked signals alike: same stop, target and end of life, entered at the market's "
        "price of that time. The cost is the total at once minus the total later, day by day; its interval is narrower "
        "than the difference of the two bands."
    )
    picture = pictured(edge_drawing(facts.edge), "edge", says, caption)
    return Section("edge", TITLE, (_edge_words(rows),), picture, (grid,), (note, *bias_notes(facts)))


def missed_section(facts: Facts, window: Window) -> Section:
    """What expired and cancelled signals would have earned."""
    if facts.missed is None:
        return Section("missed", MISSED_TITLE, ("This warehouse has no table of missed signals, so none is shown.",))
    rows = facts.missed.filter(pl.col("strategy") == ALL, pl.col("n") > 0).sort("decision").to_dicts()
    if not rows:
        return Section("missed", MISSED_TITLE, (f"No signal expired or was cancelled in {window.words}.",))
    columns = ("answer", "signals", "of these never decided", "settled", "won", "net PnL, USD", "95 % interval")
    cells = [_missed_cells(row) for row in rows]
    grid = Grid(f"Expired and cancelled, {window.words}", columns, cells, frozenset(columns[1:]))
    note = "As if each signal had been taken when it was made, at its own price. Positive: not taking it cost money."
    return Section("missed", MISSED_TITLE, (), grids=(grid,), notes=(note, *bias_notes(facts)))


def edge_drawing(edge: pl.DataFrame) -> Drawing | None:
    """Total PnL against the delay, all strategies; None with fewer than two delays.

    Parameters
    ----------
    edge : DataFrame
        ``analysis.edge_decay`` of one as_of and window.
    """
    rows = edge.filter(pl.col("strategy") == ALL, pl.col("n") > 0).sort("delay_bars")
    return Drawing(WIDE, 2.8, lambda axes: _draw(axes, rows)) if rows.height > 1 else None


def _draw(axes: Axes, rows: pl.DataFrame) -> None:
    ruled(axes, "y")
    delay = rows["delay_bars"].to_numpy()
    low, high = (rows[name].fill_null(float("nan")).to_numpy() for name in ("ci_low_usd", "ci_high_usd"))
    axes.fill_between(delay, low, high, color=UNSURE, alpha=0.3, linewidth=0)
    axes.plot(delay, rows["total_pnl_usd"].to_numpy(), color=INK, linewidth=1.4, marker="o", markersize=4)
    axes.set_xticks(delay)
    axes.set_xlabel("entered so many bars later")
    axes.set_ylabel("net PnL, USD")


def _edge_words(rows: list[dict[str, Any]]) -> str:
    later = [row for row in rows if row["delay_bars"] > 0 and row["cost_ci_low_usd"] is not None]
    sure = [row for row in later if row["cost_ci_low_usd"] > 0 or row["cost_ci_high_usd"] < 0]
    if not sure:
        return "No delay that was tried changes the result by more than chance over this window explains."
    return " ".join(_one_delay(row) for row in sure)


def _one_delay(row: dict[str, Any]) -> str:
    did = "costs" if row["delay_cost_usd"] > 0 else "gains"
    bars = count(row["delay_bars"], "bar")
    return (
        f"Entering {bars} later {did} {money(abs(row['delay_cost_usd'])).lstrip('+')} USD, more than chance explains."
    )


def _edge_cells(row: dict[str, Any]) -> tuple[str, ...]:
    reach = interval(row["cost_ci_low_usd"], row["cost_ci_high_usd"]) or "none: too few days"
    at_once = row["delay_bars"] == 0
    return (
        "at once" if at_once else count(row["delay_bars"], "bar"),
        "now" if at_once else duration(row["delay_seconds"]),
        fraction(row["enterable_share"]),
        money(row["total_pnl_usd"]),
        "none" if at_once else money(row["delay_cost_usd"]),
        "none: nothing to compare" if at_once else reach,
    )


def _missed_cells(row: dict[str, Any]) -> tuple[str, ...]:
    counts = [f"{row[name]:,}" for name in ("n", "n_never_decided", "n_settled")]
    reach = interval(row["ci_low_usd"], row["ci_high_usd"]) or "none: too few days"
    return row["decision"], *counts, fraction(row["win_rate"]) or "none settled", money(row["net_pnl_usd"]), reach
