"""The base of every room's settings."""

from __future__ import annotations

import hashlib
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Frozen, strict settings: an unknown key is an error; units stand in the descriptions."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    bare_variables: ClassVar[bool] = False
    """Whether each key in upper case is an environment variable too, beside the one with the room's prefix."""

    for_bots: ClassVar[frozenset[str]] = frozenset()
    """Fields that a run only passes on to bots: no table rests on them, so that a change of one makes no day stale."""

    def sha256(self, without: frozenset[str] = frozenset()) -> str:
        """Fingerprint of every value, defaults included, but for the fields named: 64 hexadecimal digits."""
        return hashlib.sha256(self.model_dump_json(exclude=set(without)).encode()).hexdigest()
