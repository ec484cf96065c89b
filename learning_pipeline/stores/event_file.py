"""Files of event lines that survive a kill: open under a lock, closed under their final name."""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import secrets
from pathlib import Path
from typing import IO

from learning_pipeline.stores.atomic import sync_folder

OPEN_SUFFIX = ".open"


class EventFiles:
    """Appends whole lines to ``NAME.jsonl.open`` and closes it as ``NAME.jsonl`` by age and size.

    Age is looked at when a line is written. Not safe for threads: its owner holds a lock.
    """

    def __init__(self, folder: Path, stem: str, sync_every: int, max_age: dt.timedelta, max_bytes: int) -> None:
        self._folder, self._stem = folder, stem
        self._sync_every, self._max_age, self._max_bytes = sync_every, max_age, max_bytes
        self._file: IO[bytes] | None = None
        self._n_unsynced = 0
        folder.mkdir(parents=True, exist_ok=True)
        close_abandoned(folder)

    def append(self, line: bytes) -> None:
        """Write one line, whole or not at all.

        Raises
        ------
        OSError
            Disk full, folder gone. The file then ends where it ended before.
        """
        file = self._file = self._file or self._open()
        _write_whole(file, line)
        self._n_unsynced += 1
        if self._n_unsynced >= self._sync_every:
            self._sync(file)
        if file.tell() >= self._max_bytes or dt.datetime.now(dt.UTC) - self._opened_at >= self._max_age:
            self.close()

    def close(self) -> None:
        """Force the current file to disk and give it its final name; the next line opens another."""
        if self._file is None:
            return
        self._sync(self._file)
        _name_closed(self._path)
        self._file.close()
        self._file = None

    def _open(self) -> IO[bytes]:
        self._opened_at = dt.datetime.now(dt.UTC)
        name = f"{self._stem}-{self._opened_at:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}.jsonl{OPEN_SUFFIX}"
        self._path = self._folder / name
        unlocked = self._folder / f".{name}"
        # Unbuffered: a line that append() returned from survives a kill of the process.
        file = unlocked.open("xb", buffering=0)
        fcntl.flock(file, fcntl.LOCK_EX)
        # Named once it is locked: nobody can take it for abandoned in between.
        unlocked.rename(self._path)
        return file

    def _sync(self, file: IO[bytes]) -> None:
        os.fsync(file.fileno())
        self._n_unsynced = 0


def close_abandoned(folder: Path) -> None:
    """Give files that no living recorder holds their final name."""
    for path in sorted(folder.glob(f"*.jsonl{OPEN_SUFFIX}")):
        try:
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _name_closed(path)
        except (BlockingIOError, FileNotFoundError):
            continue  # its recorder lives, or has just closed it


def _write_whole(file: IO[bytes], line: bytes) -> None:
    """Write every byte; where the disk takes a part only, take that part back."""
    start, left = file.tell(), memoryview(line)
    try:
        while left:
            left = left[file.write(left) :]
    except OSError:
        file.truncate(start)
        file.seek(start)
        raise


def _name_closed(path: Path) -> None:
    path.rename(path.with_suffix(""))
    sync_folder(path.parent)
