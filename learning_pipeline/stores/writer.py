"""One writer per data root: a kernel lock, so that it dies with its process."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

_guard = threading.Lock()


@dataclass
class _Held:
    n_holders: int = 0
    file: IO[str] | None = None
    turn: threading.Lock = field(default_factory=threading.Lock)


_held: dict[Path, _Held] = {}
_KERNEL_LOCKS = Path("/proc/locks")


@contextmanager
def one_writer(path: Path, on_wait: Callable[[str], None] = lambda _: None) -> Iterator[None]:
    """Hold the data root for writing; wait for another process that does, and say so once.

    Counted per process: Dagster may enter twice in one run, and that must not block itself.

    Parameters
    ----------
    path : Path
        The lock file; it holds the process id of its holder and stays.
    on_wait : callable
        Called with one line when the lock is taken by another process.
    """
    with _guard:
        held = _held.setdefault(path, _Held())
    with held.turn:
        if held.n_holders == 0:
            held.file = _taken(path, on_wait)
        held.n_holders += 1
    try:
        yield
    finally:
        with held.turn:
            held.n_holders -= 1
            if held.n_holders == 0 and held.file is not None:
                held.file.close()


@contextmanager
def sign_of_life(path: Path) -> Iterator[None]:
    """Hold a file for as long as this process works on something; see ``is_dead``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)  # while it is still held: nobody sees it abandoned


def is_dead(path: Path) -> bool:
    """True where a sign of life was left behind by a process that is gone."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, FileNotFoundError):
        return False
    return True


def holder(path: Path) -> int | None:
    """Process that holds the data root, told without touching the lock; None where nobody does.

    By the kernel's list of locks; where there is none (macOS), by whether the last holder still lives.
    """
    try:
        pid, inode = int(path.read_text()), path.stat().st_ino
        listed = _KERNEL_LOCKS.read_text() if _KERNEL_LOCKS.exists() else None
    except (OSError, ValueError):
        return None
    if listed is None:
        return pid if _lives(pid) else None
    locks = [line.split() for line in listed.splitlines() if " FLOCK " in line]
    return pid if [str(pid), str(inode)] in [[lock[-4], lock[-3].split(":")[-1]] for lock in locks] else None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # another user's
    return True


def _taken(path: Path, on_wait: Callable[[str], None]) -> IO[str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        on_wait(f"another run holds {path.parent} (process {file.read().strip() or 'unknown'}); waiting for it to end")
        fcntl.flock(file, fcntl.LOCK_EX)
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()
    return file
