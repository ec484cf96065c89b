"""Settings that would break the sum or the floor are refused in one clear line."""

from __future__ import annotations

from pathlib import Path

import pytest

from learning_pipeline.allocation import AllocationSettings
from learning_pipeline.errors import BadSettings
from learning_pipeline.stores.settings_file import load_settings


def loaded(tmp_path: Path, toml: str) -> AllocationSettings:
    (tmp_path / "learning_pipeline.toml").write_text(f"[allocation]\n{toml}\n")
    found = load_settings(tmp_path / "learning_pipeline.toml", {"allocation": AllocationSettings}, environment={})
    assert isinstance(found["allocation"], AllocationSettings)
    return found["allocation"]


def test_the_defaults_are_those_of_the_seed() -> None:
    found = AllocationSettings()
    assert found.start == {"15m": 0.15, "1h": 0.50, "4h": 0.35}
    assert (found.tau_short_days, found.tau_long_days, found.cap, found.min_allocation) == (14, 90, 0.003, 0.02)
    assert found.min_trades == 5


def test_other_timeframes_may_share_and_stand_in_order(tmp_path: Path) -> None:
    assert list(loaded(tmp_path, "start = { 1d = 0.4, 90m = 0.2, 1h = 0.4 }").start) == ["1h", "90m", "1d"]


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("start = { 15m = 0.01, 1h = 0.64, 4h = 0.35 }", "at least min_allocation 0.02, was 15m = 0.01"),
        ("min_allocation = 0.2", "at least min_allocation 0.2, was 15m = 0.15"),
        ("start = { 15m = 0.15, 1h = 0.50, 4h = 0.30 }", "adds up to 1, was 0.95"),
        ("start = { 15m = 1.0 }", "at least 2 items"),
        ("start = { fast = 0.5, 1h = 0.5 }", "start"),
        ("cap = 0", "cap"),
        ("tau_short_days = -1", "tau_short_days"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(tmp_path: Path, toml: str, words: str) -> None:
    with pytest.raises(BadSettings, match=words) as refused:
        loaded(tmp_path, toml)
    assert "\n" not in str(refused.value)
    assert "[allocation]" in str(refused.value)
