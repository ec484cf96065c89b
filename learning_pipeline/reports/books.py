"""The books side by side: what each earned, how much of its risk budget learning used, and what was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from learning_pipeline.reports.canvas import COSTS, INK, PAPER, SAVES, WIDE, Drawing, dated, keyed, ruled, thinned
from learning_pipeline.reports.facts import Facts
from learning_pipeline.reports.section import Grid, Section, pictured
from learning_pipeline.reports.window import Window
from learning_pipeline.reports.words import count, fraction, label, money

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KEY, TITLE = "books", "Books: profit, learning, research"
PNL = ("book", "closed trades", "wins", "fees, USD", "net, USD", "all days so far, USD")
EXPERIMENTS = ("experiment", "book", "closed trades", "net, USD")
REFUSED = ("book", "reason", "detail", "refusals", "experiments")
MOST_ROWS = 12


def books_section(facts: Facts, window: Window) -> Section:
    """PnL by book in the window, budget use, and refusals."""
    if facts.book_pnl is None or facts.risk is None or facts.blocks is None:
        return Section(KEY, TITLE, ("This warehouse has no books, so none are shown.",))
    if facts.book_pnl.is_empty():
        return Section(KEY, TITLE, ("No day was computed for the books.",))
    grids = [_pnl_grid(facts.book_pnl, window), *_experiments_grid(facts, window), *_refused_grid(facts.blocks, window)]
    said = _in_words(facts.risk, facts.blocks, window)
    caption = (
        "Largest share of the learning book's daily risk budget in use on each day, percent: reserved by open orders "
        "and trades, and lost that day. Days without a learning order, or without known equity, are left out. "
        "A loss beyond its stop can pass the line."
    )
    note = (
        "A book's money is net of fees and counts on the day on which the close came to be known; open positions are "
        "not in it. These are booked results, not estimates, so they have no interval; what guards, leaderboard and "
        "allocation say rests on the books of the setting books alone."
    )
    return Section(KEY, TITLE, (said,), pictured(budget_drawing(facts.risk), KEY, said, caption), tuple(grids), (note,))


def budget_drawing(risk: pl.DataFrame) -> Drawing | None:
    """Budget use by day; None where no learning order stood against a known budget.

    Parameters
    ----------
    risk : DataFrame
        ``books.risk``.
    """
    used = _budget_use(risk)
    return Drawing(WIDE, 2.8, lambda axes: _draw(axes, used)) if used.height else None


def _budget_use(risk: pl.DataFrame) -> pl.DataFrame:
    """The change of each day after which most of a budget was in use: ``day, reserved, lost``, percent of it."""
    told = risk.filter(pl.col("book") == "learning", pl.col("budget_usd") > 0)
    shares = told.select(
        "day",
        reserved=100 * pl.col("reserved_usd") / pl.col("budget_usd"),
        lost=100 * pl.col("lost_usd") / pl.col("budget_usd"),
    )
    ordered = shares.with_columns(used=pl.col("reserved") + pl.col("lost")).sort("day", "used", "lost")
    return ordered.unique("day", keep="last", maintain_order=True)


def _draw(axes: Axes, used: pl.DataFrame) -> None:
    ruled(axes, "y")
    kept = used[thinned(used.height)]
    days, lost = np.asarray(kept["day"].to_list()), kept["lost"].to_numpy()
    axes.bar(days, lost, width=0.9, color=COSTS, label="lost that day")
    axes.bar(days, kept["reserved"].to_numpy(), width=0.9, bottom=lost, color=SAVES, hatch="//", edgecolor=PAPER,
             linewidth=0, label="reserved")  # fmt: skip
    axes.axhline(100, color=INK, linewidth=1.0, linestyle="--", label="budget")
    keyed(axes, 3)
    axes.set_ylabel("% of the daily budget")
    dated(axes)


def _in_words(risk: pl.DataFrame, blocks: pl.DataFrame, window: Window) -> str:
    inside = pl.col("day").is_between(window.first, window.as_of)
    n = risk.filter(inside, pl.col("change") == "reserved").group_by("book").len("n").sort("book")
    told = " and ".join(f"{count(n_of, 'order')} of the {book} book" for book, n_of in n.iter_rows())
    reserved = f"Risk was reserved for {told}" if told else "No risk was reserved for learning or research"
    used = _budget_use(risk.filter(inside))["used"].max()
    most = f"; at most {used:.0f}% of the learning budget was in use" if isinstance(used, float) else ""
    refused = count(blocks.filter(inside).height, "order or signal was", "orders or signals were")
    return f"{reserved}{most}. {refused} refused by a book in {window.words}."


def _pnl_grid(pnl: pl.DataFrame, window: Window) -> Grid:
    inside = pnl.filter(pl.col("day").is_between(window.first, window.as_of)).sort("day")
    rows = [_pnl_cells(inside.filter(pl.col("book") == book), book) for book in ("profit", "learning", "research")]
    return Grid(f"Closed trades by book, {window.words}", PNL, rows, frozenset(PNL[1:]))


def _pnl_cells(days: pl.DataFrame, book: str) -> tuple[str, ...]:
    rows: list[dict[str, Any]] = days.to_dicts()
    n = sum(row["n_trades"] for row in rows)
    if not n and not any(row["n_corrected"] for row in rows):
        return book, "0", "no trade", "", "", money(rows[-1]["total_pnl_usd"]) if rows else ""
    rates = days.drop_nulls("win_rate").select("win_rate", "n_trades")
    wins, of = sum(rate * k for rate, k in rates.iter_rows()), sum(rates["n_trades"])
    fees, net = sum(row["fees_usd"] for row in rows), sum(row["pnl_usd"] for row in rows)
    return book, f"{n:,}", fraction(wins / of) if of else "", money(-fees), money(net), money(rows[-1]["total_pnl_usd"])


def _experiments_grid(facts: Facts, window: Window) -> list[Grid]:
    if facts.experiment_pnl is None or facts.experiment_pnl.is_empty():
        return []
    shown = facts.experiment_pnl.sort("pnl_usd", "experiment_id").head(MOST_ROWS)
    rows = [
        (label(name), book, f"{n:,}", money(pnl))
        for name, book, n, pnl in shown.select("experiment_id", "book", "n_trades", "pnl_usd").iter_rows()
    ]
    more = facts.experiment_pnl.height - len(rows)
    caption = f"Experiments by the end of {window.as_of}, the costliest first" + (f"; {more} more" if more else "")
    return [Grid(caption, EXPERIMENTS, rows, frozenset(EXPERIMENTS[2:]))]


def _refused_grid(blocks: pl.DataFrame, window: Window) -> list[Grid]:
    inside = blocks.filter(pl.col("day").is_between(window.first, window.as_of))
    by = ["book", "reason", "detail"]
    counted = inside.group_by(by).agg(n=pl.len(), experiments=pl.col("experiment_id").n_unique())
    shown = counted.sort("n", *by, descending=[True, False, False, False], nulls_last=True).head(MOST_ROWS)
    rows = [
        (book, label(reason), label(detail or ""), f"{n:,}", f"{experiments:,}")
        for book, reason, detail, n, experiments in shown.select(*by, "n", "experiments").iter_rows()
    ]
    return [Grid(f"Refused by a book, {window.words}", REFUSED, rows, frozenset(REFUSED[3:]))] if rows else []
