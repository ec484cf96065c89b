"""``learning_system.log``: what the learning system did and why it did not, one line each."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path

from learning_pipeline.contracts.entry import Entry

NAME = "learning_system"
FORMAT = "%(asctime)s - %(name)s - %(levelname)s - %(message)s"
MOST_BYTES, MOST_FILES = 16 * 2**20, 4
MOST_ENTRIES = 1000
"""Written at once, at most: a run over years tells the newest and how many it left out."""


def write_entries(path: Path, entries: Iterable[Entry]) -> None:
    """Append entries in the order given, the newest thousand of them; old files are kept beside as ``.1`` to ``.4``.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    every = list(entries)
    left_out = len(every) - MOST_ENTRIES
    if left_out > 0:
        said = Entry("LEFT OUT", {"entries": left_out, "why": "older ones of a long run; their tables hold them"})
        every = [said, *every[left_out:]]
    if not every:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = _Strict(path, maxBytes=MOST_BYTES, backupCount=MOST_FILES, encoding="utf-8")
    handler.setFormatter(logging.Formatter(FORMAT))
    try:
        for entry in every:
            level = logging.getLevelNamesMapping()[entry.level]
            handler.emit(logging.LogRecord(NAME, level, str(path), 0, str(entry), None, None))
    finally:
        handler.close()


class _Strict(RotatingFileHandler):
    """A line that cannot be written is an error, not a note on the terminal."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802  # logging's name
        raise  # noqa: PLE0704  # called by logging inside its except block
