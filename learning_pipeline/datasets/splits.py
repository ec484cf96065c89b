"""Splits by time in which no training label saw a price of the test's time: purged and embargoed.

A label speaks of the span from its decision to ``label_end``. Two labels whose spans meet share prices; in a world
without any edge a classifier that is trained on one and tested on the other looks good (AUC .85 for 20 bars). Rows
whose span meets that of a test group are left out of its training (*purged*), and those whose span begins within the
*embargo* after it too.

References
----------
Lopez de Prado (2018), "Advances in Financial Machine Learning", chapters 7 and 12.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from learning_pipeline.errors import ContractBroken, DataMissing


@dataclass(frozen=True)
class Split:
    """Numbers of the rows to train and to test on, each sorted."""

    train: np.ndarray
    test: np.ndarray


def walk_forward(decided_at: np.ndarray, label_end: np.ndarray, n_folds: int, embargo: int) -> list[Split]:
    """Test folds in the order of time, each after everything it is trained on.

    Parameters
    ----------
    decided_at, label_end : ndarray of shape (n,), int64
        Span of each label, microseconds.
    n_folds : int
        Test folds; the time before the first is training only, so rows are cut into one group more.
    embargo : int
        Microseconds; without effect here, as nothing after a test is trained on, but checked.

    Raises
    ------
    DataMissing
        Too few rows for a row in every group and in every training part.
    """
    group = _groups(decided_at, n_folds + 1)
    cut = (_purged(group < k, group, [k], decided_at, label_end, embargo) for k in range(1, n_folds + 1))
    return _checked(cut, decided_at, label_end, embargo)


def combinatorial_purged(
    decided_at: np.ndarray, label_end: np.ndarray, n_groups: int, n_test: int, embargo: int
) -> list[Split]:
    """Every choice of ``n_test`` of ``n_groups`` groups of time as the test, the rest as training.

    ``comb(n_groups, n_test)`` splits in lexical order of their groups; each row is tested in ``n_paths`` of them.
    Parameters and errors as `walk_forward`.
    """
    group = _groups(decided_at, n_groups)
    tests = [list(chosen) for chosen in combinations(range(n_groups), n_test)]
    cut = (_purged(~np.isin(group, k), group, k, decided_at, label_end, embargo) for k in tests)
    return _checked(cut, decided_at, label_end, embargo)


def check_split(split: Split, decided_at: np.ndarray, label_end: np.ndarray, embargo: int) -> None:
    """Refuse a split whose training saw the test, looked at label by label.

    Raises
    ------
    ContractBroken
        A row is in both parts, or the span of a training label meets that of a test label or the embargo after it.
    """
    if np.intersect1d(split.train, split.test).size:
        raise ContractBroken("split: a row is in training and in test")
    order = split.test[np.argsort(decided_at[split.test], kind="stable")]
    begun = np.searchsorted(decided_at[order], label_end[split.train], "right")  # tests that began by a label's end
    newest_end = np.maximum.accumulate(np.append(np.iinfo(np.int64).min, label_end[order] + embargo))
    reaching = split.train[newest_end[begun] >= decided_at[split.train]]
    if reaching.size:
        raise ContractBroken(f"split: {reaching.size} training labels reach into a test span, first row {reaching[0]}")


def _groups(decided_at: np.ndarray, n_groups: int) -> np.ndarray:
    """Group of each row: equal counts in the order of time, but rows of one instant stay together."""
    n = decided_at.size
    rank = np.searchsorted(np.sort(decided_at), decided_at, "left")
    group = rank * n_groups // max(n, 1)
    n_found = np.unique(group).size
    if n_found < n_groups:
        raise DataMissing(f"split: expected rows in each of {n_groups} groups of time, found {n_found} of {n} rows")
    return group


def _purged(
    train: np.ndarray,
    group: np.ndarray,
    tests: Iterable[int],
    decided_at: np.ndarray,
    label_end: np.ndarray,
    embargo: int,
) -> Split:
    """Training without the rows whose label meets the span of a test group, from first decision to last label end."""
    kept = train.copy()
    for k in tests:
        begin, end = decided_at[group == k].min(), label_end[group == k].max() + embargo
        kept &= (label_end < begin) | (decided_at > end)
    return Split(np.flatnonzero(kept), np.flatnonzero(np.isin(group, list(tests))))


def _checked(cut: Iterable[Split], decided_at: np.ndarray, label_end: np.ndarray, embargo: int) -> list[Split]:
    splits = list(cut)
    for number, split in enumerate(splits):
        check_split(split, decided_at, label_end, embargo)
        if not split.train.size:
            raise DataMissing(f"split: nothing is left to train on for test {number + 1} of {len(splits)}")
    return splits
