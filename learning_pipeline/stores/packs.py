"""Evaluation packs on disk: those that ship with the project, and the user's own; each written once."""

from __future__ import annotations

import importlib.resources
import re
from pathlib import Path
from typing import NamedTuple

from learning_pipeline.errors import BadInput, EvaluationRefused, Refused
from learning_pipeline.stores.atomic import atomic_write
from learning_pipeline.stores.home import Home

MANIFEST, EXAMPLES = "pack.json", "examples.parquet"
MOST_SHOWN = 64
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class PackFiles(NamedTuple):
    """The bytes of a pack; whoever reads them compares those of the rows with the digest in the manifest."""

    manifest: bytes
    examples: bytes


class Packs:
    """Packs by name. A shipped one cannot be covered by another of its name.

    Parameters
    ----------
    home : Home
        Data root; its own packs lie in ``packs/<pack_id>/``.
    """

    def __init__(self, home: Home) -> None:
        self._own = home.packs

    def names(self) -> list[str]:
        """Every pack there is, sorted."""
        return sorted({folder.name for root in (shipped(), self._own) for folder in _folders(root)})

    def files(self, pack_id: str) -> PackFiles:
        """Bytes of a pack; the name is compared with those there are and never becomes part of a path.

        Raises
        ------
        BadInput
            There is no such pack.
        EvaluationRefused
            One of its files cannot be read.
        """
        for root in (shipped(), self._own):
            for folder in _folders(root):
                if folder.name == pack_id:
                    return PackFiles(_read(folder / MANIFEST), _read(folder / EXAMPLES))
        known = ", ".join(self.names()) or "none"
        raise BadInput(f"{pack_id[:MOST_SHOWN]!r}: no such pack; there are {known} (`packs freeze` makes one)")

    def is_shipped(self, pack_id: str) -> bool:
        """Whether it came with the project."""
        return any(folder.name == pack_id for folder in _folders(shipped()))

    def add(self, pack_id: str, files: PackFiles, folder: Path | None = None) -> Path:
        """Write a pack, once; the same bytes again change nothing. Returns its folder.

        Parameters
        ----------
        folder : path, optional
            Where packs are kept; by default the data root's.

        Raises
        ------
        BadInput
            The name is none.
        Refused
            Another pack has this name.
        """
        if not _NAME.fullmatch(pack_id):
            raise BadInput(f"{pack_id[:MOST_SHOWN]!r}: expected a name of a-z, 0-9, _ and -, at most 64 of them")
        root = folder or self._own
        if folder is None and self.is_shipped(pack_id):
            raise Refused(f"{pack_id}: a pack of this name ships with the project; choose another name")
        at = root / pack_id
        if (at / MANIFEST).exists():
            if (_read(at / MANIFEST), _read(at / EXAMPLES)) != tuple(files):
                raise Refused(f"{at}: a frozen pack never changes; choose another name")
            return at
        atomic_write(at / EXAMPLES, files.examples)
        atomic_write(at / MANIFEST, files.manifest)  # last: a folder without it is no pack
        return at


def shipped() -> Path:
    """Folder of the packs that ship with the project."""
    packaged = Path(str(importlib.resources.files("learning_pipeline"))) / "pack_files"
    return packaged if packaged.is_dir() else packaged.parents[1] / "packs"


def _folders(root: Path) -> list[Path]:
    """Packs of a folder; links are none, for they may lead out of it."""
    named = (path for path in root.glob("*") if _NAME.fullmatch(path.name) and not path.is_symlink())
    return sorted(path for path in named if (path / MANIFEST).is_file())


def _read(path: Path) -> bytes:
    if path.is_symlink():
        raise EvaluationRefused(f"{path}: expected a file of a pack, found a link")
    try:
        return path.read_bytes()
    except OSError as e:
        raise EvaluationRefused(f"{path}: expected a file of a pack, found none that can be read ({e.strerror})") from e
