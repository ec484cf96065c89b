"""Settings of the verdicts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from learning_pipeline.analysis.what_if.scenario import DEFAULTS, Scenario
from learning_pipeline.contracts import Settings

Days = Annotated[int, Field(ge=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class AnalysisSettings(Settings):
    """Which decisions are looked at, and over how long."""

    windows: tuple[Days, ...] = Field(
        default=(1, 30, 90), min_length=1, description="lengths of the windows, days up to and including as_of"
    )
    books: tuple[str, ...] = Field(default=("profit",), description="books whose decisions count")
    capital_usd: float = Field(
        default=10_000.0, gt=0, description="capital-aware replay: money at the start of a path; gains are not added"
    )
    max_open_positions: int = Field(default=5, ge=1, description="capital-aware replay: positions open at one time")
    one_position_per_symbol: bool = Field(
        default=False, description="capital-aware replay: a symbol is not entered again while it is held"
    )
    scenarios: dict[Name, Scenario | Literal[False]] = Field(
        default={**DEFAULTS}, description="what-if scenarios by name, beside the defaults; false switches one off"
    )

    @field_validator("windows")
    @classmethod
    def _each_once(cls, windows: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(windows)) < len(windows):
            raise ValueError(f"expected each window once, was {windows}")
        return windows

    @field_validator("scenarios")
    @classmethod
    def _beside_the_defaults(cls, given: dict[str, Scenario | Literal[False]]) -> dict[str, Scenario | Literal[False]]:
        return dict(sorted({**DEFAULTS, **given}.items()))

    @property
    def asked(self) -> dict[str, Scenario]:
        """Scenarios that are not switched off, by name."""
        return {name: scenario for name, scenario in self.scenarios.items() if scenario}
