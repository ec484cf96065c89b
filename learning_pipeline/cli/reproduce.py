"""Make something again from what it was made of, and compare the bytes."""

from __future__ import annotations

from learning_pipeline.cli.datasets import difference
from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.terminal import tell
from learning_pipeline.cli.train import artifact_difference
from learning_pipeline.models.tables import MODEL_TYPES
from learning_pipeline.stores.home import Home


def reproduce(home: Home, name: str, *, as_json: bool) -> bool:
    """Say whether a dataset or artifact made again is identical, else where it differs; true where it is identical.

    Errors as `cli.datasets.difference` and `cli.train.artifact_difference`.
    """
    is_artifact = name.startswith(tuple(MODEL_TYPES))
    found = artifact_difference(home, name) if is_artifact else difference(home, name)
    if as_json:
        write_json({"id": name, "identical": found is None, "difference": found})
    else:
        tell(f"identical: {name}" if found is None else f"differs: {name}: {found}")
    return found is None
