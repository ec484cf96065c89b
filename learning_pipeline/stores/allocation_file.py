"""The file that a bot reads its allocation from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from learning_pipeline.errors import BadInput
from learning_pipeline.stores.digested_file import read_digested, write_digested

NAME = "learning_configs"
ANEW = "`learning-pipeline run --from DAY`, with the last day of the data, writes it anew"


def write_allocation(path: Path, configs: dict[str, Any]) -> bool:
    """Bring the file up to the newest allocation; true where that changed it."""
    return write_digested(path, NAME, lambda: configs)


def read_allocation(path: Path) -> dict[str, Any]:
    """The allocation of the file.

    Raises
    ------
    BadInput
        There is none yet, or the file is damaged, or was changed by hand.
    """
    if not path.exists():
        raise BadInput(f"{path}: no allocation yet; `learning-pipeline ingest` events and `run` the chain (or `demo`)")
    return read_digested(path, NAME, ANEW)
