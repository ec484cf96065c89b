"""MLflow's registry as a mirror of ours: for its UI; nothing is ever read from it, and all of it can be made anew."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import unquote, urlparse

from learning_pipeline.errors import ArtifactDamaged, BadInput
from learning_pipeline.stores.atomic import atomic_write
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.mlflow_door import model_files, opened, params_of
from learning_pipeline.stores.registry import FILE, Registry, Row
from learning_pipeline.stores.rollouts import STANDING, Rollouts

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion
    from mlflow.tracking import MlflowClient

LEDGER_ID = "ledger_id"
"""Tag of a run: the training, the trial or (where it was not trained here) the artifact that it shows."""
ARTIFACT_ID = "artifact_id"
MOST_RUNS = 50_000
PARENT = "mlflow.parentRunId"


Kind = Literal["added", "repaired", "open"]


class Finding(NamedTuple):
    """One difference between MLflow and the ledger.

    Attributes
    ----------
    kind : str
        ``added``: the ledger had moved on; ``repaired``: MLflow said something else; ``open``: a person must look.
    words : str
        What it was.
    """

    kind: Kind
    words: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.words}"


def reconcile(home: Home) -> list[Finding]:
    """Compare MLflow's runs, versions, bytes and aliases with the ledger, and bring them up to it.

    Returns
    -------
    list of Finding
        Every difference that was found; empty where MLflow mirrors the ledger.
    """
    try:
        with opened(home) as (client, experiment, made_anew):
            mirror = _Mirror(home, client, experiment)
            if made_anew:
                mirror.found("repaired", f"{made_anew}: made anew from the ledger")
            mirror.runs()
            mirror.versions()
            mirror.aliases()
            return mirror.findings
    except (BadInput, OSError) as e:  # a mirror: what it shows stands in the ledger, so nobody fails by it
        return [Finding("open", str(e))]


class _Mirror:
    def __init__(self, home: Home, client: MlflowClient, experiment: str) -> None:
        self._home, self._client, self._experiment = home, client, experiment
        self._registry, self.findings = Registry(home), list[Finding]()
        runs = client.search_runs([experiment], max_results=MOST_RUNS)
        self._runs = {run.data.tags[LEDGER_ID]: run.info for run in runs if LEDGER_ID in run.data.tags}

    def found(self, kind: Kind, words: str) -> None:
        self.findings.append(Finding(kind, words))

    def runs(self) -> None:
        """A run per training, and one inside it per trial that it was the first to make."""
        artifacts = {row["artifact_id"]: row for row in self._registry.artifacts()}
        for training in self._registry.trainings():
            if training["train_id"] not in self._runs:
                self._add_training(training, artifacts.get(training["artifact_id"]))
        for model_type in sorted({row["model_type"] for row in self._registry.trainings()}):
            for trial in self._registry.trials(model_type):
                if trial["trial_id"] not in self._runs and trial["train_id"] in self._runs:
                    self._add_trial(trial)

    def versions(self) -> None:
        """A registered model per type; a version per artifact, with its bytes and a signature."""
        artifacts = self._registry.artifacts()
        there = {row.name for row in self._client.search_registered_models()}
        for name in sorted({row["model_type"] for row in artifacts} - there):
            self._client.create_registered_model(name, description="Mirrored from the ledger, which decides.")
        versions = self._versions()
        for row in artifacts:
            self._mirror_version(row, versions.get(row["artifact_id"]))
        known = {row["artifact_id"] for row in artifacts}
        for artifact_id, version in versions.items():
            if artifact_id not in known:
                self.found("open", f"version {version.version} of {version.name} is not in the ledger: nothing uses it")

    def aliases(self) -> None:
        """``<target>-active`` and ``<target>-shadow`` point at what stands; ours are moved, others left alone."""
        history = Rollouts(self._home).history()
        stood = {(f"{each.target}-{each.state}", each.artifact_id) for each in history}
        wanted = {f"{d.target}-{d.state}": d.artifact_id for d in history if d.until is None and d.state in STANDING}
        versions = self._versions()
        there = self._aliases({(v.name, int(v.version)): artifact_id for artifact_id, v in versions.items()})
        for (alias, name), artifact_id in there.items():
            if artifact_id is None or wanted.get(alias) != artifact_id:
                self._client.delete_registered_model_alias(name, alias)
                kind: Kind = "added" if (alias, artifact_id) in stood else "repaired"
                self.found(kind, f"alias {alias} stood on {artifact_id or 'a version that is not ours'}")
        for alias, artifact_id in wanted.items():
            version = versions.get(artifact_id)
            if version is None:
                self.found("open", f"alias {alias}: {artifact_id} has no version here")
            elif there.get((alias, version.name)) != artifact_id:
                self._client.set_registered_model_alias(version.name, alias, str(version.version))
                self.found("added", f"alias {alias} stands on {artifact_id}")

    def _versions(self) -> dict[str, ModelVersion]:
        """Versions by the artifact that they show; those of others by a name that no artifact has."""
        every = self._client.search_model_versions()
        return {v.tags.get(ARTIFACT_ID, f"{v.name} {v.version}"): v for v in every}

    def _aliases(self, ids: Mapping[tuple[str, int], str]) -> dict[tuple[str, str], str | None]:
        """Aliases of our names, with the model that bears each, and the artifact it points at."""
        ours = tuple(f"-{state}" for state in STANDING)
        return {
            (alias, model.name): ids.get((model.name, int(version)))
            for model in self._client.search_registered_models()
            for alias, version in model.aliases.items()
            if alias.endswith(ours)
        }

    def _add_training(self, training: Row, artifact: Row | None) -> None:
        names = ("model_type", "status", "error_code", "reason", "dataset_id", "config_hash", "artifact_id")
        tags = {name: training[name] for name in names} | {"is_scheduled": training["is_scheduled"]}
        tags |= {name: artifact[name] for name in ("sha256", "code_commit", "version")} if artifact else {}
        span = training["started_at"], training["ended_at"]
        metrics = artifact["metrics"] if artifact else {}
        self._add_run(training["train_id"], f"training of {training['started_at'][:16]}", tags, metrics, span)
        self._end(training["train_id"], training["status"] == "succeeded", training["ended_at"])
        self.found("added", f"training {training['train_id']}")

    def _add_trial(self, trial: Row) -> None:
        tags = {"status": trial["status"], "reason": trial["reason"], PARENT: self._runs[trial["train_id"]].run_id}
        at = trial["recorded_at"]
        name = f"trial {trial['params'].get('learner', '')}"
        self._add_run(trial["trial_id"], name, tags, trial["metrics"], (at, at), trial["params"])
        self._end(trial["trial_id"], trial["status"] == "finished", at)

    def _add_run(
        self,
        ledger_id: str,
        name: str,
        tags: Mapping[str, Any],
        metrics: Mapping[str, float],
        span: tuple[str, str],
        params: Mapping[str, Any] | None = None,
    ) -> None:
        from mlflow.entities import Metric, Param  # noqa: PLC0415  # seconds

        said = {key: str(value) for key, value in tags.items() if value is not None}
        begun, ended = map(_milliseconds, span)
        run = self._client.create_run(self._experiment, begun, said | {LEDGER_ID: ledger_id}, run_name=name)
        values = [Metric(key, float(value), ended, 0) for key, value in metrics.items()]
        settings = [Param(key, str(value)) for key, value in (params or {}).items()]
        self._client.log_batch(run.info.run_id, metrics=values, params=settings)
        self._runs[ledger_id] = run.info

    def _end(self, ledger_id: str, succeeded: bool, at: str) -> None:
        status = "FINISHED" if succeeded else "FAILED"
        self._client.set_terminated(self._runs[ledger_id].run_id, status, end_time=_milliseconds(at))

    def _mirror_version(self, row: Row, version: ModelVersion | None) -> None:
        artifact_id = row["artifact_id"]
        try:
            raw = self._registry.raw(artifact_id)
        except ArtifactDamaged as e:
            self.found("open", f"{artifact_id}: {e}")
            return
        if version is None:
            self._add_version(row, raw)
            self.found("added", f"version {row['version']} of {row['model_type']}: {artifact_id}")
        elif not self._folder(version).is_relative_to(self._home.mlflow):
            self._client.delete_model_version(version.name, str(version.version))
            self._add_version(row, raw)
            self.found("repaired", f"{artifact_id}: its version pointed at {version.source}")
        elif not _holds(self._folder(version), raw):
            _write(self._folder(version), raw, version.run_id or "")
            self.found("repaired", f"{artifact_id}: its files in MLflow were not those registered")

    def _add_version(self, row: Row, raw: bytes) -> None:
        ledger_id = row["train_id"] if row["train_id"] in self._runs else row["artifact_id"]
        if ledger_id not in self._runs:
            at = row["created_at"]
            self._add_run(ledger_id, f"registered {row['artifact_id']}", {}, row["metrics"], (at, at), params_of(raw))
            self._end(ledger_id, succeeded=True, at=at)
        run = self._runs[ledger_id]
        source = f"{run.artifact_uri}/model"
        _write(_local(source), raw, run.run_id)
        names = ("artifact_id", "sha256", "dataset_id", "config_hash", "code_commit", "version")
        tags = {name: str(row[name]) for name in names}
        self._client.create_model_version(row["model_type"], source, run_id=run.run_id, tags=tags)

    def _folder(self, version: ModelVersion) -> Path:
        return _local(version.source or "")


def _holds(folder: Path, raw: bytes) -> bool:
    """Whether a version's folder is whole, and has nothing beside what we wrote."""
    if not folder.is_dir():
        return False
    files = {path.name for path in folder.rglob("*")}
    return files == {FILE, "MLmodel"} and (folder / FILE).read_bytes() == raw


def _write(folder: Path, raw: bytes, run_id: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in model_files(raw, FILE, run_id).items():
        atomic_write(folder / name, content)


def _local(uri: str) -> Path:
    return Path(unquote(urlparse(uri).path)).resolve()


def _milliseconds(at: str) -> int:
    return round(dt.datetime.fromisoformat(at).timestamp() * 1000)
