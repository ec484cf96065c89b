"""Files that a strategy has written in our own format: they are delivered as they stand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from learning_pipeline.adapters.freqtrade.options import FreqtradeOptions
from learning_pipeline.adapters.imported import Imported


def is_recorded(path: Path) -> bool:
    """Whether a file holds event lines of the `Recorder`; one that is still being written does not count."""
    return path.suffix == ".jsonl" and path.stem != "decision_log"


def recorded_imports(path: Path, options: FreqtradeOptions) -> Iterator[Imported]:  # noqa: ARG001  # as every reader
    """The file itself."""
    yield Imported(stem=path.stem, told=f"events recorded in {path.name}", files=(path,))
