"""``evaluate``, ``packs``, ``prompt-packs``: what they print, and one clear line for what cannot be done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from learning_pipeline.stores.home import Home
from learning_pipeline.stores.registry import Registry
from learning_pipeline_tests.cli.conftest import CommandLine
from learning_pipeline_tests.models.evaluation.homes import add_model, add_pack
from learning_pipeline_tests.models.evaluation.test_signal_model import SMALL
from learning_pipeline_tests.models.evaluation.worlds import pack_of, world

JUDGE = Path(__file__).parents[2] / "learning_pipeline" / "adapters" / "judge_research.toml"


def test_gates_and_verdict_are_printed_and_not_passing_is_no_failure(empty: CommandLine) -> None:
    home, made = Home.at(empty.home), world(1, edge=1.0, n_training=1200, n_pack=800)
    artifact = add_model(home, made, SMALL)
    add_pack(home, pack_of(made.pack.rows, min_sharpe_gain=60.0), "strict")
    said = empty("evaluate", artifact, "--pack", "strict")
    assert said.exit_code == 0, said.err
    assert "sharpe_gain_over_all" in said.out
    assert "not passed: lower bound (1%) of the annual Sharpe ratio's gain over the baseline" in said.out
    rows = json.loads(empty("evaluate", artifact, "--pack", "strict", "--json").out)
    assert [(row["pack_id"], row["passed"], row["status"]) for row in rows] == [("strict", False, "measured")]


def test_packs_are_listed_and_a_damaged_one_hides_no_other(empty: CommandLine) -> None:
    home, rows = Home.at(empty.home), world(1, n_training=400, n_pack=400).pack.rows
    for name in ("mine", "torn"):
        add_pack(home, pack_of(rows), name)
    torn = home.packs / "torn" / "examples.parquet"
    torn.write_bytes(torn.read_bytes()[:-1])
    listed = {row["pack"]: row for row in json.loads(empty("packs", "list", "--json").out)}
    assert listed["mine"] | {"state": "whole", "rows": 400, "from": "own"} == listed["mine"]
    assert "expected SHA-256" in listed["torn"]["state"]
    assert empty("packs", "list").exit_code == 0
    assert json.loads(empty("packs", "show", "mine", "--json").out)["thresholds"]["dsr_level"] == 0.99
    assert "bytes as they were frozen" in empty("packs", "show", "mine").out
    shown = empty("packs", "show", "torn")
    assert shown.exit_code == 1
    assert shown.err.startswith("E_LEARN_EVAL_FAILED: pack torn: examples.parquet: expected SHA-256")


def test_a_prompt_pack_is_registered_once(empty: CommandLine) -> None:
    first = json.loads(empty("prompt-packs", "add", str(JUDGE), "--json").out)
    again = json.loads(empty("prompt-packs", "add", str(JUDGE), "--json").out)
    assert first == again
    assert first["artifact_id"].startswith("prompt_pack-")
    registry = Registry(Home.at(empty.home))
    assert [row["artifact_id"] for row in registry.artifacts()] == [first["artifact_id"]]
    assert json.loads(registry.raw(first["artifact_id"]))["name"] == "judge_research"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.toml", b"name = ", "expected TOML"),
        ("a.json", b"[1]", "expected an object with name, version and prompts, found list"),
        ("a.json", b"\xff", "expected JSON"),
        ("a.json", b'{"name":"x","version":"1","system":"y","code":"z"}', "code: Extra inputs are not permitted"),
        ("a.json", b" " * (2**20 + 1), "expected at most 1048576 bytes"),
    ],
)
def test_what_is_no_prompt_pack_is_one_line(
    empty: CommandLine, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    said = empty("prompt-packs", "add", str(tmp_path / name))
    assert said.exit_code == 1
    assert words in said.err
    assert len(said.err.strip().splitlines()) == 1
