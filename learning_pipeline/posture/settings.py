"""Settings of posture. Not imported by what a bot imports: it reads them from the file that a run writes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from learning_pipeline.contracts import Settings

Flag = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]


class FlagDelta(Settings):
    """What a flag adds."""

    a: float = Field(default=0.0, ge=-1, le=1, description="added to A")
    e: float = Field(default=0.0, ge=-1, le=1, description="added to E")


class FeatureFlags(Settings):
    """What is switched on."""

    ae_v2_enabled: bool = Field(
        default=True,
        description="A and E start from 0.5 and the deltas of the signal's flags; false: from the bot's own",
    )


class PostureSettings(Settings):
    """How A and E of a signal come about."""

    feature_flags: FeatureFlags = Field(default=FeatureFlags(), description="what is switched on")
    flags: dict[Flag, FlagDelta] = Field(default={}, description="by flag: what it adds to A and E")
    base_bias: float = Field(
        default=0.0, ge=0, le=1, description="added to A per unit of mean ROI (the seed suggests 0.01); 0 is off"
    )
