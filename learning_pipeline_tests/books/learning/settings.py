"""Settings for tests: a learning book that refuses nothing."""

from __future__ import annotations

from typing import Any

from learning_pipeline.books.learning.settings import LearningBookSettings

OPEN: dict[str, Any] = {
    "learning_daily_risk_budget_pct": 100.0,
    "learning_max_position_risk_pct": 100.0,
    "learning_max_portfolio_exposure_pct": 100.0,
    "learning_max_trades_per_day": 10**6,
    "learning_sizing_mode": "notional",
    "learning_notional_usd": 250.0,
    "learning_max_hold_minutes": 60 * 24 * 60,
    "learning_allow_short": True,
    "learning_max_volatility": 10.0,
    "learning_min_relative_volume": 0.0,
    "learning_max_spread_bps": 10_000.0,
    "learning_daily_loss_limit_pct": 100.0,
    "learning_experiment_loss_limit_pct": 100.0,
    "learning_max_consecutive_losses": 10**6,
}


def wide_open(**changed: Any) -> LearningBookSettings:
    """Nothing is refused but what ``changed`` says."""
    return LearningBookSettings(**OPEN | changed)
