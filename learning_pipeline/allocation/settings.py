"""Settings of capital allocation."""

from __future__ import annotations

import math
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from learning_pipeline.contracts import TIMEFRAME_PATTERN, Settings, timeframe_length

Timeframe = Annotated[str, Field(pattern=TIMEFRAME_PATTERN)]
Share = Annotated[float, Field(ge=0, le=1)]

# learning-update-plan, "Starting Allocation".
START = {"15m": 0.15, "1h": 0.50, "4h": 0.35}


class AllocationSettings(Settings):
    """How capital is shared out over timeframes, and how fast closed trades may change that."""

    start: dict[Timeframe, Share] = Field(
        default={**START}, min_length=2, description="share of each timeframe before its first trade, fractions of 1"
    )
    tau_short_days: float = Field(default=14.0, gt=0, description="days in which a trade's weight falls to 1/e; steers")
    tau_long_days: float = Field(default=90.0, gt=0, description="likewise, for comparison only")
    cap: float = Field(default=0.003, gt=0, le=1, description="largest change of a share by one trade, fraction of 1")
    min_allocation: float = Field(default=0.02, ge=0, lt=1, description="no share is moved below this fraction of 1")
    min_trades: int = Field(
        default=5, ge=1, description="trades that every moving timeframe needs for a change of the whole cap"
    )

    @field_validator("start")
    @classmethod
    def _shortest_first(cls, start: dict[str, float]) -> dict[str, float]:
        return dict(sorted(start.items(), key=lambda item: (timeframe_length(item[0]), item[0])))

    @model_validator(mode="after")
    def _whole_and_above_the_floor(self) -> Self:
        if not math.isclose(math.fsum(self.start.values()), 1.0, rel_tol=0, abs_tol=1e-12):
            raise ValueError(f"expected a start that adds up to 1, was {math.fsum(self.start.values()):.12g}")
        below = [f"{timeframe} = {share:g}" for timeframe, share in self.start.items() if share < self.min_allocation]
        if below:
            raise ValueError(f"expected a start of at least min_allocation {self.min_allocation:g}, was {below[0]}")
        return self
