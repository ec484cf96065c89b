"""The base of every room's settings."""

from __future__ import annotations

import hashlib
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Frozen, strict settings: an unknown key is an error; units stand in the descriptions."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    variables: ClassVar[str | None] = None
    """Prefix of further environment variables, one per key in upper case; None: only those with the room's own."""

    in_no_table: ClassVar[frozenset[str]] = frozenset()
    """Fields on which no table of the chain rests, so that a change of one makes no day stale."""

    def sha256(self, without: frozenset[str] = frozenset()) -> str:
        """Fingerprint of every value, defaults included, but for the fields named: 64 hexadecimal digits."""
        return hashlib.sha256(self.model_dump_json(exclude=set(without)).encode()).hexdigest()
