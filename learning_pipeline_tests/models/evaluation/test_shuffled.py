"""Labels that foretell nothing, through training, ledger and gate; `make bench-truth` does it two hundred times."""

from __future__ import annotations

import pytest

from learning_pipeline_tests.models.evaluation.shuffled import runs, summary
from learning_pipeline_tests.models.examples import SMALL


def test_shuffled_labels_do_not_pass() -> None:
    found = summary(runs(6, SMALL, edge=0.0, shuffled=True, n_training=900, n_pack=800))
    assert found["passed"] == 0
    assert found["mean_auc"] == pytest.approx(0.5, abs=0.05)
    # each of the two sides of the trap is open alone, in some market
    assert found["share_by_gate"]["sharpe_gain"] + found["share_by_gate"]["deflated_sharpe"] > 0
