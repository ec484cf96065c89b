"""Settings of tuning: which limits may be moved, and what makes a lesson."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from learning_pipeline.contracts import Settings

Steps = Annotated[tuple[float, ...], Field(min_length=2, max_length=9)]
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]


class Lever(Settings):
    """One limit that may be moved."""

    name: Word = Field(description="suffix of its category: `halo` is `tuning_halo`")
    gate: Word = Field(description="gate that it moves, as the bot records it")
    limit: Literal["floor", "ceiling"] = Field(description="floor: value >= limit passes; ceiling: value <= limit")
    steps: Steps = Field(description="added to the base limit, in the gate's unit; ascending, 0 among them")

    @field_validator("steps")
    @classmethod
    def _ascending_with_zero(cls, steps: tuple[float, ...]) -> tuple[float, ...]:
        if 0.0 not in steps or list(steps) != sorted(set(steps)):
            raise ValueError(f"expected ascending steps with 0 among them, was {list(steps)}")
        return steps

    @property
    def loosening(self) -> tuple[float, ...]:
        """Steps from the tightest to the loosest."""
        return self.steps[::-1] if self.limit == "floor" else self.steps


# learning-update-plan, "Factor-Specific Tuning Logic".
LEVERS = (
    Lever(name="ts_min", gate="ts", limit="floor", steps=(-0.1, -0.05, 0, 0.05, 0.1)),
    Lever(name="halo", gate="halo", limit="ceiling", steps=(-0.2, -0.1, 0, 0.1, 0.2)),
    Lever(name="slope_min", gate="slope", limit="floor", steps=(-0.002, -0.001, 0, 0.001, 0.002)),
)


class TuningSettings(Settings):
    """What makes a lesson, and which limits it may move."""

    n_min: int = Field(default=33, ge=1, description="labelled decisions that a lesson needs")
    lookback_days: int = Field(default=90, ge=1, description="decisions of that many days up to the end of as_of")
    levers: tuple[Lever, ...] = Field(
        default=LEVERS, min_length=1, max_length=4, description="limits that may be moved"
    )

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for what in ("name", "gate"):
            found = [getattr(lever, what) for lever in self.levers]
            if len(set(found)) < len(found):
                raise ValueError(f"expected each lever's {what} once, was {found}")
        return self


class Rule(Settings):
    """Which change of limits may be chosen."""

    verification: Literal["lifecycle", "none"] = Field(
        default="lifecycle", description="lifecycle: evidence first, chosen by T; none: the seed's order, at once"
    )
    min_ratio: float = Field(default=2.0, gt=0, description="misses caught per failure added")
    min_benefit: int = Field(default=3, ge=1, description="misses caught")
    cautious_dodge_rate: float = Field(
        default=0.9, ge=0, le=1, description="dodge rate from which `cautious_ratio` counts"
    )
    cautious_ratio: float = Field(default=3.0, gt=0, description="misses caught per failure added, where dodging works")
