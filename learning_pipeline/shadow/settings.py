"""The execution policy that every signal is simulated under."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import polars as pl
from pydantic import Field, field_validator

from learning_pipeline.contracts import Settings, timeframe_us

CENTURY_US = 100 * 365 * 86_400_000_000
"""Longest time looked at: keeps absurd lifetimes and timeframes inside 64 bits."""

Bars = Annotated[int, Field(ge=1, le=1000)]


class ShadowSettings(Settings):
    """Frozen execution policy, whose fingerprint stands in every outcome, and the delays that are tried beside it.

    Defaults: seed learning-engine "Shadow Execution Engine" (entry at the market snapshot, exits at market prices) and
    the costs of a spot exchange's taker.
    """

    resolution: Literal["finest", "signal"] = Field(
        "finest",
        description="bars that are followed: the finest that cover the decision, or the signal's own timeframe",
    )
    stop_atr: float = Field(1.5, gt=0, description="distance of a missing stop, multiples of ATR(14)")
    target_r: float = Field(2.0, gt=0, description="distance of a missing target, multiples of R")
    ttl_minutes: float = Field(1440.0, gt=0, description="life of a signal that names none, minutes")
    fee_bps: float = Field(10.0, ge=0, description="fee of entry and of exit notional, basis points")
    slippage_bps: float = Field(2.0, ge=0, description="slippage of exit notional at stop and ttl exits, basis points")
    notional_usd: float = Field(100.0, gt=0, description="size of a decision that names none, quote money")
    delays: tuple[Bars, ...] = Field(
        (1, 2, 4, 8),
        description="later entries that are tried, bars of the signal's timeframe after the decision; [] for none",
    )

    REACH_BARS: ClassVar[int] = 512
    REACH_DAYS: ClassVar[int] = 7

    def policy_hash(self) -> str:
        """Fingerprint of the policy, defaults included and the delays not: 64 hexadecimal digits.

        >>> ShadowSettings().policy_hash() == ShadowSettings(ttl_minutes=1440).policy_hash()
        True
        """
        return self.sha256(without=frozenset({"delays"}))

    def reach_us(self, timeframe: pl.Expr) -> pl.Expr:
        """How far before a decision bars are looked at: 512 bars of its timeframe and 7 days, microseconds.

        >>> frame = pl.DataFrame({"timeframe": ["1d"]})
        >>> frame.select(ShadowSettings().reach_us(pl.col("timeframe")) // 86_400_000_000).item()
        519
        """
        bars = timeframe_us(timeframe).clip(upper_bound=CENTURY_US // self.REACH_BARS) * self.REACH_BARS
        return bars + self.REACH_DAYS * 86_400_000_000

    @field_validator("delays")
    @classmethod
    def _in_order(cls, delays: tuple[int, ...]) -> tuple[int, ...]:
        if list(delays) != sorted(set(delays)):
            raise ValueError(f"expected each delay once, shortest first, was {delays}")
        return delays
