"""Make something again from what it was made of, and compare the bytes."""

from __future__ import annotations

import re

from learning_pipeline.cli import datasets
from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.terminal import tell
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.trained import remade
from learning_pipeline.errors import Refused
from learning_pipeline.models.bundle import Bundle
from learning_pipeline.models.training import MODEL_TYPE, Recipe
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.registry import Registry

DATASET_ID = re.compile(r"[0-9a-f]{64}")


def reproduce(home: Home, name: str, *, as_json: bool) -> bool:
    """Say whether a dataset or an artifact made again is identical, and else where it differs; true: identical.

    Raises
    ------
    LearningPipelineError
        It cannot be made again: as `cli.datasets.difference` and `artifact_difference`.
    """
    found = datasets.difference(home, name) if DATASET_ID.fullmatch(name) else artifact_difference(home, name)
    if as_json:
        write_json({"id": name, "identical": found is None, "difference": found})
    else:
        tell(f"identical: {name}" if found is None else f"differs: {name}: {found}")
    return found is None


def artifact_difference(home: Home, artifact_id: str) -> str | None:
    """Train again on the artifact's dataset; in what its bytes differ, None where they do not.

    Raises
    ------
    BadInput
        There is no such artifact.
    Refused
        The settings of today are not those that it was trained with, or it was not trained here.
    ArtifactDamaged
        Its bytes, or those of its dataset, are not those that were recorded.
    """
    registry, chain = Registry(home), Chain(home=str(home.root))
    row = registry.artifact(artifact_id)
    recipe = Recipe.of(chain.models, chain.datasets)
    if row["model_type"] != MODEL_TYPE:
        raise Refused(f"{artifact_id}: a {row['model_type']} is registered as it is, not trained: nothing to reproduce")
    if row["config_hash"] != recipe.sha256():
        raise Refused(
            f"{artifact_id} was trained with other settings ([models] seed, min_samples; [datasets] n_folds, "
            "embargo_days): set them as they were, then reproduce it"
        )
    raw, again = registry.raw(artifact_id), remade(home, recipe, row["dataset_id"])
    return None if again.raw() == raw else _difference(Bundle.read(raw), again)


def _difference(kept: Bundle, again: Bundle) -> str:
    parts = [name for name in Bundle.model_fields if getattr(kept, name) != getattr(again, name)]
    return (
        f"{', '.join(parts)} (XGBoost {kept.trees.version} then, {again.trees.version} now): another version of the "
        "code or of a library trains another model"
    )
