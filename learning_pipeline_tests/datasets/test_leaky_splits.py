"""A world without any edge: what a classifier seems to know under shuffled folds, and under purged ones."""

from __future__ import annotations

import numpy as np

from learning_pipeline.datasets.leakage import auc
from learning_pipeline.datasets.splits import Split, combinatorial_purged

BAR_US, LABEL_BARS = 3_600_000_000, 20


def no_edge(seed: int, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Features that drift slowly and have nothing to do with prices; success: whether the next 20 bars go up."""
    random = np.random.default_rng(seed)
    path = np.cumsum(random.normal(size=n + LABEL_BARS))
    slow = np.cumsum(random.normal(size=(n, 5)), axis=0)
    begin = np.arange(n) * BAR_US
    return slow, path[LABEL_BARS:] > path[:-LABEL_BARS], begin, begin + LABEL_BARS * BAR_US


def out_of_fold(features: np.ndarray, success: np.ndarray, splits: list[Split]) -> float:
    """Mean AUC over the tests."""
    from sklearn.neighbors import KNeighborsClassifier

    found = []
    for split in splits:
        model = KNeighborsClassifier(n_neighbors=5).fit(features[split.train], success[split.train])
        found.append(auc(model.predict_proba(features[split.test])[:, 1], success[split.test]))
    return float(np.mean([each for each in found if each is not None]))


def shuffled(n: int, seed: int) -> list[Split]:
    folds = np.array_split(np.random.default_rng(seed).permutation(n), 6)
    return [Split(np.sort(np.concatenate(folds[:k] + folds[k + 1 :])), np.sort(folds[k])) for k in range(6)]


def test_shuffled_folds_find_an_edge_where_there_is_none_and_purged_ones_do_not() -> None:
    n = 1200
    leaky, purged = [], []
    for seed in range(20):
        features, success, begin, end = no_edge(seed, n)
        leaky.append(out_of_fold(features, success, shuffled(n, seed)))
        splits = combinatorial_purged(begin, end, 6, 2, embargo=LABEL_BARS * BAR_US)
        purged.append(out_of_fold(features, success, splits))
    assert np.mean(leaky) > 0.85
    assert abs(np.mean(purged) - 0.5) <= 0.02, purged
