"""What stands for each target, and what stood, as the ledger has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from learning_pipeline.errors import BadInput
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.rollouts import Rollouts, named_target


def test_where_nothing_was_moved_nothing_stands(tmp_path: Path) -> None:
    rollouts = Rollouts(Home.at(tmp_path))
    assert rollouts.history() == rollouts.history("main") == rollouts.requests() == rollouts.approvals() == []
    assert rollouts.standing("main") == {}


def test_an_unknown_request_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such request"):
        Rollouts(Home.at(tmp_path)).request("../r")


@pytest.mark.parametrize("target", ["", "Main", "../x", "a" * 65, "-a", "a b", "main\n"])
def test_a_target_is_a_plain_word(target: str) -> None:
    assert named_target("main_2-x") == "main_2-x"
    with pytest.raises(BadInput, match="--target: expected up to 64 small letters"):
        named_target(target)
