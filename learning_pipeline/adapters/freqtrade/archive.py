"""A zip by anybody: members are read into memory, within limits, and never written to disk."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from learning_pipeline.errors import BadInput

MOST_BYTES = 512 * 1024 * 1024
"""Of one member, unpacked: 300 times what a backtest of 1,200 trades takes."""

MOST_MEMBERS = 10_000
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)


class Archive:
    """The members of a zip, by name.

    Raises
    ------
    BadInput
        It is no zip, damaged, encrypted or packed in a way that Python cannot read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with zipfile.ZipFile(path) as opened:
                self.names = opened.namelist()
        except _DAMAGED as e:
            raise BadInput(f"expected a zip, found a damaged one: {path} ({e})") from e
        if len(self.names) > MOST_MEMBERS:
            raise BadInput(f"expected at most {MOST_MEMBERS:,} files in {path}, found {len(self.names):,}")

    def read(self, name: str, most: int = MOST_BYTES) -> bytes:
        """Content of a member; BadInput where it is damaged or unpacks to more than ``most`` bytes."""
        try:
            with zipfile.ZipFile(self.path) as opened, opened.open(name) as member:
                content = member.read(most + 1)  # the size in the header is a claim: what comes out is counted
        except _DAMAGED as e:
            raise BadInput(f"{self.path}: {name} cannot be read ({e})") from e
        if len(content) > most:
            raise BadInput(f"{self.path}: {name} unpacks to more than {most:,} bytes")
        return content

    def base(self) -> str | None:
        """Name of the run that its members begin with; None: it is no backtest.

        Beside ``<base>.json`` there are the config and, for each strategy, its parameters, in JSON too.
        """
        claimed = [name.removesuffix("_config.json") for name in self.names if name.endswith("_config.json")]
        found = [base for base in [self.path.stem, *claimed] if f"{base}.json" in self.names]
        bare = [name.removesuffix(".json") for name in self.names if name.endswith(".json")]
        return next(iter(found or (bare if len(bare) == 1 else [])), None)


def is_backtest(path: Path) -> bool:
    """Whether a file holds a backtest's results, or is a zip too damaged to tell."""
    if path.suffix != ".zip":
        return is_bare(path)
    try:
        return Archive(path).base() is not None
    except BadInput:
        return True


def is_bare(path: Path) -> bool:
    """The JSON of a backtest before 2025."""
    return path.suffix == ".json" and path.name.startswith("backtest-result") and not path.name.endswith(".meta.json")


def bounded(path: Path) -> bytes:
    """Content of a file that is no zip."""
    if path.stat().st_size > MOST_BYTES:
        raise BadInput(f"{path} has more than {MOST_BYTES:,} bytes")
    return path.read_bytes()
