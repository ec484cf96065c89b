from __future__ import annotations

from pathlib import Path

import pytest

from learning_pipeline.defs.required_packs import packs_of_kind
from learning_pipeline.errors import BadInput
from learning_pipeline.stores.home import Home
from learning_pipeline_tests.models.evaluation.homes import add_pack
from learning_pipeline_tests.models.evaluation.test_prompt_pack import OLD
from learning_pipeline_tests.models.evaluation.test_prompt_pack import pack_of as prompts_pack
from learning_pipeline_tests.models.evaluation.worlds import world


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    add_pack(made, world(1, n_training=400, n_pack=400).pack, "model")
    add_pack(made, prompts_pack(OLD), "prompts")
    return made


def test_each_kind_has_packs_of_its_own(home: Home) -> None:
    assert packs_of_kind(home, ["model", "prompts"], "signal_model") == ["model"]
    assert packs_of_kind(home, ["model", "prompts"], "prompt_pack") == ["prompts"]
    with pytest.raises(BadInput, match="no such pack"):
        packs_of_kind(home, ["nothing"], "prompt_pack")


def test_a_damaged_pack_is_asked_for_all_the_same(home: Home) -> None:
    (home.packs / "prompts" / "pack.json").write_bytes(b"{")
    assert packs_of_kind(home, ["model", "prompts"], "signal_model") == ["model", "prompts"]
