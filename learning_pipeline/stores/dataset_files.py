"""Datasets on disk: a folder each, written once; every load checks the bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
import shutil
from pathlib import Path
from typing import Any

import polars as pl

from learning_pipeline.errors import ArtifactDamaged, BadInput
from learning_pipeline.stores.atomic import atomic_write, sync_folder
from learning_pipeline.stores.digested_file import read_digested, write_digested

MANIFEST, EXAMPLES = "manifest.json", "examples.parquet"
_INSTANTS, _DAYS = ("built_at",), ("as_of", "first_day", "last_day")
_ID = re.compile(r"[0-9a-f]{64}")


def encoded(examples: pl.DataFrame) -> bytes:
    """The bytes of a dataset's file: the same for equal frames, however they were made."""
    buffer = io.BytesIO()
    examples.rechunk().write_parquet(buffer, compression="zstd", compression_level=3, statistics=False)
    return buffer.getvalue()


class DatasetFiles:
    """Folders ``<root>/<dataset_id>/`` with ``examples.parquet`` and ``manifest.json``.

    Parameters
    ----------
    root : Path
        `Home.datasets`. A folder without a manifest is no dataset: the manifest is written last.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, manifest: dict[str, Any], examples: pl.DataFrame) -> bool:
        """Keep a dataset; true where it was not there, or not whole, before.

        Raises
        ------
        ArtifactDamaged
            The bytes are not those of ``manifest["file_sha256"]``: the manifest is of other rows.
        """
        dataset_id, raw = manifest["dataset_id"], encoded(examples)
        if self._is_whole(dataset_id):
            return False
        if _sha256(raw) != manifest["file_sha256"]:
            raise ArtifactDamaged(
                f"dataset {dataset_id}: expected bytes with the SHA-256 of its manifest, found others"
            )
        atomic_write(self._root / dataset_id / EXAMPLES, raw)
        write_digested(self._root / dataset_id / MANIFEST, "manifest", lambda: _as_json(manifest))
        sync_folder(self._root)
        return True

    def manifest(self, dataset_id: str) -> dict[str, Any]:
        """What a dataset is made of: instants and days as such, lists and mappings as such.

        Raises
        ------
        BadInput
            There is no such dataset.
        ArtifactDamaged
            Its manifest is not as it was written.
        """
        path = self._folder(dataset_id) / MANIFEST
        try:
            found = _from_json(read_digested(path, "manifest", "build the dataset again"))
        except BadInput as e:
            raise ArtifactDamaged(str(e)) from e
        if found["dataset_id"] != dataset_id:
            raise ArtifactDamaged(f"{path}: expected the manifest of {dataset_id}, found that of {found['dataset_id']}")
        return found

    def examples(self, dataset_id: str) -> pl.DataFrame:
        """Its rows, in the order written. Errors as `manifest`; the Parquet is not opened where its bytes are wrong."""
        return pl.read_parquet(io.BytesIO(self.raw(dataset_id)))

    def raw(self, dataset_id: str) -> bytes:
        """The bytes of its file. Errors as `manifest`."""
        expected, path = self.manifest(dataset_id)["file_sha256"], self._folder(dataset_id) / EXAMPLES
        if not path.is_file():
            raise ArtifactDamaged(f"{path}: expected the file of a dataset, found none; build the dataset again")
        raw = path.read_bytes()
        if _sha256(raw) != expected:
            raise ArtifactDamaged(f"{path}: its bytes are not those of its manifest; build the dataset again")
        return raw

    def ids(self) -> list[str]:
        """Datasets that are there, sorted."""
        return sorted(path.parent.name for path in self._root.glob(f"*/{MANIFEST}") if _ID.fullmatch(path.parent.name))

    def manifests(self) -> list[dict[str, Any]]:
        """Manifests of all datasets, by id. Errors as `manifest`."""
        return [self.manifest(dataset_id) for dataset_id in self.ids()]

    def remove(self, dataset_id: str) -> None:
        """Take a dataset away: its manifest first, so that no half of it is ever taken for a dataset."""
        folder = self._folder(dataset_id)
        (folder / MANIFEST).unlink()
        sync_folder(folder)
        shutil.rmtree(folder)

    def _folder(self, dataset_id: str) -> Path:
        folder = self._root / dataset_id
        if not _ID.fullmatch(dataset_id) or not (folder / MANIFEST).is_file():
            raise BadInput(
                f"expected the id of a dataset in {self._root}, found {dataset_id!r}; there are {self._few()}"
            )
        return folder

    def _few(self) -> str:
        return ", ".join(self.ids()[:3]) or "none"

    def _is_whole(self, dataset_id: str) -> bool:
        try:
            self.raw(dataset_id)
        except (BadInput, ArtifactDamaged):
            return False
        return True


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _as_json(manifest: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(manifest, default=lambda moment: moment.isoformat()))


def _from_json(manifest: dict[str, Any]) -> dict[str, Any]:
    instants = {name: dt.datetime.fromisoformat(manifest[name]) for name in _INSTANTS}
    return manifest | instants | {name: dt.date.fromisoformat(manifest[name]) for name in _DAYS}
