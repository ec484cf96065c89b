"""The files that a bot reads its learning book and the experiments from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from learning_pipeline.errors import BadInput
from learning_pipeline.stores.digested_file import read_digested, write_digested

NAME = "learning_book"
ANEW = "`learning-pipeline run` writes it anew once it is gone"


def write_learning_book(path: Path, document: dict[str, Any]) -> bool:
    """Bring the file up to the newest state of the learning book; true where that changed it."""
    return write_digested(path, NAME, lambda: document)


def read_learning_book(path: Path) -> dict[str, Any]:
    """The learning book of the file.

    Raises
    ------
    BadInput
        There is none yet, or the file is damaged, or was changed by hand.
    """
    if not path.exists():
        raise BadInput(
            f"{path}: no learning book yet; `learning-pipeline ingest` events and `run` the chain (or `demo`)"
        )
    return read_digested(path, NAME, ANEW)
