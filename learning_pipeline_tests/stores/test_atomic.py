"""A file is the old one or the new one, never between."""

from __future__ import annotations

from pathlib import Path

import pytest

from learning_pipeline.stores.atomic import atomic_write
from learning_pipeline_tests.stores.rows import python, said

FULL_DISK = """
import resource, sys
from pathlib import Path
from learning_pipeline.stores.atomic import atomic_write
resource.setrlimit(resource.RLIMIT_FSIZE, (400, resource.RLIM_INFINITY))
try:
    atomic_write(Path(sys.argv[1]), b"x" * 500)
except OSError:
    print("refused", flush=True)
"""


def test_a_reader_that_has_the_old_file_open_reads_it_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "file"
    atomic_write(path, b"old" * 1000)
    with path.open("rb") as reader:
        begun = reader.read(10)
        atomic_write(path, b"new")
        assert begun + reader.read() == b"old" * 1000
    assert path.read_bytes() == b"new"
    assert [p.name for p in path.parent.iterdir()] == ["file"]


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    atomic_write(path, b"old")
    with python(FULL_DISK, path) as writer:
        assert said(writer) == "refused"
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_what_cannot_be_renamed_into_place_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / "file" / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        atomic_write(tmp_path / "file", b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
