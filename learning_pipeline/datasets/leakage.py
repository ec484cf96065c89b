"""How well single features tell what nobody could know at the decision: a leak stands out here, before any training."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from learning_pipeline.datasets.matrix import feature_names, matrix


class FeatureFacts(NamedTuple):
    """Of one feature over all examples.

    share_null : fraction; auc : area under the ROC curve of the feature alone for success, above and below 0.5 alike
    telling; end_correlation : rank correlation with the time from decision to label end. Both null where the feature or
    the label does not vary.
    """

    feature: str
    share_null: float
    auc: float | None
    end_correlation: float | None


def leakage(examples: pl.DataFrame) -> list[FeatureFacts]:
    """Every feature of the examples, by name."""
    names = feature_names(examples["features"])
    numbers = matrix(examples["features"], names)
    success = examples["success"].to_numpy()
    span = (examples["label_end"] - examples["decided_at"]).to_physical().to_numpy()
    return [_facts(name, numbers[:, k], success, span) for k, name in enumerate(names)]


def auc(score: np.ndarray, success: np.ndarray) -> float | None:
    """Area under the ROC curve: the chance that a success has the higher score, ties half; null with one class only.

    >>> auc(np.array([1.0, 2.0, 2.0, 3.0]), np.array([False, False, True, True]))
    0.875
    """
    n_success = int(success.sum())
    n_pairs = n_success * (success.size - n_success)
    if n_pairs == 0:
        return None
    return float((ranks(score)[success].sum() - n_success * (n_success + 1) / 2) / n_pairs)


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1 on; those that are equal share the mean of theirs.

    >>> ranks(np.array([5.0, 1.0, 5.0])).tolist()
    [2.5, 1.0, 2.5]
    """
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[which]


def _facts(name: str, values: np.ndarray, success: np.ndarray, span: np.ndarray) -> FeatureFacts:
    known = ~np.isnan(values)
    told = values[known]
    varies = told.size > 1 and bool((told != told[0]).any())
    return FeatureFacts(
        name,
        float(1 - known.mean()),
        auc(told, success[known]) if varies else None,
        _correlation(ranks(told), ranks(span[known])) if varies else None,
    )


def _correlation(x: np.ndarray, y: np.ndarray) -> float | None:
    dx, dy = x - x.mean(), y - y.mean()
    scale = float(np.sqrt((dx * dx).sum() * (dy * dy).sum()))
    return float((dx * dy).sum()) / scale if scale > 0 else None
