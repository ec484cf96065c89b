"""Look into a SQLite file that others write to, without leaving a trace."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from learning_pipeline.errors import BadInput, StoreBusy

MAX_TRIES = 5
WAL = "-wal"


@contextmanager
def copied(path: Path) -> Iterator[Path]:
    """A consistent copy of a SQLite file and its log, gone again at the end.

    Even a read-only connection creates files beside a database in WAL mode; a copy creates none. Commits go to the log,
    which SQLite reads up to its last whole frame; only a checkpoint changes the file itself: then it is copied again.

    Raises
    ------
    BadInput
        The file does not exist.
    StoreBusy
        It changed during every try.
    """
    if not path.is_file():
        raise BadInput(f"{path}: no such file")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        for _ in range(MAX_TRIES):
            before = _version(path)
            _copy(path, copy)
            if _version(path) == before:
                yield copy
                return
        raise StoreBusy(f"{path}: it changes all the time; look again")


def _copy(path: Path, copy: Path) -> None:
    log = path.with_name(path.name + WAL)
    shutil.copyfile(path, copy)
    try:
        shutil.copyfile(log, copy.with_name(log.name))
    except FileNotFoundError:
        copy.with_name(log.name).unlink(missing_ok=True)


def _version(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns
