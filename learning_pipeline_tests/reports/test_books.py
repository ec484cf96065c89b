"""The section on books, worked out by hand: money, budget use, refusals, and what is not known."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from learning_pipeline.books.learning.tables import Blocks, ExperimentPnl, Pnl, Risk
from learning_pipeline.reports import budget_drawing, render, to_png, to_svg
from learning_pipeline.reports.books import books_section
from learning_pipeline_tests.reports.world import AS_OF, WINDOW, Page, small_world

BEFORE = AS_OF - dt.timedelta(days=20)


def pnl(day: dt.date, book: str, n: int, usd: float, total: float, rate: float | None = None) -> dict[str, Any]:
    told = {"n_trades": n, "n_corrected": 0, "pnl_usd": usd, "fees_usd": 0.5 * n, "win_rate": rate}
    return {"day": day, "book": book, **told, "total_pnl_usd": total}


def risk(n: int, reserved: float, lost: float, budget: float | None = 10.0, **more: Any) -> dict[str, Any]:
    usual = {"day": AS_OF, "source": "bot", "session_id": "bot", "book": "learning", "n": n, "change": "reserved"}
    at = dt.datetime(2024, 3, 10, 9, tzinfo=dt.UTC)
    return usual | {"at": at, "reserved_usd": reserved, "lost_usd": lost, "budget_usd": budget, "n_trades": n} | more


def block(name: str, reason: str, detail: str | None) -> dict[str, Any]:
    usual = {"day": AS_OF, "event_id": name, "blocked_at": dt.datetime(2024, 3, 10, tzinfo=dt.UTC), "source": "bot"}
    return usual | {"session_id": "bot", "book": "learning", "reason": reason, "detail": detail, "experiment_id": "e1"}


PNL = [
    *(pnl(BEFORE, book, 1, usd, usd, 1.0) for book, usd in (("profit", 50.0), ("learning", 2.0), ("research", 0.0))),
    pnl(AS_OF, "profit", 4, -20.0, 30.0, 0.25),
    pnl(AS_OF, "learning", 2, -7.25, -5.25, 0.5),
    pnl(AS_OF, "research", 0, 0.0, 0.0),
]
RISK = [risk(0, 2.0, 0.0), risk(1, 2.0, 4.0), risk(2, 1.0, 6.5), risk(3, 0.0, 6.5, change="released")]
BLOCKS = [block("a", "no_learn_zone", "spread_wide"), block("b", "no_learn_zone", "spread_wide")]
EARNED = [
    {"day": AS_OF, "source": "bot", "book": "learning", "experiment_id": "e1", "n_trades": 3, "pnl_usd": -5.25},
]


@pytest.fixture(scope="module")
def facts() -> Any:
    return small_world(
        book_pnl=Pnl.frame(PNL),
        risk=Risk.frame(RISK),
        blocks=Blocks.frame([*BLOCKS, block("c", "<i>", None)]),
        experiment_pnl=ExperimentPnl.frame(EARNED),
    )


def test_money_of_the_window_and_of_all_days(facts: Any) -> None:
    page = Page(render(facts, WINDOW))
    assert ["profit", "4", "25%", "\u22122.00", "\u221220.00", "+30.00"] in page.rows
    assert ["learning", "2", "50%", "\u22121.00", "\u22127.25", "\u22125.25"] in page.rows
    assert ["research", "0", "no trade", "", "", "0.00"] in page.rows, "no trade has no win rate and no result"
    assert ["e1", "learning", "3", "\u22125.25"] in page.rows
    assert ["learning", "no_learn_zone", "spread_wide", "2", "1"] in page.rows
    assert ["learning", "<i>", "", "1", "1"] in page.rows, "a bot's words are text"
    assert (
        "Risk was reserved for 3 orders of the learning book; at most 75% of the learning budget was in use."
        in page.text
    )
    assert "3 orders or signals were refused by a book" in page.text


def test_the_picture_is_of_days_with_a_known_budget(facts: Any) -> None:
    drawing = budget_drawing(facts.risk)
    assert drawing is not None
    assert "% of the daily budget" in str(to_svg(drawing, "books", "words"))
    assert len(to_png(drawing)) < 50_000
    assert budget_drawing(Risk.frame([risk(0, 2.0, 0.0, None)])) is None
    assert budget_drawing(Risk.frame([risk(0, 2.0, 0.0, book="research")])) is None


def test_what_is_not_there_is_said() -> None:
    assert "no books" in books_section(small_world(), WINDOW).says[0]
    empty = {"book_pnl": Pnl.frame(), "risk": Risk.frame(), "blocks": Blocks.frame()}
    assert "No day was computed" in books_section(small_world(**empty), WINDOW).says[0]
    quiet = books_section(small_world(**empty | {"book_pnl": Pnl.frame(PNL)}), WINDOW)
    assert quiet.says[0].startswith("No risk was reserved for learning or research. 0 orders or signals were refused")
    assert quiet.picture is None
