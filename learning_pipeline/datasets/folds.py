"""The splits of a dataset as its manifest tells them: made and checked label by label, then described."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl

from learning_pipeline.datasets.settings import DatasetsSettings
from learning_pipeline.datasets.splits import Split, combinatorial_purged, walk_forward
from learning_pipeline.errors import DataMissing

DAY_US = 86_400_000_000


def described_splits(examples: pl.DataFrame, settings: DatasetsSettings) -> dict[str, Any]:
    """Counts and test spans of each split of both kinds; ``reason`` instead where there are too few rows for it.

    ``n_left_out``: rows that are neither trained nor tested on: purged, embargoed, or (walk-forward) after the test.
    """
    begin, end = (examples[name].to_physical().to_numpy() for name in ("decided_at", "label_end"))
    embargo = round(settings.embargo_days * DAY_US)
    groups, tested = settings.n_groups, settings.n_test_groups
    paths = math.comb(groups, tested) * tested // groups
    return {
        "embargo_days": settings.embargo_days,
        "walk_forward": {"n_folds": settings.n_folds}
        | _told(lambda: walk_forward(begin, end, settings.n_folds, embargo), examples),
        "combinatorial_purged": {"n_groups": groups, "n_test_groups": tested, "n_paths": paths}
        | _told(lambda: combinatorial_purged(begin, end, groups, tested, embargo), examples),
    }


def _told(splits: Any, examples: pl.DataFrame) -> dict[str, Any]:
    try:
        return {"splits": [_fold(split, examples) for split in splits()]}
    except DataMissing as e:
        return {"splits": [], "reason": str(e)}


def _fold(split: Split, examples: pl.DataFrame) -> dict[str, Any]:
    tested = examples[np.asarray(split.test)]
    return {
        "n_train": split.train.size,
        "n_test": split.test.size,
        "n_left_out": examples.height - split.train.size - split.test.size,
        "test_from": tested["decided_at"].min(),
        "test_until": tested["label_end"].max(),
    }
