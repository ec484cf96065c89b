"""The file that a bot reads its overrides from: small, whole, with its own digest; it needs no database."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path
from typing import Any

from learning_pipeline.stores.verified_file import read_verified, write_verified

Row = dict[str, Any]
NAME = "overrides"
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
        return write_verified(path, NAME, active())


def read_overrides_file(path: Path) -> list[Row]:
    """Overrides of the file; none where there is no file.

    Raises
    ------
    BadInput
        The file is damaged, or was changed by hand.
    """
    return read_verified(path, NAME, ANEW) if path.exists() else []
