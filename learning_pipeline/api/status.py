"""What stands now: books, overrides, allocation."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Request

from learning_pipeline.api.published import newest
from learning_pipeline.sdk import learning_context, load_allocation, load_overrides
from learning_pipeline.stores.home import Home

router, health = APIRouter(tags=["status"]), APIRouter(tags=["status"])


def home_of(request: Request) -> Home:
    """The data root of the application."""
    return cast("Home", request.app.state.home)


AtHome = Annotated[Home, Depends(home_of)]


@health.get("/health", summary="Whether the server answers")
def healthy() -> dict[str, str]:
    """That the server answers; says nothing of the data."""
    return {"status": "ok"}


@router.get("/overrides", summary="What a bot should use instead of its own limits")
def overrides(home: AtHome) -> list[dict[str, Any]]:
    """What a bot should use now instead of its own limits, one row per override and gate."""
    return [asdict(row) for row in load_overrides(home.root).rows]


@router.get("/allocation", summary="Shares of capital by timeframe")
def allocation(home: AtHome) -> dict[str, Any]:
    """Which share of the capital a bot should give each timeframe now."""
    return load_allocation(home.root)


@router.get("/books", summary="Money of every book, and what learning may still risk")
def books(home: AtHome) -> dict[str, Any]:
    """PnL of each book up to its newest day with trades; the learning book's budgets, zones and experiments now."""
    return {"pnl": newest(home, "books.pnl", "day", per="book"), "learning": learning_context(home.root)}
