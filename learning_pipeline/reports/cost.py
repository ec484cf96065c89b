"""What blocking as a whole missed and avoided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from learning_pipeline.reports.calibration import bias_notes
from learning_pipeline.reports.canvas import INK, UNSURE, WIDE, Drawing, dated, ruled, thinned
from learning_pipeline.reports.facts import Facts
from learning_pipeline.reports.section import Grid, Section, pictured
from learning_pipeline.reports.window import Window
from learning_pipeline.reports.words import count, interval, money

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE = "What blocking as a whole missed and avoided"
UNDER_NO_GUARD = "Blocks of unknown cause are in these figures, and under no guard. Open decisions may still move them."
NO_INTERVAL = "none: a single day has no spread to measure, or nothing is settled"


def cost_section(facts: Facts, window: Window) -> Section:
    """Opportunity cost of the window, and how it moved."""
    row = newest_cost(facts, window)
    if row is None:
        return Section("cost", TITLE, (f"Nothing is known of blocked decisions in {window.words}.",))
    caption = (
        f"Net opportunity cost in USD, as of each day over {_days_to_it(window)}; the band is its 95 % "
        "interval. Above zero blocking cost money, below it saved. Neighbouring points share most of their days."
    )
    says = f"net opportunity cost {money(row['net_opportunity_cost_usd'])} USD as of {window.as_of}"
    return Section(
        "cost",
        TITLE,
        (in_words(row),),
        pictured(cost_drawing(facts.costs), "cost", says, caption),
        (_grid(row, window),),
        (UNDER_NO_GUARD, *bias_notes(facts)),
    )


def newest_cost(facts: Facts, window: Window) -> dict[str, Any] | None:
    """The row of the window as of its day."""
    rows = facts.costs.filter(pl.col("as_of") == window.as_of, pl.col("window_days") == window.days).to_dicts()
    return rows[0] if rows else None


def in_words(row: dict[str, Any]) -> str:
    """Cost or saving, and whether it differs from zero."""
    net, low, high = row["net_opportunity_cost_usd"], row["ci_low_usd"], row["ci_high_usd"]
    if not row["n_settled"]:
        return f"No blocked decision of this window is settled yet; {count(row['n_pending'], 'is', 'are')} open."
    did = f"{'cost' if net > 0 else 'saved'} {money(abs(net)).lstrip('+')}"
    if low is None or high is None:
        return f"In simulation, blocking {did} USD; there is no interval, since a single day shows no spread."
    reach = interval(low, high) if net > 0 else interval(-high, -low)
    chance = "zero lies inside, so it may be chance" if low <= 0 <= high else "zero lies outside"
    return f"In simulation, blocking {did} USD (95 % interval {reach}: {chance})."


def cost_drawing(costs: pl.DataFrame) -> Drawing | None:
    """Net opportunity cost over time with its interval; None with fewer than two days.

    Parameters
    ----------
    costs : DataFrame
        ``analysis.opportunity_cost`` of one window length, oldest as_of first.
    """
    shown = costs[thinned(costs.height)] if costs.height > 1 else costs
    return Drawing(WIDE, 3.0, lambda axes: _draw(axes, shown)) if shown.height > 1 else None


def _days_to_it(window: Window) -> str:
    return f"the {window.days} days up to it" if window.days > 1 else "that day alone"


def _draw(axes: Axes, costs: pl.DataFrame) -> None:
    ruled(axes, "y")
    days = costs["as_of"].to_list()
    low, high = (costs[name].fill_null(float("nan")).to_numpy() for name in ("ci_low_usd", "ci_high_usd"))
    axes.fill_between(days, low, high, color=UNSURE, alpha=0.3, linewidth=0)
    axes.plot(days, costs["net_opportunity_cost_usd"].to_numpy(), color=INK, linewidth=1.3)
    axes.set_ylabel("USD; above 0: blocking cost")
    dated(axes)


def _grid(row: dict[str, Any], window: Window) -> Grid:
    settled = f"{row['n_settled']:,} of {row['n_blocked']:,}"
    cells = [
        ("missed profit of blocked winners, USD", money(row["missed_profit_usd"]), "none: only the net has one"),
        ("avoided loss of blocked losers, USD", money(row["avoided_loss_usd"]), "none: only the net has one"),
        (
            "net opportunity cost (missed less avoided), USD",
            money(row["net_opportunity_cost_usd"]),
            interval(row["ci_low_usd"], row["ci_high_usd"]) or NO_INTERVAL,
        ),
        ("blocked decisions with an outcome", settled, "a count"),
        ("still open", f"{row['n_pending']:,}", "a count"),
        ("no outcome can be simulated", f"{row['n_unlabelled']:,}", "a count"),
    ]
    columns = ("figure", "value", "95 % interval")
    return Grid(f"Blocked decisions, {window.words}", columns, cells, frozenset(columns[1:]))
