"""Settings of imports: folders of bots that are looked at by themselves."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from learning_pipeline.contracts import Settings


class Watched(BaseModel):
    """A bot's folder or file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["freqtrade", "nautilus"] = Field(description="whose formats lie there")
    path: str = Field(min_length=1, description="folder or file, read only; ~ is the home of who runs the daemon")
    timeframe: str | None = Field(default=None, min_length=1, description="of what the files give none (nautilus)")
    source: str | None = Field(default=None, min_length=1, description="name of the bot; by default told from the file")


class ImportsSettings(Settings):
    """Where bots leave their own files."""

    watch: tuple[Watched, ...] = Field(
        default=(), description="folders of bots; what is new in them is imported and the chain run"
    )


ImportsSettings.in_no_table = frozenset(ImportsSettings.model_fields)
