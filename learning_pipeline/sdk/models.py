"""The model in force, for a bot: its bytes are checked against the ledger before anything is read of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from learning_pipeline.errors import ArtifactDamaged, BadInput
from learning_pipeline.models.bundle import Bundle
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.registry import Registry
from learning_pipeline.stores.rollouts import Deployment, Rollouts, named_target


@dataclass(frozen=True)
class Model:
    """A signal model.

    Attributes
    ----------
    artifact_id : str
        Its artifact.
    bundle : Bundle
        All of it: ``features``, ``threshold``, ``trained_until`` and more.
    """

    artifact_id: str
    bundle: Bundle

    def score(self, features: Mapping[str, float | None]) -> float:
        """Calibrated probability of a success.

        Parameters
        ----------
        features : mapping
            Name -> number, None where it is not known; as the pipeline's own ``datasets.features`` names them. Those
            that the model does not take are left out, those that are missing count as not known.

        Raises
        ------
        BadInput
            A value is no number, or the model knows none of the features.
        """
        known = self.bundle.features
        if not any(features.get(name) is not None for name in known):
            raise BadInput(
                f"features: expected values of any of {', '.join(known)}, found {', '.join(features) or 'none'}"
            )
        row = [[_number(name, features.get(name)) for name in known]]
        return float(self.bundle.probabilities(np.array(row))[0])

    def takes(self, features: Mapping[str, float | None]) -> bool:
        """Whether a trade of such features pays: the score is above the break-even probability of the training."""
        return self.score(features) > self.bundle.threshold


@dataclass(frozen=True)
class Models:
    """What stands for a target.

    Attributes
    ----------
    active : Model or None
        To be acted on; None: nothing was approved.
    shadow : Model or None
        To be scored only.
    problem : str or None
        Why there is no shadow although one stands: it is damaged.
    """

    target: str
    active: Model | None = None
    shadow: Model | None = None
    problem: str | None = None


def models_of(home: str | Path | None, target: str) -> Models:
    """Models of a data root."""
    root = Home.at(home)
    if not root.ledger.exists():
        return Models(named_target(target))
    standing = Rollouts(root).standing(named_target(target))
    registry = Registry(root)
    active = _model(registry, standing["active"]) if "active" in standing else None
    try:
        shadow = _model(registry, standing["shadow"]) if "shadow" in standing else None
    except ArtifactDamaged as e:
        return Models(target, active, None, str(e))
    return Models(target, active, shadow)


def _model(registry: Registry, deployment: Deployment) -> Model:
    row = registry.artifact(deployment.artifact_id)
    if row["model_type"] != "signal_model":
        raise BadInput(f"--target {deployment.target}: expected a signal model, stands a {row['model_type']}")
    if row["sha256"] != deployment.artifact_sha256:
        raise ArtifactDamaged(f"{row['artifact_id']}: the registry names other bytes than those that were approved")
    return Model(row["artifact_id"], Bundle.read(registry.raw(row["artifact_id"])))


def _number(name: str, value: float | None) -> float:
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadInput(f"feature {name}: expected a finite number or None, was {value!r}")
    return float(value)
