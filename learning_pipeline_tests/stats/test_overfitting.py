from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from learning_pipeline.stats import backtest_overfitting


def plain(results: np.ndarray, n_blocks: int) -> tuple[float, float]:
    """As the paper's text has it, one choice of halves after the other."""
    per_block = len(results) // n_blocks
    rows = np.arange(len(results) - per_block * n_blocks, len(results))
    blocks = [rows[k * per_block : (k + 1) * per_block] for k in range(n_blocks)]
    n_bad, n_lost, choices = 0, 0, list(combinations(range(n_blocks), n_blocks // 2))
    for chosen in choices:
        inside = np.concatenate([blocks[k] for k in chosen])
        outside = np.concatenate([blocks[k] for k in range(n_blocks) if k not in chosen])
        first = [sharpe(results[inside, trial]) for trial in range(results.shape[1])]
        second = [sharpe(results[outside, trial]) for trial in range(results.shape[1])]
        best = second[int(np.argmax(first))]
        rank = sum(x < best for x in second) + (sum(x == best for x in second) + 1) / 2
        n_bad += rank / (results.shape[1] + 1) <= 0.5
        n_lost += best <= 0
    return n_bad / len(choices), n_lost / len(choices)


def sharpe(x: np.ndarray) -> float:
    return 0.0 if len(set(x)) < 2 else float(x.mean() / x.std(ddof=1))


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.integers(2, 6), st.sampled_from([2, 4, 6]), st.integers(0, 5))
def test_is_the_plain_procedure(seed: int, n_trials: int, n_blocks: int, extra: int) -> None:
    results = np.random.default_rng(seed).normal(size=(n_blocks * 6 + extra, n_trials))
    assert backtest_overfitting(results, n_blocks) == pytest.approx(plain(results, n_blocks))


@given(arrays(np.float64, (24, 3), elements=st.sampled_from([0.0, 0.0, 0.02, -0.01])))
def test_is_a_share_also_where_trials_hardly_traded(results: np.ndarray) -> None:
    found = backtest_overfitting(results, 4)
    assert found is not None
    assert 0 <= found.pbo <= 1
    assert 0 <= found.loss <= 1


def test_worthless_trials_are_chosen_by_chance_and_a_good_one_is_not() -> None:
    rng = np.random.default_rng(2)
    worthless = [backtest_overfitting(rng.normal(size=(320, 20)), 8) for _ in range(60)]
    assert np.mean(worthless, axis=0) == pytest.approx([0.5, 0.5], abs=0.08)
    good = rng.normal(size=(320, 20)) + np.eye(20)[3] * 0.6
    assert backtest_overfitting(good, 8).pbo < 0.05
    alike = backtest_overfitting(rng.normal(size=(320, 20)) + 0.5, 8)  # whichever is taken is good
    assert alike.pbo > 0.2
    assert alike.loss == 0


def test_trials_that_are_all_the_same_prove_nothing() -> None:
    same = np.tile(np.random.default_rng(3).normal(size=(64, 1)), 4)
    assert backtest_overfitting(same, 8).pbo == 1.0


def test_what_cannot_be_said() -> None:
    assert backtest_overfitting(np.zeros((64, 1)), 8) is None
    assert backtest_overfitting(np.ones((15, 4)), 8) is None  # one day a block
    with pytest.raises(ValueError, match="even number"):
        backtest_overfitting(np.ones((15, 4)), 7)
