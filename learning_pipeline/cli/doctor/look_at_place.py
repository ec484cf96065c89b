"""The data root as files: space, the writer's lock, what recorders left open."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from learning_pipeline.cli.doctor.facts import OpenFile, Place, Writer
from learning_pipeline.defs.catalog import TABLES
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.inbox import OPEN_ENDING
from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.writer import holder, is_dead

MOST_FILES = 50_000
"""Files whose sizes are added up; a look must stay cheap."""
LARGE_LAKE = 1e9
"""Bytes of data files from which older versions are worth a thought."""


def look_at_place(home: Home, unreadable_settings: str) -> Place:
    """Sizes, the writer, abandoned files."""
    sizes = list(itertools.islice(_sizes(home.root), MOST_FILES))
    lake = str(home.lake)
    in_lake = sum(n_bytes for path, n_bytes in sizes if path.startswith(lake) and path.endswith(".parquet"))
    pid = holder(home.lock)
    return Place(
        n_bytes=sum(n_bytes for _, n_bytes in sizes),
        n_free=shutil.disk_usage(home.root).free,
        n_orphaned=in_lake - _in_newest_versions(home) if in_lake >= LARGE_LAKE else 0,
        is_counted=len(sizes) < MOST_FILES,
        has_lake=home.lake.is_dir(),
        writer=Writer(pid, _written_at(home.lock)) if pid else None,
        abandoned=list(_abandoned(home.inbox)),
        unreadable_settings=unreadable_settings,
    )


def _sizes(folder: Path) -> Iterator[tuple[str, int]]:
    """Path and size of each file below a folder; what a run takes away meanwhile is left out."""
    for root, _, names in os.walk(folder):
        for name in names:
            path = f"{root}/{name}"
            try:
                yield path, os.lstat(path).st_size  # a Path for each of many thousand files is slow
            except FileNotFoundError:
                continue


def _in_newest_versions(home: Home) -> int:
    lake = Lake(home.lake)
    return sum(lake.n_bytes(table) for table in TABLES)


def _abandoned(inbox: Path) -> Iterator[OpenFile]:
    for path in sorted(inbox.glob(f"*{OPEN_ENDING}")):
        if is_dead(path):
            yield OpenFile(path.name, path.stat().st_size, _written_at(path))


def _written_at(path: Path) -> dt.datetime:
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
