"""The file that a bot reads its overrides from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from learning_pipeline.stores.digested_file import read_digested, write_digested

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
    return bool(path.exists() or active()) and write_digested(path, NAME, active)


def read_overrides_file(path: Path) -> list[Row]:
    """Overrides of the file; none where there is no file.

    Raises
    ------
    BadInput
        The file is damaged, or was changed by hand.
    """
    return read_digested(path, NAME, ANEW) if path.exists() else []
