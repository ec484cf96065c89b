"""The file that a bot reads its overrides from: small, whole, with its own digest; it needs no database."""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from learning_pipeline.errors import BadInput
from learning_pipeline.stores.atomic import atomic_write

Row = dict[str, Any]
ANEW = "`learning-pipeline overrides` writes it anew from the ledger"


def write_overrides(path: Path, active: Callable[[], list[Row]]) -> bool:
    """Bring the file up to what is active; true where that changed it. No file is made for nothing.

    Parameters
    ----------
    active : callable
        Asks the ledger, once nobody else writes the file: who writes last has seen every commit before.
    """
    if not path.exists() and not active():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        content = _encoded(active())
        if path.exists() and path.read_bytes() == content:
            return False
        atomic_write(path, content)
        return True


def read_overrides_file(path: Path) -> list[Row]:
    """Overrides of the file; none where there is no file.

    Raises
    ------
    BadInput
        The file is damaged, or was changed by hand.
    """
    if not path.exists():
        return []
    try:
        document = json.loads(path.read_bytes())
        rows, said = document["overrides"], document["sha256"]
    except (ValueError, KeyError, TypeError) as e:
        raise BadInput(f"{path}: expected overrides as JSON, found damaged or other content ({e}); {ANEW}") from e
    if _digest(rows) != said:
        raise BadInput(f"{path}: its content is not that of its SHA-256: damaged, or changed by hand; {ANEW}")
    return rows


def _encoded(rows: list[Row]) -> bytes:
    document = {"schema_version": 1, "sha256": _digest(rows), "overrides": rows}
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _digest(rows: Any) -> str:
    canonical = json.dumps(rows, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
