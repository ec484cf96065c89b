"""Settings of the verdicts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from learning_pipeline.contracts import Settings

Days = Annotated[int, Field(ge=1)]


class AnalysisSettings(Settings):
    """Which decisions are looked at, and over how long."""

    windows: tuple[Days, ...] = Field(
        default=(1, 30, 90), min_length=1, description="lengths of the windows, days up to and including as_of"
    )
    books: tuple[str, ...] = Field(default=("profit",), description="books whose decisions count")

    @field_validator("windows")
    @classmethod
    def _each_once(cls, windows: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(windows)) < len(windows):
            raise ValueError(f"expected each window once, was {windows}")
        return windows
