"""Whether a bot's folder has changed, told from names, sizes and times alone."""

from __future__ import annotations

import hashlib
from pathlib import Path

ENDINGS = (".zip", ".sqlite", ".sqlite-wal", ".feather", ".parquet", ".json", ".json.gz", ".jsonl", ".csv")
"""What any adapter reads; a bot's log changes every second and says nothing to us."""


def fingerprint(path: Path) -> str:
    """Another word whenever a file that an adapter could read has come, gone or changed: 64 hexadecimal digits."""
    files = sorted(p for p in (path.rglob("*") if path.is_dir() else [path]) if p.name.endswith(ENDINGS))
    seen = [(str(file.relative_to(path)), *_size_and_time(file)) for file in files]
    return hashlib.sha256(repr(seen).encode()).hexdigest()


def _size_and_time(file: Path) -> tuple[int, int]:
    """Of a file that goes away while it is looked at: nothing, so that the next look sees a change."""
    try:
        stat = file.stat()
    except FileNotFoundError:
        return -1, 0
    return stat.st_size, stat.st_mtime_ns
