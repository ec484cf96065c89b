"""What the learning book may risk, how large its trades are, and where it must not learn."""

from __future__ import annotations

import datetime as dt
from typing import Literal, Self

from pydantic import Field, model_validator

from learning_pipeline.contracts import Settings

_OF_EQUITY = "percent points of the UTC day's equity: 0.50 is 0.5 %"


class LearningBookSettings(Settings):
    """Budgets, sizes and no-learn zones of learning trades (learning-book, "Config surface").

    The first nine are the seed's, with the values of its example. A zone's limit is the last value that is still fine.
    """

    learning_book_enabled: bool = Field(default=True, description="whether there are learning trades at all")
    learning_daily_risk_budget_pct: float = Field(
        default=0.50, ge=0, le=100, description=f"what open trades risk and the day has lost, at most; {_OF_EQUITY}"
    )
    learning_max_position_risk_pct: float = Field(
        default=0.25, gt=0, le=100, description=f"what one trade risks at most: a larger order is cut; {_OF_EQUITY}"
    )
    learning_max_portfolio_exposure_pct: float = Field(
        default=2.0, ge=0, le=100, description=f"notional of all open learning trades, at most; {_OF_EQUITY}"
    )
    learning_max_trades_per_day: int = Field(default=12, ge=0, description="orders a UTC day, at most")
    learning_sizing_mode: Literal["fixed_fraction", "notional", "vol_target"] = Field(
        default="fixed_fraction", description="how an order without a size of its own gets one"
    )
    learning_notional_usd: float | None = Field(
        default=None, gt=0, description="sizing mode notional: size of a trade, quote money"
    )
    learning_max_hold_minutes: int = Field(default=60, ge=1, description="longest life of a trade, minutes")
    learning_allow_short: bool = Field(default=False, description="whether there are short learning trades")

    learning_fixed_fraction: float = Field(
        default=0.0025, gt=0, le=1, description="sizing mode fixed_fraction: notional as a fraction of the day's equity"
    )
    learning_vol_target_pct: float = Field(
        default=0.01,
        gt=0,
        le=100,
        description=f"sizing mode vol_target: notional x daily volatility of the market; {_OF_EQUITY}",
    )

    learning_max_volatility: float = Field(
        default=0.10, gt=0, description="zone volatility_spike: daily volatility, a fraction"
    )
    learning_min_relative_volume: float = Field(
        default=0.1, ge=0, description="zone liquidity_thin: volume of the last bar over the usual one"
    )
    learning_max_spread_bps: float = Field(default=20.0, ge=0, description="zone spread_wide: spread, basis points")
    learning_event_windows: tuple[str, ...] = Field(
        default=(),
        description="zone scheduled_event_window: ISO 8601 intervals, as 2024-03-20T17:30Z/2024-03-20T19:00Z",
    )
    learning_max_feed_latency_seconds: float = Field(
        default=30.0, ge=0, description="zone feed_latency: age of the newest price, seconds"
    )
    learning_max_exchange_errors: int = Field(
        default=0, ge=0, description="zone exchange_error: errors of the venue that the bot counts as recent"
    )
    learning_max_data_gap_bars: int = Field(
        default=0, ge=0, description="zone data_gap: bars missing before the signal's bar"
    )
    learning_daily_loss_limit_pct: float = Field(
        default=0.25, gt=0, le=100, description=f"zone daily_loss_limit: losses of the day reach this; {_OF_EQUITY}"
    )
    learning_experiment_loss_limit_pct: float = Field(
        default=1.0, gt=0, le=100, description=f"zone experiment_loss_limit: its net loss reaches this; {_OF_EQUITY}"
    )
    learning_max_consecutive_losses: int = Field(
        default=5, ge=1, description="zone consecutive_loss_limit: so many losses in a row today"
    )
    learning_max_slippage_bps: float = Field(
        default=25.0, ge=0, description="zone slippage_anomaly: slippage of the last fills, basis points"
    )
    learning_max_bad_rows: int = Field(
        default=0, ge=0, description="zone data_quality_anomaly: rows of the feed that the bot counts as bad"
    )
    learning_manual_override_off: bool = Field(
        default=False, description="zone manual_override_off: a person switched learning off"
    )

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.learning_sizing_mode == "notional" and self.learning_notional_usd is None:
            raise ValueError("learning_sizing_mode = notional needs learning_notional_usd")
        for window in self.learning_event_windows:
            if not _is_interval(window):
                raise ValueError(f"learning_event_windows: expected START/END with time zones, was {window}")
        return self


def _is_interval(text: str) -> bool:
    """Whether it is two instants with time zones, the earlier first."""
    try:
        start, end = (dt.datetime.fromisoformat(part) for part in text.split("/"))
    except ValueError:
        return False
    return start.tzinfo is not None and end.tzinfo is not None and start < end


LearningBookSettings.in_no_table = frozenset(LearningBookSettings.model_fields) - {"learning_daily_risk_budget_pct"}
