"""Money of the books by hand: what counts on which day, and what a correction takes back."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.books.learning.pnl import book_pnl, experiment_pnl
from learning_pipeline.books.learning.tables import ExperimentPnl, Pnl
from learning_pipeline.contracts import days_between
from learning_pipeline.events.tables import Trades
from learning_pipeline_tests.allocation.rows import DAY, HOUR, START, closed

DAYS = (START.date(), START.date() + dt.timedelta(days=4))


def row(name: str, day: int, pnl: float, book: str = "profit", told: int | None = None, **more: Any) -> dict[str, Any]:
    at = START + day * DAY + HOUR
    experiment = None if book == "profit" else f"e-{book}"
    money = {"pnl_usd": pnl, "fees_usd": 0.5, "experiment_id": experiment}
    known = at if told is None else START + told * DAY + 2 * HOUR
    return closed(name, "1h", pnl / 100, at, known, book=book, **money | more)


def pnl(rows, first=DAYS[0], last=DAYS[1], before=None):
    return book_pnl(Trades.frame(rows), Pnl.frame() if before is None else before, (first, last))


def figures(frame, book: str, *names: str):
    return frame.filter(pl.col("book") == book).sort("day").select(names).rows()


def test_each_book_has_its_row_every_day_and_nothing_is_not_unknown():
    """Two closes on the first day; no trade, no win rate."""
    found = pnl([row("a", 0, 3.0), row("b", 0, -1.0), row("c", 1, -2.0, "learning"), row("d", 2, 0.0, "research")])
    assert found.height == 15
    assert figures(found, "profit", "n_trades", "pnl_usd", "fees_usd", "win_rate")[:2] == [
        (2, 2.0, 1.0, 0.5),
        (0, 0.0, 0.0, None),
    ]
    assert figures(found, "learning", "n_trades", "pnl_usd", "win_rate", "total_pnl_usd")[1:3] == [
        (1, -2.0, 0.0, -2.0),
        (0, 0.0, None, -2.0),
    ]
    assert figures(found, "research", "n_trades", "win_rate")[2] == (1, 0.0), "no gain is no win"


def test_a_correction_counts_with_its_difference_on_the_day_it_is_told():
    found = pnl([row("a", 0, 3.0), row("a", 0, 1.0, told=2)])
    assert figures(found, "profit", "n_trades", "n_corrected", "pnl_usd", "fees_usd", "total_pnl_usd")[:3] == [
        (1, 0, 3.0, 0.5, 3.0),
        (0, 0, 0.0, 0.0, 3.0),
        (0, 1, -2.0, 0.0, 1.0),
    ]


def test_a_trade_that_moves_to_another_book_takes_its_money_with_it():
    found = pnl([row("a", 0, -3.0), row("a", 0, -3.0, "learning", told=2)])
    assert figures(found, "profit", "n_trades", "pnl_usd", "total_pnl_usd")[2] == (-1, 3.0, 0.0)
    assert figures(found, "learning", "n_trades", "pnl_usd", "n_corrected")[2] == (1, -3.0, 1)


def test_experiments_are_carried_from_day_to_day():
    rows = [row("a", 0, -3.0, "learning"), row("b", 2, 1.0, "learning"), row("c", 1, 5.0, "research"), row("d", 0, 9.0)]
    found = experiment_pnl(Trades.frame(rows), ExperimentPnl.frame(), DAYS)
    told = found.select((pl.col("day") - DAYS[0]).dt.total_days(), "experiment_id", "n_trades", "pnl_usd").rows()
    assert told[:3] == [(0, "e-learning", 1, -3.0), (1, "e-learning", 1, -3.0), (1, "e-research", 1, 5.0)]
    assert told[-2:] == [(4, "e-learning", 2, -2.0), (4, "e-research", 1, 5.0)]


trades = st.lists(
    st.tuples(
        st.integers(0, 6), st.integers(0, 4), st.floats(-9, 9), st.sampled_from(["profit", "learning", "research"])
    ),
    max_size=14,
)


@given(told=trades, cut=st.integers(0, 3))
def test_totals_are_the_newest_truth_and_pieces_equal_the_whole(told, cut):
    """A slow second opinion: of each trade the last thing said by a day's end, added up by book."""
    rows = [row(f"t{k}", min(k % 3, day), usd, book, told=day) for k, day, usd, book in told]
    rows = list({(r["trade_id"], r["day"]): r for r in rows}.values())
    found = pnl(rows)
    for day in days_between(*DAYS):
        newest = {r["trade_id"]: r for r in sorted(rows, key=lambda r: r["day"]) if r["day"] <= day}
        for book in ("profit", "learning", "research"):
            mine = [r["pnl_usd"] for r in newest.values() if r["book"] == book]
            so_far = found.filter(pl.col("book") == book, pl.col("day") <= day)
            assert so_far["n_trades"].sum() == len(mine)
            assert math.isclose(so_far["total_pnl_usd"][-1], math.fsum(mine), abs_tol=1e-9)
    middle = DAYS[0] + dt.timedelta(days=cut)
    early = pnl([r for r in rows if r["day"] <= middle], last=middle)
    late = pnl(rows, first=middle + dt.timedelta(days=1), before=early.filter(pl.col("day") == middle))
    assert pl.concat([early, late]).equals(found)
