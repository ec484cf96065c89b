"""Files under the paths that a person named."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from learning_pipeline.errors import BadInput


def found_files(paths: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """Every file, once, and whether it was named itself; folders are searched in the order of names.

    Links that lie in a folder are not followed. BadInput for a path that is not there.
    """
    seen: set[Path] = set()
    for path in paths:
        if not path.exists():
            raise BadInput(f"there is no {path}")
        for file in _under(path) if path.is_dir() else [path]:
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield file, file == path


def _under(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders.sort()
        files = (Path(root, name) for name in sorted(names))
        yield from (file for file in files if file.is_file() and not file.is_symlink())
