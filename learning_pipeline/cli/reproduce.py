"""Make something again from what it was made of, and compare the bytes."""

from __future__ import annotations

from learning_pipeline.cli.datasets import difference
from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.terminal import tell
from learning_pipeline.stores.home import Home


def reproduce(home: Home, name: str, *, as_json: bool) -> bool:
    """Say whether a dataset made again is identical, and else where it begins to differ; true where it is identical.

    Errors as `cli.datasets.difference`.
    """
    found = difference(home, name)
    if as_json:
        write_json({"id": name, "identical": found is None, "difference": found})
    else:
        tell(f"identical: {name}" if found is None else f"differs: {name}: {found}")
    return found is None
