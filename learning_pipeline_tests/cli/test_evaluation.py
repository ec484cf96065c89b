"""``evaluate``, ``packs``, ``prompt-packs``: what they print, and one clear line for what cannot be done."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

from learning_pipeline.models.packs.pack import Pack
from learning_pipeline.shadow.tables import Outcomes
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.packs import Packs
from learning_pipeline.stores.registry import Registry
from learning_pipeline_tests.cli.conftest import CommandLine
from learning_pipeline_tests.models.evaluation.homes import add_model, add_pack
from learning_pipeline_tests.models.evaluation.worlds import pack_of, world
from learning_pipeline_tests.models.examples import SMALL

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


def test_a_data_roots_examples_become_a_pack(root: CommandLine, tmp_path: Path) -> None:
    shutil.copytree(root.home, tmp_path / "copy")
    copy = CommandLine(tmp_path / "copy")
    days = ("--from", "2024-03-04", "--to", "2024-03-11")
    first = copy("packs", "freeze", "mine", *days, "--json")
    assert first.exit_code == 0, first.err
    pack = Pack.read(*Packs(Home.at(copy.home)).files("mine"))
    assert pack.rows.height == json.loads(first.out)["rows"] > 10
    assert pack.rows["decided_at"].dt.date().is_between(dt.date(2024, 3, 4), dt.date(2024, 3, 11)).all()
    outcomes = Lake(copy.home / "lake").read(Outcomes).sort("known_at").unique("signal_id", keep="last")
    told = pack.rows.join(outcomes, on="signal_id", suffix="_lake")
    assert told.height == pack.rows.height
    assert told["net_roi"].equals(told["net_roi_lake"].rename("net_roi"))
    assert pack.manifest.cost_model.fee_bps == 10
    assert pack.manifest.provenance.settings["shadow"]["slippage_bps"] == 2
    again = copy("packs", "freeze", "mine", *days)
    assert again.exit_code == 0, again.err  # the same bytes: nothing is written
    other = copy("packs", "freeze", "mine", "--from", "2024-03-05", "--to", "2024-03-11")
    assert other.exit_code == 1
    assert "a frozen pack never changes; choose another name" in other.err
    assert copy("packs", "freeze", "mine", "--from", "2024-03-11", "--to", "2024-03-04").exit_code == 2
