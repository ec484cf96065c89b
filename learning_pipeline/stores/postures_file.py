"""The file that a bot reads its postures from, with the rules that go with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from learning_pipeline.stores.digested_file import read_digested, write_digested

NAME = "postures"
ANEW = "`learning-pipeline run` writes it anew once it is gone"


def write_postures(path: Path, document: dict[str, Any]) -> bool:
    """Bring the file up to a document; true where that changed it."""
    return write_digested(path, NAME, lambda: document)


def read_postures_file(path: Path) -> dict[str, Any]:
    """The document of the file; empty where there is no file.

    Raises
    ------
    BadInput
        The file is damaged, or was changed by hand.
    """
    return read_digested(path, NAME, ANEW) if path.exists() else {}
