"""Where there is no learning: thirteen zones, each with one rule over what is measured, counted or set.

Closed where unknown: ``volatility_spike``, ``spread_wide`` and ``feed_latency``, which every bot that sees a market can
measure and without which no risk figure means anything. Open where unknown: ``liquidity_thin`` (many markets have no
volume); the four that tell of faults, which a bot reports when it sees one: ``exchange_error``, ``data_gap``,
``slippage_anomaly``, ``data_quality_anomaly``; and the loss limits without equity, since the daily budget refuses then.
A NaN is unknown.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from learning_pipeline.books.learning.conditions import Conditions
from learning_pipeline.books.learning.risk_book import RiskBook

if TYPE_CHECKING:
    from learning_pipeline.books.learning.settings import LearningBookSettings

Verdict = bool | None
"""Whether a zone holds; None: it cannot be told."""


def zones_in_force(
    experiment_id: str | None, book: RiskBook, settings: LearningBookSettings, measured: Conditions, now: dt.datetime
) -> list[str]:
    """Zones that forbid learning now, in the order of ``ZONES``; those that cannot be told and are closed included.

    Parameters
    ----------
    experiment_id : str or None
        Whose loss limit is looked at; None: of no experiment.
    """
    found = {zone: rule(settings, measured) for zone, rule in _MEASURED.items()}
    found |= dict.fromkeys(measured.in_force, True)
    closed = {
        *standing_zones(experiment_id, book, settings, now),
        *(zone for zone in found if _is_closed(zone, found[zone])),
    }
    return [zone for zone in ZONES if zone in closed]


def standing_zones(
    experiment_id: str | None, book: RiskBook, settings: LearningBookSettings, now: dt.datetime
) -> list[str]:
    """Those of the zones that need no measurement: of losses, and set by people."""
    found = _told_by_people(settings, now) | _losses(experiment_id, book, settings)
    return [zone for zone in ZONES if zone in found and _is_closed(zone, found[zone])]


def _is_closed(zone: str, verdict: Verdict) -> bool:
    return zone in _CLOSED if verdict is None else verdict


def _over(value: float | None, limit: float) -> Verdict:
    return None if value is None or math.isnan(value) else value > limit


def _under(value: float | None, limit: float) -> Verdict:
    return None if value is None or math.isnan(value) else value < limit


_MEASURED: dict[str, Callable[[LearningBookSettings, Conditions], Verdict]] = {
    "volatility_spike": lambda s, m: _over(m.volatility, s.learning_max_volatility),
    "liquidity_thin": lambda s, m: _under(m.relative_volume, s.learning_min_relative_volume),
    "spread_wide": lambda s, m: _over(m.spread_bps, s.learning_max_spread_bps),
    "feed_latency": lambda s, m: _over(m.feed_latency_seconds, s.learning_max_feed_latency_seconds),
    "exchange_error": lambda s, m: _over(m.n_exchange_errors, s.learning_max_exchange_errors),
    "data_gap": lambda s, m: _over(m.n_gap_bars, s.learning_max_data_gap_bars),
    "slippage_anomaly": lambda s, m: _over(m.slippage_bps, s.learning_max_slippage_bps),
    "data_quality_anomaly": lambda s, m: _over(m.n_bad_rows, s.learning_max_bad_rows),
}


def _told_by_people(settings: LearningBookSettings, now: dt.datetime) -> dict[str, Verdict]:
    windows = [map(dt.datetime.fromisoformat, window.split("/", 1)) for window in settings.learning_event_windows]
    return {
        "scheduled_event_window": any(start <= now < end for start, end in windows),
        "manual_override_off": settings.learning_manual_override_off,
    }


def _losses(experiment_id: str | None, book: RiskBook, settings: LearningBookSettings) -> dict[str, Verdict]:
    of_experiment = 0.0 if experiment_id is None else -book.experiment_pnl_usd(experiment_id)
    return {
        "daily_loss_limit": _reached(book.lost_usd, settings.learning_daily_loss_limit_pct, book.equity_usd),
        "experiment_loss_limit": _reached(of_experiment, settings.learning_experiment_loss_limit_pct, book.equity_usd),
        "consecutive_loss_limit": book.n_consecutive_losses >= settings.learning_max_consecutive_losses,
    }


def _reached(lost_usd: float, limit_pct: float, equity_usd: float | None) -> Verdict:
    return None if equity_usd is None or equity_usd <= 0 else lost_usd >= limit_pct / 100 * equity_usd


ZONES = (
    "volatility_spike",
    "liquidity_thin",
    "spread_wide",
    "scheduled_event_window",
    "feed_latency",
    "exchange_error",
    "data_gap",
    "daily_loss_limit",
    "experiment_loss_limit",
    "consecutive_loss_limit",
    "slippage_anomaly",
    "data_quality_anomaly",
    "manual_override_off",
)
_CLOSED = {"volatility_spike", "spread_wide", "feed_latency"}
