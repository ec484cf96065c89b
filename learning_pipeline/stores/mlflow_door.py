"""The door to MLflow: its library on a SQLite file of the data root, no server; nothing that it keeps is ever run."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from learning_pipeline.errors import BadInput
from learning_pipeline.stores.home import Home

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

EXPERIMENT = "learning_pipeline"
DATABASE, ARTIFACTS = "mlflow.db", "artifacts"
ENVIRONMENT = {
    "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "DO_NOT_TRACK": "true",
    "MLFLOW_SQLALCHEMYSTORE_POOLCLASS": "NullPool",  # a pooled connection would outlive a file that is made anew
}


@contextmanager
def opened(home: Home) -> Iterator[tuple[MlflowClient, str, str | None]]:
    """A client, the id of our experiment, and why the database had to be made anew; None where it had not.

    A database that is damaged, or that speaks of files at another place (the data root was moved), is removed: all of
    it can be made from the ledger.

    Raises
    ------
    BadInput
        MLflow cannot use its database; also from what is done with the client.
    """
    os.environ.update(ENVIRONMENT)
    path = home.mlflow / DATABASE
    why = _unfit(path, home.mlflow / ARTIFACTS)
    if why:
        for suffix in ("", "-wal", "-shm", "-journal"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        shutil.rmtree(home.mlflow / ARTIFACTS, ignore_errors=True)
    with _quiet(), _in_words(path):
        from mlflow.tracking import MlflowClient  # noqa: PLC0415  # seconds

        uri = f"sqlite:///{path}"
        if not path.exists():
            _make(path, uri)
        client = MlflowClient(tracking_uri=uri, registry_uri=uri)
        found = client.get_experiment_by_name(EXPERIMENT)
        place = (home.mlflow / ARTIFACTS).as_uri()
        yield client, found.experiment_id if found else client.create_experiment(EXPERIMENT, place), why


def model_files(raw: bytes, name: str, run_id: str) -> dict[str, bytes]:
    """Files of a model version: the artifact, and an MLmodel that says what goes in and out, and names no loader."""
    from mlflow.models import Model, ModelSignature  # noqa: PLC0415  # seconds
    from mlflow.types import ColSpec, Schema  # noqa: PLC0415

    features = _document(raw).get("features")
    signature = features and ModelSignature(
        inputs=Schema([ColSpec("double", feature, required=False) for feature in features]),
        outputs=Schema([ColSpec("double", "probability")]),
    )
    described = Model(run_id=run_id, artifact_path="model", signature=signature or None)
    return {name: raw, "MLmodel": described.to_yaml().encode()}


def params_of(raw: bytes) -> dict[str, Any]:
    """Settings that an artifact was trained with; empty where it says none."""
    return _document(raw).get("params") or {}


def _document(raw: bytes) -> dict[str, Any]:
    document = json.loads(raw)
    return document if isinstance(document, dict) else {}


def _unfit(path: Path, artifacts: Path) -> str | None:
    """Why a database cannot be kept; None where it can, or where there never was one."""
    if not path.exists():
        return "MLflow's database was gone" if artifacts.exists() else None
    try:
        with closing(sqlite3.connect(path)) as connection:
            whole = connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
            query = "SELECT artifact_location FROM experiments WHERE name = ?"
            place = connection.execute(query, [EXPERIMENT]).fetchone()
    except sqlite3.Error as e:
        return f"MLflow's database was damaged ({e})"
    if not whole:
        return "MLflow's database was damaged"
    return "the data root was moved" if place and place[0] != artifacts.as_uri() else None


def _make(path: Path, uri: str) -> None:
    """A database of MLflow's newest layout; its stores would make it, but only once in a process."""
    from mlflow.store.db import utils  # noqa: PLC0415

    path.parent.mkdir(parents=True, exist_ok=True)
    engine = utils.create_sqlalchemy_engine(uri)
    utils._initialize_tables(engine)  # what `mlflow db upgrade` does, for a file that is not there yet
    engine.dispose()


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    from mlflow.exceptions import MlflowException  # noqa: PLC0415  # seconds

    try:
        yield
    except (MlflowException, sa.exc.SQLAlchemyError) as e:
        why = str(e).strip().splitlines()[0]
        raise BadInput(
            f"{path}: MLflow cannot use it ({why}); remove the folder: it is made anew from the ledger"
        ) from e


@contextmanager
def _quiet() -> Iterator[None]:
    """What MLflow's own parts warn each other of is not ours to show."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
