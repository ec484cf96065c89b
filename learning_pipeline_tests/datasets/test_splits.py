"""No training label meets a test span or the embargo after it; the splits are those of the literature."""

import json
import math
import os
from pathlib import Path

import numpy as np
import pytest

from learning_pipeline.datasets.splits import Split, check_split, combinatorial_purged, walk_forward
from learning_pipeline.errors import ContractBroken, DataMissing

REFERENCE = Path(os.environ.get("LEARNING_PIPELINE_REFERENCE_DATA", "/nowhere")) / "reference"


def overlaps(split: Split, begin: np.ndarray, end: np.ndarray, embargo: int) -> int:
    """Pairs of a training and a test label that share an instant, or the embargo: every pair is looked at."""
    b, e = begin[split.train][:, None], end[split.train][:, None]
    return int(((b <= end[split.test] + embargo) & (e >= begin[split.test])).sum())


def world(random: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels of random lengths, many at the same instant, in no order."""
    begin = random.integers(0, random.integers(20, 4000), n)
    return begin, begin + random.integers(0, random.integers(1, 60), n)


def test_no_training_label_meets_a_test_span_in_ten_thousand_splits() -> None:
    random, n_splits, n_purged = np.random.default_rng(7), 0, 0
    while n_splits < 10_000:
        begin, end = world(random, int(random.integers(12, 60)))
        embargo = int(random.integers(0, 40))
        try:
            found = combinatorial_purged(begin, end, 6, 2, embargo) + walk_forward(begin, end, 4, embargo)
        except DataMissing:  # everything overlaps: nothing is left to train on
            continue
        n_splits += len(found)
        assert sum(overlaps(split, begin, end, embargo) for split in found) == 0
        n_purged += sum(begin.size - split.train.size - split.test.size for split in found)
    assert n_purged > n_splits


@pytest.mark.parametrize("embargo", [0, 9])
def test_the_check_of_a_split_finds_what_looking_at_every_pair_finds(embargo: int) -> None:
    random, refused = np.random.default_rng(8), 0
    for _ in range(500):
        begin, end = world(random, 20)
        drawn = random.permutation(20)
        split = Split(np.sort(drawn[: random.integers(1, 4)]), np.sort(drawn[17:]))
        wrong = overlaps(split, begin, end, embargo) > 0
        refused += wrong
        if wrong:
            with pytest.raises(ContractBroken, match="reach into a test span"):
                check_split(split, begin, end, embargo)
        else:
            check_split(split, begin, end, embargo)
    assert 20 < refused < 480


def test_a_row_is_never_trained_and_tested_on() -> None:
    rows = np.arange(3)
    with pytest.raises(ContractBroken, match="in training and in test"):
        check_split(Split(rows[:2], rows[1:]), rows * 100, rows * 100, 0)


def test_hand_worked_walk_forward() -> None:
    begin = np.arange(6) * 10
    end = begin + np.array([5, 15, 5, 15, 5, 5])
    first, second = walk_forward(begin, end, 2, embargo=0)
    assert (first.train.tolist(), first.test.tolist()) == (
        [0],
        [2, 3],
    )  # the label of row 1 ends at 25, row 2 begins at 20
    assert (second.train.tolist(), second.test.tolist()) == ([0, 1, 2], [4, 5])


def test_hand_worked_combinatorial_split() -> None:
    begin = np.arange(6) * 10
    found = combinatorial_purged(begin, begin + 5, 3, 1, embargo=5)
    assert [split.test.tolist() for split in found] == [[0, 1], [2, 3], [4, 5]]
    assert [split.train.tolist() for split in found] == [[3, 4, 5], [0, 1, 5], [0, 1, 2, 3]]  # rows 2 and 4: embargo


@pytest.mark.parametrize(("n_groups", "n_test", "splits", "paths"), [(6, 2, 15, 5), (10, 2, 45, 9), (5, 1, 5, 1)])
def test_counts_of_splits_and_paths(n_groups: int, n_test: int, splits: int, paths: int) -> None:
    assert_counts({"n_groups": n_groups, "n_test": n_test, "splits": splits, "paths": paths})


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="reference data is not here")
def test_counts_of_splits_and_paths_are_those_published() -> None:
    published = json.loads((REFERENCE / "published_dsr_psr_mintrl.json").read_text())["cpcv"]
    assert len(published) >= 5
    for case in published:
        assert_counts(case)


def assert_counts(case: dict[str, int]) -> None:
    begin = np.arange(60) * 100
    found = combinatorial_purged(begin, begin + 1, case["n_groups"], case["n_test"], 0)
    assert len(found) == case["splits"] == math.comb(case["n_groups"], case["n_test"])
    tested = np.bincount(np.concatenate([split.test for split in found]))
    assert set(tested.tolist()) == {case["paths"]}


def test_rows_in_any_order_are_split_alike() -> None:
    random = np.random.default_rng(9)
    begin, end = world(random, 50)
    order = random.permutation(50)
    for a, b in zip(
        combinatorial_purged(begin, end, 5, 2, 3),
        combinatorial_purged(begin[order], end[order], 5, 2, 3),
        strict=True,
    ):
        assert a.train.tolist() == sorted(order[b.train].tolist())
        assert a.test.tolist() == sorted(order[b.test].tolist())


def test_too_few_rows_are_refused_in_one_line() -> None:
    few = np.arange(3)
    with pytest.raises(DataMissing, match="expected rows in each of 6 groups of time, found 3 of 3 rows"):
        combinatorial_purged(few, few, 6, 2, 0)
    with pytest.raises(DataMissing, match="found 0 of 0 rows"):
        walk_forward(few[:0], few[:0], 2, 0)
    with pytest.raises(DataMissing, match="nothing is left to train on for test 1 of 2"):
        walk_forward(few, few + 10, 2, 0)
