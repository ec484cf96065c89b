"""Datasets are written once and never read where their bytes are not those that were written."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from learning_pipeline.errors import ArtifactDamaged, BadInput
from learning_pipeline.stores.dataset_files import DatasetFiles, encoded

ID = "a" * 64
ROWS = pl.DataFrame({"signal_id": ["one", "two"], "net_roi": [0.1, -1 / 3]})


def manifest(rows: pl.DataFrame = ROWS, **changed: Any) -> dict[str, Any]:
    return {
        "dataset_id": ID,
        "built_at": dt.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=dt.UTC),
        "as_of": dt.date(2026, 1, 1),
        "first_day": dt.date(2025, 1, 1),
        "last_day": dt.date(2025, 12, 31),
        "n_effective": 0.1 + 0.2,
        "columns": ["a", "b"],
        "snapshot_refs": {"events.decisions": 3},
        "success_share": None,
        "file_sha256": hashlib.sha256(encoded(rows)).hexdigest(),
    } | changed


@pytest.fixture(name="files")
def _files(tmp_path: Path) -> DatasetFiles:
    files = DatasetFiles(tmp_path / "datasets")
    assert files.write(manifest(), ROWS)
    return files


def path_of(tmp_path: Path, name: str) -> Path:
    return tmp_path / "datasets" / ID / name


def test_what_is_written_is_read_again(files: DatasetFiles, tmp_path: Path) -> None:
    assert files.manifest(ID) == manifest()
    assert files.examples(ID).equals(ROWS)
    assert files.manifests() == [manifest()]
    assert sorted(p.name for p in path_of(tmp_path, "").iterdir() if not p.name.endswith(".lock")) == [
        "examples.parquet",
        "manifest.json",
    ]


def test_a_second_build_finds_the_first_and_writes_nothing(files: DatasetFiles, tmp_path: Path) -> None:
    before = path_of(tmp_path, "manifest.json").stat()
    assert not files.write(manifest(built_at=dt.datetime(2027, 1, 1, tzinfo=dt.UTC)), ROWS)
    after = path_of(tmp_path, "manifest.json").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("name", ["examples.parquet", "manifest.json"])
@pytest.mark.parametrize("how", ["cut short", "one bit", "gone"])
def test_damage_is_never_read_and_a_build_mends_it(files: DatasetFiles, tmp_path: Path, name: str, how: str) -> None:
    path = path_of(tmp_path, name)
    raw = path.read_bytes()
    if how == "gone":
        path.unlink()
    else:
        middle = len(raw) // 2
        path.write_bytes(
            raw[:middle] if how == "cut short" else raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :]
        )
    with pytest.raises((ArtifactDamaged, BadInput), match=r"build the dataset again|there are none"):
        files.examples(ID)
    assert files.write(manifest(), ROWS)
    assert files.examples(ID).equals(ROWS)


def test_a_dataset_under_the_name_of_another_is_damage(files: DatasetFiles, tmp_path: Path) -> None:
    path_of(tmp_path, "").rename(tmp_path / "datasets" / ("b" * 64))
    with pytest.raises(ArtifactDamaged, match="expected the manifest of bbb"):
        files.examples("b" * 64)


def test_a_manifest_of_other_rows_is_not_written(tmp_path: Path) -> None:
    files = DatasetFiles(tmp_path)
    with pytest.raises(ArtifactDamaged, match="expected bytes with the SHA-256 of its manifest"):
        files.write(manifest(ROWS.head(1)), ROWS)
    assert files.manifests() == []


@pytest.mark.parametrize("asked", ["c" * 64, "../../etc", "", ID[:-1]])
def test_what_is_no_dataset_is_said_in_one_line(files: DatasetFiles, asked: str) -> None:
    with pytest.raises(BadInput, match=r"expected the id of a dataset in .*, found .*; there are a+$"):
        files.examples(asked)


def test_what_is_removed_is_gone(files: DatasetFiles, tmp_path: Path) -> None:
    files.remove(ID)
    assert files.manifests() == []
    assert list((tmp_path / "datasets").iterdir()) == []


def test_chunks_and_masks_do_not_show_in_the_bytes() -> None:
    assert encoded(pl.concat([ROWS.head(1), ROWS.tail(1)], rechunk=False)) == encoded(ROWS)
