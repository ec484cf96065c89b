"""Delivered files: copied in whole, never changed or deleted by us."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from learning_pipeline.errors import BadInput
from learning_pipeline.stores.atomic import atomic_write
from learning_pipeline.stores.ledger import Ledger

EVENT_ENDINGS = (".jsonl", ".jsonl.gz", ".jsonl.zst")
BAR_ENDINGS = (".parquet", ".csv")
OPEN_ENDING = ".jsonl.open"
ENDINGS = (*EVENT_ENDINGS, *BAR_ENDINGS)
FIRST_BYTES = {".parquet": b"PAR1", ".gz": b"\x1f\x8b", ".zst": b"\x28\xb5\x2f\xfd"}


class Arrival(NamedTuple):
    """A file to be landed: digest, the name it was delivered under, and where its bytes are."""

    sha256: str
    file: str
    path: Path
    arrived_at: dt.datetime
    counts: dict[str, int] | None


class Inbox:
    """The folder of delivered files and the ledger's list of them.

    Bots may drop finished files here under any name; ``deliver`` copies files in under their digest.
    """

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self.folder, self._ledger = folder, ledger

    def deliver(self, paths: list[Path], now: dt.datetime) -> list[str]:
        """Copy files, or every file of folders, into the inbox; returns their digests in order.

        A recorder's open file is taken up to its last newline.

        Raises
        ------
        BadInput
            A path that does not exist, cannot be read, has an unknown or a wrong ending, or a folder without any such
            file.
            Nothing is copied then.
        """
        files = list(expand(paths))
        for path in files:
            _require_right_name(path)
        return [self.put(path.name, _content(path), now) for path in files]

    def put(self, name: str, content: bytes, now: dt.datetime) -> str:
        """Keep content as a delivered file of that name; its digest. What is there already is not written again."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.folder / f"{digest}{_ending(name)}"
        if not path.exists():
            atomic_write(path, content)
        stat = path.stat()
        self._ledger.register(digest, name, path.name, (stat.st_size, stat.st_mtime_ns), now)
        return digest

    def scan(self, now: dt.datetime) -> None:
        """Register files that were dropped here since the last scan, oldest first."""
        for path in self._unregistered():
            stat = path.stat()  # before it is read: a file that still grows is seen again
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            self._ledger.register(digest, path.name, path.name, (stat.st_size, stat.st_mtime_ns), now)

    def waiting(self) -> list[str]:
        """Names of finished files that have not been landed yet, in order. Writes nothing."""
        registered = [arrival.path.name for arrival in self.arrivals(landed=False)]
        return registered + [path.name for path in self._unregistered()]

    def arrivals(self, *, landed: bool) -> list[Arrival]:
        """Registered files in order of arrival."""
        rows = self._ledger.arrivals(landed=landed)
        at = dt.datetime.fromisoformat
        return [
            Arrival(r["sha256"], r["file"], self.folder / r["stored_as"], at(r["arrived_at"]), r["counts"])
            for r in rows
        ]

    def _unregistered(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        files = [path for path in self.folder.iterdir() if path.is_file() and path.name.endswith(ENDINGS)]
        stats = {path: path.stat() for path in files if not path.name.startswith(".")}
        seen = self._ledger.seen_files()
        new = [path for path, stat in stats.items() if (path.name, stat.st_size, stat.st_mtime_ns) not in seen]
        return sorted(new, key=lambda path: (stats[path].st_mtime_ns, path.name))


def expand(paths: list[Path]) -> Iterator[Path]:
    """Files named, and every event or bar file below folders named, by name."""
    for path in paths:
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.is_file() and p.name.endswith((*ENDINGS, OPEN_ENDING)))
            if not found:
                raise BadInput(f"{path}: expected files that end in {', '.join(ENDINGS)}, found none in this folder")
            yield from found
        elif not path.exists():
            raise BadInput(f"{path}: no such file or folder; check the path")
        elif not path.name.endswith((*ENDINGS, OPEN_ENDING)):
            raise BadInput(f"{path}: expected a file that ends in {', '.join(ENDINGS)}; rename it to what it holds")
        else:
            yield path


def read_lines(path: Path) -> bytes:
    """Decompressed bytes of a file of events.

    Raises
    ------
    BadInput
        The file is not what its name says.
    """
    content = path.read_bytes()
    try:
        if path.name.endswith(".gz"):
            return gzip.decompress(content)
        if path.name.endswith(".zst"):
            return pa.input_stream(io.BytesIO(content), compression="zstd").read()
    except (OSError, EOFError, zlib.error) as e:
        raise BadInput(f"expected {path.suffix} compressed lines, found damaged or other content ({e})") from e
    return content


def read_bars(path: Path) -> pl.DataFrame:
    """A delivered frame of bars as it stands: text columns from CSV, typed ones from Parquet.

    Raises
    ------
    BadInput
        The file is not what its name says.
    """
    try:
        if path.name.endswith(".csv"):
            return pl.read_csv(path, infer_schema=False)
        return pl.read_parquet(path, hive_partitioning=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as e:
        first_line = str(e).splitlines()[0] if str(e) else type(e).__name__
        raise BadInput(f"expected a {path.suffix} file of bars, found damaged or other content ({first_line})") from e


def _require_right_name(path: Path) -> None:
    """Refuse what cannot be read, and what is plainly another kind of file than its ending says.

    Refused here and not later: a content that was landed once, if only to be refused, is not landed again.
    """
    try:
        with path.open("rb") as file:
            start = file.read(len(max(FIRST_BYTES.values(), key=len)))
    except OSError as e:
        raise BadInput(f"{path}: cannot be read ({e.strerror}); check its permissions") from e
    for ending, first in FIRST_BYTES.items():
        if path.name.endswith(ending) != start.startswith(first):
            those = "not those" if path.name.endswith(ending) else "those"
            raise BadInput(f"{path}: its first bytes are {those} of {ending}; rename it to what it holds")


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    return content[: content.rfind(b"\n") + 1] if path.name.endswith(OPEN_ENDING) else content


def _ending(name: str) -> str:
    name = name.removesuffix(".open")
    return next(ending for ending in sorted(ENDINGS, key=len, reverse=True) if name.endswith(ending))
