"""Four processes want the same promotion: one gets it, or none that is not approved; all four are in the audit."""

from __future__ import annotations

from pathlib import Path

import pytest

from learning_pipeline_tests.rollout.races import run_rounds


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_each_race_has_one_winner_and_one_record_of_it(tmp_path: Path) -> None:
    assert run_rounds(20, tmp_path) == []
