"""One record of the audit's chain."""

from __future__ import annotations

import hashlib
import json
from typing import Any

Row = dict[str, Any]
GENESIS = "0" * 64
"""What the first record bears in place of a hash before it."""


def hash_of(row: Row) -> str:
    """SHA-256 of a record's canonical JSON, ``prev_hash`` in it and its own hash not."""
    said = {name: value for name, value in row.items() if name != "hash"}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
