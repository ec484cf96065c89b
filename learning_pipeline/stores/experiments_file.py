"""The file that a bot reads its experiments and research money from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from learning_pipeline.stores.digested_file import read_digested, write_digested

NAME = "research"
ANEW = "`learning-pipeline experiments list` writes it anew from the ledger"
NOTHING: dict[str, Any] = {"as_of": None, "experiments": [], "sessions": []}


def write_experiments(path: Path, document: Callable[[], dict[str, Any]]) -> bool:
    """Bring the file up to how things stand; true where that changed it. No file is made for nothing.

    Parameters
    ----------
    document : callable
        Asks the ledger, once nobody else writes the file: who writes last has seen every commit before.
    """
    return bool(path.exists() or document() != NOTHING) and write_digested(path, NAME, document)


def read_experiments(path: Path) -> dict[str, Any]:
    """The file's ``as_of``, ``experiments`` and ``sessions``; empty where there is no file.

    Raises
    ------
    BadInput
        The file is damaged, or was changed by hand.
    """
    return read_digested(path, NAME, ANEW) if path.exists() else NOTHING
