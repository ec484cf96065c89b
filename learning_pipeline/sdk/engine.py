"""The learning engine as the seed draws it (learn-l2-25, 4), over the jobs that the command line and the UI start."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from learning_pipeline.jobs import run_job
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.recorder import Recorder

SOURCE = "learning_engine"
Values = Mapping[str, Any]


@dataclass(frozen=True)
class ModelArtifact:
    """A registered artifact (learn-l2-25, 4).

    Attributes
    ----------
    model_type : str
        ``signal_model`` or ``prompt_pack``.
    version : str
        Counts the artifacts of the type.
    path_ref : str
        Its file, from the data root.
    metrics : dict
        Measured in training, out of fold.
    created_at : str
        RFC 3339.
    data_snapshot_ref : str
        What its data were.
    """

    artifact_id: str
    model_type: str
    version: str
    path_ref: str
    metrics: dict[str, float]
    created_at: str
    data_snapshot_ref: str


class LearningEngine:
    """Capture, datasets, training, evaluation and governed rollout of one data root.

    Parameters
    ----------
    home : path, optional
        Data root; LEARNING_PIPELINE_HOME, else ``./data`` by default.

    Raises
    ------
    DataMissing, TrainingFailed, EvaluationFailed, RolloutDenied
        ``E_LEARN_DATA_MISSING``, ``E_LEARN_TRAIN_FAILED``, ``E_LEARN_EVAL_FAILED``, ``E_LEARN_ROLLOUT_DENIED``, from
        the method each belongs to; ``retryable`` says whether the same call may succeed later.
    Refused
        LEARN_ENABLE is false; events are recorded all the same.
    """

    def __init__(self, home: str | Path | None = None) -> None:
        self._home = Home.at(home)
        self._recorder: Recorder | None = None
        self._lock = threading.Lock()

    def record_event(self, event: Values) -> None:
        """Append an event to the inbox, as it is; never switched off.

        Parameters
        ----------
        event : mapping
            Envelope and payload of CONTRACTS 1, or of a topic ``ordinis.*``; the id, the time and the source are added
            where they are missing. A payload that does not fit its type is quarantined with its reason later.

        Raises
        ------
        ValueError
            It has no type, a time without a time zone, or a value that JSON cannot hold; nothing is written.
        """
        with self._lock:
            self._recorder = self._recorder or Recorder(self._home.inbox, source=SOURCE)
            self._recorder.record(event)

    def build_dataset(self, dataset_id: str, window: Values) -> str:
        """Bring the chain up to what was recorded, and build a dataset of it.

        Parameters
        ----------
        dataset_id : str
            The kind: ``signal``, ``rag_eval`` or ``prompt_eval``. The id itself is made of the content.
        window : mapping
            ``first``, ``last``: days of decisions; ``as_of``: day at whose end all was known. Dates, or YYYY-MM-DD; by
            default everything.

        Returns
        -------
        str
            Id of the dataset: the same for the same content.
        """
        self._catch_up()
        asked = {"kind": dataset_id} | _days(window)
        return run_job(self._home, "dataset", ops={"build_dataset": asked})["datasets.examples"]["dataset_id"]

    def train(self, train_config: Values) -> ModelArtifact:
        """Train a signal model.

        Parameters
        ----------
        train_config : mapping
            ``dataset_id``: a dataset that was built; or ``window``, as `build_dataset` takes it, by default everything;
            ``asked_by``: who asks.
        """
        given = dict(train_config)
        if "dataset_id" not in given:
            given["dataset_id"] = self.build_dataset("signal", given.pop("window", {}))
        said = run_job(self._home, "train_on", ops={"models__trained": given})
        return self.artifact(said["models.trained"]["artifact_id"])

    def evaluate(self, artifact_id: str, eval_pack_id: str) -> dict[str, Any]:
        """Measure an artifact by a pack; the figures are computed from its bytes and the pack's, never taken on trust.

        Returns
        -------
        dict
            ``eval_id``, ``passed``, ``metrics``, ``baseline``, ``gates`` (each with value, bound and whether passed),
            ``reason`` and more: the row of the ledger. Not to pass is a result, not an error.
        """
        from learning_pipeline.stores.evaluations import Evaluations  # noqa: PLC0415  # a recorder needs none of this

        asked = {"artifact_id": artifact_id, "packs": [eval_pack_id]}
        said = run_job(self._home, "evaluate", ops={"evaluate_artifact": asked})
        return Evaluations(self._home).find(said["models.evaluations"]["eval_ids"][0]) or {}

    def rollout(self, artifact_id: str, target: Values) -> dict[str, Any]:
        """Ask for an artifact to be moved, and move it if everything that this takes is there.

        Parameters
        ----------
        target : mapping
            ``by``: the person who asks; ``name``: what it is deployed for, by default ``main``; ``state``: ``shadow``
            (default) or ``active``. Active takes another person's approval of the request, which the denial names.

        Returns
        -------
        dict
            ``request_id``, and ``active`` and ``shadow``: the artifacts that stand for the target now, or None.

        Raises
        ------
        RolloutDenied
            With every reason; it stands in the audit, and what stood before stands.
        """
        from learning_pipeline.sdk.rollout import moved  # noqa: PLC0415  # imports Dagster

        return moved(self._home, artifact_id, **dict(target))

    def artifact(self, artifact_id: str) -> ModelArtifact:
        """A registered artifact; BadInput where there is none of that id."""
        from learning_pipeline.stores.registry import Registry  # noqa: PLC0415  # a recorder needs none of this

        row = Registry(self._home).artifact(artifact_id)
        return ModelArtifact(
            **{name: row[name] for name in ModelArtifact.__annotations__} | {"version": str(row["version"])}
        )

    def close(self) -> None:
        """Finish the file of recorded events, so that the next run of the chain reads it."""
        with self._lock:
            if self._recorder:
                self._recorder.close()
            self._recorder = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _catch_up(self) -> None:
        self.close()
        run_job(self._home, "chain")


def _days(window: Values) -> dict[str, str]:
    return {name: str(day) for name, day in window.items() if day is not None}
