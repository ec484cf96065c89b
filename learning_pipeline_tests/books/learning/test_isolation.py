"""Ten thousand random interleavings of the three books: what learning and research do moves no figure of profit.

Each UTC day is an interleaving of its own: trades of profit, and trades of the other books among them at random
instants, with random results. They are then taken away, changed, or joined by others, on all days at once.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from learning_pipeline.allocation import AllocationSettings, TimeframeRoi, allocate
from learning_pipeline.analysis import AnalysisSettings, strategy_leaderboard
from learning_pipeline.books.learning.pnl import book_pnl
from learning_pipeline.books.learning.tables import Pnl
from learning_pipeline.events.tables import Decisions, Fills, Orders, Signals, Trades, TradesFromFills
from learning_pipeline.shadow.tables import Outcomes
from learning_pipeline.tuning.strength.directions import directed

N_DAYS = 10_000
FIRST = dt.date(1995, 1, 1)
DAYS = (FIRST, FIRST + dt.timedelta(days=N_DAYS - 1))
SECONDS = 86_400


def trades(prefix: str, books: list[str], n: int, rng: np.random.Generator) -> pl.DataFrame:
    """Closed trades at random instants of random days; one in ten is told again, otherwise, up to two days later."""
    at = rng.integers(0, (N_DAYS - 2) * SECONDS, n)
    again = rng.random(n) < 0.1
    told = np.concatenate([np.arange(n), np.flatnonzero(again)])
    later = np.concatenate([np.zeros(n, np.int64), rng.integers(1, 2 * SECONDS, again.sum())])
    roi = rng.normal(0, 0.02, len(told))
    close = pl.Series(at[told]) * 1_000_000
    start = pl.lit(dt.datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=dt.UTC)).dt.cast_time_unit("us")
    names = [f"{prefix}{k}" for k in told]
    frame = pl.DataFrame({"trade_id": names, "close": close, "later": later * 1_000_000, "roi": roi}).with_columns(
        closed_at=start + pl.duration(microseconds="close"),
        happened_at=start + pl.duration(microseconds=pl.col("close") + pl.col("later")),
        book=pl.Series(np.array(books)[rng.integers(0, len(books), n)][told]),
        timeframe=pl.Series(np.array(["15m", "1h", "4h"])[rng.integers(0, 3, n)][told]),
        strategy=pl.Series(np.array(["a", "b"])[rng.integers(0, 2, n)][told]),
        event_id=pl.Series([f"{name}@{k}" for k, name in enumerate(names)]),
    )
    usual = {"source": "bot", "session_id": "bot", "symbol": "AAA", "side": "long", "qty": 1.0, "entry_price": 100.0}
    usual |= {"exit_price": 100.0, "fees_usd": 0.1, "scope": "{}", "pnl_mismatch": False, "pattern_key": "p"}
    filled = frame.with_columns(
        **{name: pl.lit(value) for name, value in usual.items()}, day=pl.col("happened_at").dt.date(),
        opened_at="closed_at", pnl_usd=pl.col("roi") * 100, did_trim=pl.col("roi") < 0, reached_s3=pl.col("roi") > 0.01,
        experiment_id=pl.when(pl.col("book") != "profit").then(pl.lit("e1")),
    )  # fmt: skip
    return Trades.frame(filled.select(pl.exclude("close", "later")).to_dict(as_series=True))


@pytest.fixture(scope="module")
def profit() -> pl.DataFrame:
    return trades("p", ["profit"], 2 * N_DAYS, np.random.default_rng(1))


@pytest.fixture(scope="module")
def worlds(profit: pl.DataFrame) -> list[pl.DataFrame]:
    """Alone; with the other books; with other trades of theirs under other numbers."""
    others = [trades("x", ["learning", "research"], 2 * N_DAYS, np.random.default_rng(k)) for k in (2, 3)]
    mixed = [pl.concat([profit, noise]).sample(fraction=1.0, shuffle=True, seed=4) for noise in others]
    return [profit, *mixed]


def test_learning_trades_never_consume_profit_book_risk_budgets_or_figures(worlds: list[pl.DataFrame]) -> None:
    """Learning trades never consume Profit Book risk budgets."""
    found = [book_pnl(world, Pnl.frame(), DAYS) for world in worlds]
    alone, *mixed = (rows.filter(pl.col("book") == "profit") for rows in found)
    assert alone.filter(pl.col("n_trades") > 0).height > 0.8 * N_DAYS
    assert all(rows.equals(alone) for rows in mixed)
    theirs = [rows.filter(pl.col("book") != "profit")["total_pnl_usd"].to_list() for rows in found]
    assert theirs[0] != theirs[1] != theirs[2]


def test_no_leaderboard_row_of_profit_moves(worlds: list[pl.DataFrame]) -> None:
    as_ofs = [FIRST + dt.timedelta(days=k) for k in range(0, N_DAYS, 50)]
    nothing = [table.frame() for table in (Signals, Decisions, Outcomes, Orders, Fills)]
    settings = AnalysisSettings(windows=(50,))
    alone, *mixed = (strategy_leaderboard(*nothing, world, as_ofs, settings) for world in worlds)
    assert alone.filter(pl.col("kind") == "real", pl.col("strategy") == "*")["n"].sum() > 1.9 * N_DAYS
    assert all(rows.equals(alone) for rows in mixed)


def test_no_share_of_capital_moves(worlds: list[pl.DataFrame]) -> None:
    days = (FIRST, FIRST + dt.timedelta(days=999))
    known = [world.filter(pl.col("day") <= days[1]) for world in worlds]
    alone, *mixed = (
        allocate(world, TradesFromFills.frame(), TimeframeRoi.frame(), days, AllocationSettings(), ("profit",))
        for world in known
    )
    assert alone.allocation.filter(pl.col("change") != 0).height > 1000
    assert all(one.roi.equals(alone.roi) and one.allocation.equals(alone.allocation) for one in mixed)


def test_no_lesson_hears_of_them(worlds: list[pl.DataFrame]) -> None:
    alone, *mixed = (directed(world, ("profit",)).sort("trade_id", "since") for world in worlds)
    assert alone.height > 2 * N_DAYS
    assert all(rows.equals(alone) for rows in mixed)
