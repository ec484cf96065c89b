"""Playbooks as files: looked up among those present, replaced whole, and only where nobody else changed them."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.resources
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from learning_pipeline.errors import BadInput, Refused
from learning_pipeline.stores.atomic import atomic_write
from learning_pipeline.stores.home import Home

SUFFIX = ".md"
MOST_SHOWN = 64
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class PlaybookFile(NamedTuple):
    """A playbook as it was read."""

    playbook_id: str
    path: Path
    content: bytes

    @property
    def sha256(self) -> str:
        """Digest of its bytes."""
        return digest(self.content)


class Edited(NamedTuple):
    """Bytes of a playbook before and after an edit; equal where nothing was written."""

    before: bytes
    after: bytes


class PlaybookFiles:
    """The playbooks of one folder: its regular files ``<playbook_id>.md``.

    Parameters
    ----------
    folder : path
        Must be there.

    Raises
    ------
    BadInput
        There is no such folder.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise BadInput(f"{folder}: expected a folder of playbooks; make it, or set [playbooks] playbook_folder")
        self.folder = folder

    @classmethod
    def of(cls, home: Home, folder: str = "") -> PlaybookFiles:
        """Those of the folder set, seen from the data root; else the data root's own, which begin as those shipped."""
        if folder:
            return cls(home.root / Path(folder).expanduser())
        if not home.playbooks.is_dir():
            _copy_shipped(home.playbooks)
        return cls(home.playbooks)

    def every(self) -> list[PlaybookFile]:
        """All playbooks, by id."""
        return [PlaybookFile(path.stem, path, path.read_bytes()) for path in _files(self.folder)]

    def one(self, playbook_id: str) -> PlaybookFile:
        """A playbook; the id is compared with the names there are and never becomes part of a path.

        Raises
        ------
        BadInput
            No file has this name.
        """
        for path in _files(self.folder):
            if path.stem == playbook_id:
                return PlaybookFile(playbook_id, path, path.read_bytes())
        known = ", ".join(path.stem for path in _files(self.folder)) or "none"
        raise BadInput(f"{playbook_id[:MOST_SHOWN]!r}: no such playbook in {self.folder}; there are {known}")

    def edit(self, playbook_id: str, change: Callable[[bytes], bytes]) -> Edited:
        """Replace a playbook by what ``change`` makes of it, whole or not at all; nothing where that is the same.

        Raises
        ------
        BadInput
            No file has this name; and whatever ``change`` raises.
        Refused
            Somebody wrote the file meanwhile; their bytes stay.
        """
        with self._alone():
            file = self.one(playbook_id)
            after = change(file.content)
            if after != file.content:
                if digest(file.path.read_bytes()) != file.sha256:
                    raise Refused(f"{file.path}: somebody wrote it at the same time; their words stay, try again")
                atomic_write(file.path, after)
            return Edited(file.content, after)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.folder / ".playbooks.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def digest(content: bytes) -> str:
    """SHA-256 of a file's bytes."""
    return hashlib.sha256(content).hexdigest()


def _files(folder: Path) -> list[Path]:
    """Playbooks of a folder: files with a playbook's name; links are none, for they may lead out of it."""
    named = (path for path in folder.glob(f"*{SUFFIX}") if _NAME.fullmatch(path.stem))
    return sorted(path for path in named if path.is_file() and not path.is_symlink())


def _copy_shipped(folder: Path) -> None:
    """Make the folder, whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".playbooks.", dir=folder.parent) as temporary:
        made = Path(temporary) / folder.name
        made.mkdir()
        for path in _files(_shipped()):
            (made / path.name).write_bytes(path.read_bytes())
        try:
            made.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another process was first, with the same files
                raise


def _shipped() -> Path:
    packaged = Path(str(importlib.resources.files("learning_pipeline"))) / "playbook_files"
    folder = packaged if packaged.is_dir() else packaged.parents[1] / "playbooks"
    if not folder.is_dir():
        raise BadInput(f"{folder}: the playbooks that ship with the project are missing; install the package again")
    return folder
