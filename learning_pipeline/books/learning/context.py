"""What the learning book may still risk, in words and numbers that a strategist's prompt can hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import msgspec

from learning_pipeline.books.learning.gate import as_of
from learning_pipeline.books.learning.risk_book import RiskBook
from learning_pipeline.books.learning.zones import standing_zones

if TYPE_CHECKING:
    from learning_pipeline.books.learning.settings import LearningBookSettings


class Current(NamedTuple):
    """A learning book as it stands, and whose it is."""

    source: str
    session_id: str
    book: RiskBook


def document(books: Iterable[Current], settings: Mapping[str, Any], day: dt.date | None) -> dict[str, Any]:
    """What a run publishes: plain values, from which `learning_context` tells the rest at any later instant."""
    sessions = [
        {"source": source, "session_id": session, "book": msgspec.to_builtins(book)} for source, session, book in books
    ]
    return {"as_of": day.isoformat() if day else None, "settings": dict(settings), "sessions": sessions}


def learning_context(
    published: Mapping[str, Any], experiments: Sequence[Mapping[str, Any]], now: dt.datetime
) -> dict[str, Any]:
    """Budgets left, zones and running experiments at an instant, from a published document.

    Parameters
    ----------
    published : mapping
        As `document` gives it.
    experiments : sequence of mapping
        Those that anybody knows of, each with its ``state``.
    now : datetime
        On a later day than the document's the day's counters are those of a new day.

    Returns
    -------
    dict
        ``as_of``, ``settings``, ``experiments`` (running ones) and ``sessions``: each with ``source``, ``session_id``,
        the `budgets`, ``zones`` and ``experiment_pnl_usd`` by experiment, and ``book``, for `evaluate_learning_order`.
        JSON can hold all of it.
    """
    settings = cast("LearningBookSettings", SimpleNamespace(**published["settings"]))
    sessions = [_session(each, settings, now) for each in published["sessions"]]
    running = [dict(each) for each in experiments if each["state"] == "running"]
    told = {"as_of": published["as_of"], "settings": dict(published["settings"])}
    return {**told, "sessions": sessions, "experiments": running}


def budgets(book: RiskBook, settings: LearningBookSettings) -> dict[str, float | int | None]:
    """What may be risked, what is, and what is left, quote money; None where the equity is unknown."""
    equity = book.equity_usd
    share = {name: None if equity is None else pct / 100 * equity for name, pct in _percents(settings).items()}
    risk, exposure = share["daily_risk_budget_usd"], share["portfolio_exposure_cap_usd"]
    return {
        "equity_usd": equity,
        **share,
        "reserved_usd": book.reserved_usd,
        "lost_today_usd": book.lost_usd,
        "risk_left_usd": None if risk is None else max(0.0, risk - book.used_usd),
        "exposure_usd": book.exposure_usd,
        "exposure_left_usd": None if exposure is None else max(0.0, exposure - book.exposure_usd),
        "n_trades_today": book.n_trades,
        "n_trades_left": max(0, settings.learning_max_trades_per_day - book.n_trades),
        "n_consecutive_losses": book.n_consecutive_losses,
    }


def _percents(settings: LearningBookSettings) -> dict[str, float]:
    return {
        "daily_risk_budget_usd": settings.learning_daily_risk_budget_pct,
        "position_risk_cap_usd": settings.learning_max_position_risk_pct,
        "portfolio_exposure_cap_usd": settings.learning_max_portfolio_exposure_pct,
    }


def _session(row: Mapping[str, Any], settings: LearningBookSettings, now: dt.datetime) -> dict[str, Any]:
    book = as_of(msgspec.convert(row["book"], RiskBook), now)
    names = sorted({*book.experiments, *(each.experiment_id for each in book.results.values() if each.experiment_id)})
    return {
        "source": row["source"],
        "session_id": row["session_id"],
        "is_enabled": settings.learning_book_enabled,
        **budgets(book, settings),
        "zones": standing_zones(None, book, settings, now),
        "zones_of_experiments": {name: standing_zones(name, book, settings, now) for name in names},
        "experiment_pnl_usd": {name: book.experiment_pnl_usd(name) for name in names},
        "book": msgspec.to_builtins(book),
    }
