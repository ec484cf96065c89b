"""Realised profit and loss over time, by book."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from learning_pipeline.reports.canvas import COSTS, INK, SAVES, WIDE, Drawing, dated, keyed, ruled, thinned
from learning_pipeline.reports.facts import Facts
from learning_pipeline.reports.section import Grid, Section, pictured
from learning_pipeline.reports.window import Window
from learning_pipeline.reports.words import interval, money
from learning_pipeline.stats import total_interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE = "Realised equity by book"
LINES = {"profit": (INK, "-"), "learning": (SAVES, "--"), "research": (COSTS, ":")}
"""Colour and dash of each book."""


class Curve(NamedTuple):
    """A book's days with closed trades, the day totals, and the running total."""

    book: str
    days: list[dt.date]
    day_totals: NDArray[np.float64]
    equity: NDArray[np.float64]
    n_trades: int


def equity_section(facts: Facts, window: Window) -> Section:
    """What closed trades earned, book by book."""
    trades = facts.trades.filter(pl.col("closed_at").dt.date() <= window.as_of)
    found = curves(trades)
    if not found:
        return Section("equity", TITLE, ("No trade was closed yet, so there is no realised profit or loss.",))
    caption = (
        f"USD from closed trades, added up from 0, {found[0].days[0]} to {window.as_of}. Booked results, not "
        "estimates, so the line has no interval; open positions are not in it."
    )
    says = "; ".join(f"{curve.book}: {money(curve.equity[-1])} USD" for curve in found)
    columns = ("book", "closed trades", "in all, USD", "deepest fall, USD", "in the window, USD", "95 % interval")
    grid = Grid(
        f"Closed trades up to {window.as_of}; the window is {window.words}",
        columns,
        [_cells(curve, window) for curve in found],
        frozenset(columns[1:]),
    )
    note = (
        "The whole history and its deepest fall (at ends of days) are facts of the past and have no interval. That of "
        "the window is Student's t on day totals: how far the sum would vary over other days like these."
    )
    return Section("equity", TITLE, (), pictured(equity_drawing(trades), "equity", says, caption), (grid,), (note,))


def curves(trades: pl.DataFrame) -> list[Curve]:
    """Day totals and running total of each book, in the order of LINES.

    Parameters
    ----------
    trades : DataFrame
        ``book, closed_at, pnl_usd``, oldest first: the order in which money is added.
    """
    return [_curve(book, trades.filter(pl.col("book") == book)) for book in LINES if book in trades["book"]]


def equity_drawing(trades: pl.DataFrame) -> Drawing | None:
    """One line per book; None where no trade was closed."""
    found = curves(trades)
    return Drawing(WIDE, 3.0, lambda axes: _draw(axes, found)) if found else None


def _curve(book: str, trades: pl.DataFrame) -> Curve:
    on = trades["closed_at"].dt.date().to_numpy()
    equity = np.cumsum(trades["pnl_usd"].to_numpy())
    last = np.flatnonzero(np.append(on[1:] != on[:-1], True))
    at_end = equity[last]
    return Curve(book, on[last].tolist(), np.diff(at_end, prepend=0.0), at_end, trades.height)


def _draw(axes: Axes, found: list[Curve]) -> None:
    ruled(axes, "y")
    for curve in found:
        kept = thinned(len(curve.days))
        colour, dash = LINES[curve.book]
        days = np.asarray(curve.days)[kept]
        axes.step(days, curve.equity[kept], where="post", color=colour, linestyle=dash, linewidth=1.4, label=curve.book)
    keyed(axes, len(found))
    axes.set_ylabel("USD")
    dated(axes)


def _cells(curve: Curve, window: Window) -> tuple[str, ...]:
    inside = np.array([window.first <= day <= window.as_of for day in curve.days])
    found = total_interval(curve.day_totals[inside], window.days)
    peak = np.maximum.accumulate(np.maximum(curve.equity, 0.0))
    fall = float((peak - curve.equity).max())
    reach = interval(found.low, found.high) or "none: a single day"
    of_window = (money(found.total), reach) if inside.any() else ("no trade", "none: no trade")
    return curve.book, f"{curve.n_trades:,}", money(float(curve.equity[-1])), money(-fall), *of_window
