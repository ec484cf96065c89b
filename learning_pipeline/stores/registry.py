"""The registry: artifacts, and every training and trial; bytes in write-once files, rows in the ledger."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from learning_pipeline.errors import ArtifactDamaged, BadInput
from learning_pipeline.stores import model_tables as tables
from learning_pipeline.stores.atomic import atomic_write
from learning_pipeline.stores.database import Database, utc_text
from learning_pipeline.stores.home import Home

Row = dict[str, Any]
FILE = "artifact.json"


class Registry:
    """Artifacts by their content; what was trained and tried. Rows are added, never changed or removed.

    Instants go in as ``datetime`` or RFC 3339 text and come out as text.

    Parameters
    ----------
    home : Home
        Data root: rows in its ledger, bytes in ``models/<artifact_id>/artifact.json``. Errors as `Database`.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._database = Database(home.ledger, tables.metadata)

    def add_artifact(self, raw: bytes, row: Mapping[str, Any]) -> Row:
        """Register bytes; those that are known already are found, not added again.

        Parameters
        ----------
        raw : bytes
            The artifact.
        row : mapping
            ``model_type``, ``metrics``, ``created_at``, ``data_snapshot_ref``, ``dataset_id``, ``config_hash``,
            ``code_commit`` and, where it was trained here, ``train_id``.

        Returns
        -------
        dict
            The row as it stands, with ``artifact_id``, ``version`` (counts the artifacts of the type), ``path_ref``
            and ``sha256``. Bytes of a known artifact whose file is gone or damaged are put back.
        """
        sha256 = hashlib.sha256(raw).hexdigest()
        artifact_id = f"{row['model_type']}-{sha256[:16]}"
        path = self._path(artifact_id)
        if not path.exists() or path.read_bytes() != raw:
            atomic_write(path, raw)  # before the row: a row without a file would be a promise
        known = {"artifact_id": artifact_id, "sha256": sha256, "path_ref": str(path.relative_to(self._home.root))}
        with self._database.writing() as connection:
            added = {**_kept(row), **known, "version": _next_version(row["model_type"])}
            connection.execute(insert(tables.artifacts).values(added).on_conflict_do_nothing(["artifact_id"]))
        return self.artifact(artifact_id)

    def artifact(self, artifact_id: str) -> Row:
        """One artifact's row.

        Raises
        ------
        BadInput
            There is none of that id.
        """
        found = self._rows(sa.select(tables.artifacts).where(tables.artifacts.c.artifact_id == artifact_id))
        if not found:
            raise BadInput(f"unknown artifact {artifact_id!r}; `learning-pipeline train` makes one and names it")
        return found[0]

    def artifacts(self) -> list[Row]:
        """Every artifact, by type and version."""
        return self._rows(sa.select(tables.artifacts).order_by("model_type", "version"))

    def raw(self, artifact_id: str) -> bytes:
        """Bytes of an artifact, those that were registered and no others.

        Raises
        ------
        BadInput
            There is none of that id.
        ArtifactDamaged
            The file is missing, or is not of the SHA-256 in the ledger.
        """
        row = self.artifact(artifact_id)
        return checked_bytes(self._path(row["artifact_id"]), row["sha256"])

    def add_training(self, row: Mapping[str, Any]) -> None:
        """Note a training, whatever came of it; the columns are those of ``trainings``."""
        with self._database.writing() as connection:
            connection.execute(sa.insert(tables.trainings).values(_kept(row)))

    def trainings(self) -> list[Row]:
        """Every training, oldest first."""
        return self._rows(sa.select(tables.trainings).order_by("started_at", "train_id"))

    def add_trials(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Note trials; one whose id is known is the same trial and is not counted again."""
        kept = [_kept(row) for row in rows]
        if kept:
            with self._database.writing() as connection:
                connection.execute(insert(tables.trials).on_conflict_do_nothing(["trial_id"]), kept)

    def trials(self, model_type: str) -> list[Row]:
        """Every trial of a type of model, in the order in which they were recorded."""
        of_type = tables.trials.c.model_type == model_type
        return self._rows(sa.select(tables.trials).where(of_type).order_by("recorded_at", "trial_id"))

    def _path(self, artifact_id: str) -> Path:
        return self._home.models / artifact_id / FILE

    def _rows(self, query: sa.Select[Any]) -> list[Row]:
        with self._database.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def checked_bytes(path: Path, sha256: str) -> bytes:
    """Bytes of a file that are of a SHA-256.

    Raises
    ------
    ArtifactDamaged
        The file cannot be read, or is another.
    """
    again = "training on the same dataset puts the bytes back"
    try:
        raw = path.read_bytes()
    except OSError as e:
        raise ArtifactDamaged(
            f"{path}: the file of a registered artifact cannot be read ({e.strerror}); {again}"
        ) from e
    found = hashlib.sha256(raw).hexdigest()
    if found != sha256:
        raise ArtifactDamaged(f"{path}: expected SHA-256 {sha256[:16]}, found {found[:16]}: not loaded; {again}")
    return raw


def _next_version(model_type: str) -> sa.ScalarSelect[Any]:
    newest = sa.func.coalesce(sa.func.max(tables.artifacts.c.version), 0)
    return sa.select(newest + 1).where(tables.artifacts.c.model_type == model_type).scalar_subquery()


def _kept(row: Mapping[str, Any]) -> Row:
    return {name: utc_text(value) if isinstance(value, dt.datetime) else value for name, value in row.items()}
