"""The job of datasets on a real data root: built once, found again, reproduced, let go."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from learning_pipeline.cli import app
from learning_pipeline.datasets.features import features
from learning_pipeline.datasets.tables import Examples, Features, Manifests
from learning_pipeline.defs.dataset_rows import kept_dataset
from learning_pipeline.defs.resources import Chain
from learning_pipeline.errors import BadInput, DataMissing
from learning_pipeline.events.tables import DecisionReports, Decisions, Signals
from learning_pipeline.market.tables import Bars
from learning_pipeline.shadow.tables import Outcomes
from learning_pipeline.stores.dataset_files import DatasetFiles
from learning_pipeline.stores.outbox import Outbox
from learning_pipeline.stores.registry import Registry
from learning_pipeline_tests.parts import Part
from learning_pipeline_tests.worlds import Root, bot_events, hourly_bars

N_DAYS = 24


@pytest.fixture(name="root", scope="module")
def _root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    root = Part(tmp_path_factory.mktemp("datasets"), Features, Outcomes)
    bars = hourly_bars(1, N_DAYS)
    root.deliver(bot_events(1, bars.filter(pl.col("ts") < bars["ts"].max() - dt.timedelta(days=2)), 150), bars)
    root.run()
    return root


def build(root: Root, **asked: Any) -> dict[str, Any]:
    """Run the job; what the asset said of itself."""
    from learning_pipeline.jobs import run_job

    return run_job(root.home, "dataset", ops={"build_dataset": asked})["datasets.examples"]


@pytest.fixture(name="first", scope="module")
def _first(root: Root) -> dict[str, Any]:
    return build(root)


def chain_of(root: Root) -> Chain:
    return Chain(home=str(root.home.root))


def test_the_chain_keeps_the_features_of_every_decision(root: Root) -> None:
    lake = chain_of(root).lake
    kept = lake.read(Features)
    assert kept.select("signal_id", "day").equals(lake.read(Decisions).select("signal_id", "day"))
    at_once = features(*(lake.read(table) for table in (Decisions, Signals, DecisionReports, Bars)))
    assert kept.equals(at_once)


def test_the_job_keeps_a_dataset_and_tells_of_it(root: Root, first: dict[str, Any]) -> None:
    files = DatasetFiles(root.home.datasets)
    manifest, rows = files.manifest(first["dataset_id"]), files.examples(first["dataset_id"])
    assert rows.height == manifest["n"] > 50
    assert chain_of(root).lake.read(Examples).filter(pl.col("dataset_id") == first["dataset_id"]).equals(rows)
    assert set(manifest["snapshot_refs"]) == {"datasets.features", "events.decisions", "shadow.outcomes", "market.bars"}
    told = [(event["type"], event["dataset_id"]) for event in Outbox(root.home).events()]
    assert told.count(("ordinis.learn.dataset.built", first["dataset_id"])) == 1
    assert f"dataset_id={first['dataset_id']}" in root.home.learning_log.read_text()
    assert manifest["splits"]["walk_forward"]["splits"]


def test_a_second_build_finds_it_and_nothing_becomes_due(root: Root, first: dict[str, Any]) -> None:
    path = root.home.datasets / first["dataset_id"] / "manifest.json"
    build(root)  # copies what other tests have added to the ledger since
    before = path.stat().st_mtime_ns, len(Outbox(root.home).events()), chain_of(root).ledger.marks()
    assert build(root)["dataset_id"] == first["dataset_id"]
    assert (path.stat().st_mtime_ns, len(Outbox(root.home).events()), chain_of(root).ledger.marks()) == before


def test_days_that_are_due_stay_due(root: Root, first: dict[str, Any]) -> None:
    chain = chain_of(root)
    marks = chain.ledger.marks()
    stale = chain.due.newest_known_at.date() - dt.timedelta(days=3)
    chain.mark({"dirty_from": stale.isoformat()})
    try:
        assert build(root)["dataset_id"] != first["dataset_id"]
        assert chain_of(root).ledger.marks()["dirty_from"] == stale.isoformat()
        with pytest.raises(BadInput, match=r"as_of <= .* \(the last day that is computed"):
            build(root, as_of=stale.isoformat())
    finally:
        chain.mark({"dirty_from": marks.get("dirty_from")})


def reproduce(root: Root, name: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["reproduce", name, "--home", str(root.home.root)])
    return done.exit_code, done.output


def test_a_dataset_is_made_again_to_the_byte(root: Root, first: dict[str, Any]) -> None:
    assert reproduce(root, first["dataset_id"]) == (0, f"identical: {first['dataset_id']}\n")
    code, said = reproduce(root, "f" * 64)
    assert code == 1
    assert said.startswith("E_LEARN_BAD_INPUT: expected the id of a dataset in")


def test_what_differs_is_named(root: Root, first: dict[str, Any]) -> None:
    lake = chain_of(root).lake
    kept = lake.read(Features)
    day = kept["day"].sort()[kept.height // 2]
    changed = kept.filter(pl.col("day") == day).with_columns(features=pl.lit('{"bar_rsi":1.0}'))
    lake.replace(Features, changed, day, day)
    try:
        code, said = reproduce(root, first["dataset_id"])
    finally:
        lake.replace(Features, kept.filter(pl.col("day") == day), day, day)
    assert code == 1
    assert said.startswith(f"differs: {first['dataset_id']}: s")
    assert ': features was {"bar_' in said
    assert 'is {"bar_rsi":1.0}' in said


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"kind": "signals"}, BadInput, "kind: expected one of signal, rag_eval, prompt_eval, found 'signals'"),
        ({"first": "2024-13-01"}, BadInput, "first: expected a day as YYYY-MM-DD, found '2024-13-01'"),
        ({"first": "2030-01-01"}, BadInput, "expected first <= last <= as_of <= "),
        ({"kind": "prompt_eval"}, DataMissing, "dataset prompt_eval: expected labelled rows of"),
    ],
)
def test_what_cannot_be_built_is_said_in_one_line(root: Root, asked: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words.replace("(", r"\(")):
        kept_dataset(chain_of(root), **asked)


def test_old_datasets_are_let_go_with_their_rows(root: Root, first: dict[str, Any]) -> None:
    files, lake = DatasetFiles(root.home.datasets), chain_of(root).lake
    kept_dataset(chain_of(root), last="2024-03-10")
    aged = {m["dataset_id"]: m | {"built_at": m["built_at"] - dt.timedelta(days=400)} for m in files.manifests()}
    rows = {dataset_id: files.examples(dataset_id) for dataset_id in aged}
    for dataset_id, manifest in aged.items():
        files.remove(dataset_id)
        files.write(manifest, rows[dataset_id])
    pinned_by = pin(root, first["dataset_id"])
    other = build(root, last="2024-03-15")
    kept = sorted([first["dataset_id"], other["dataset_id"]])
    assert len(aged) > 1
    assert files.ids() == kept
    assert sorted(lake.read(Examples)["dataset_id"].unique()) == kept
    shown = dict(lake.read(Manifests).select("dataset_id", "pinned_by").iter_rows())
    assert shown == {first["dataset_id"]: pinned_by, other["dataset_id"]: None}


def pin(root: Root, dataset_id: str) -> str:
    """An artifact that was trained on the dataset."""
    told = {"metrics": {}, "created_at": "2024-01-01T00:00:00Z", "data_snapshot_ref": "", "config_hash": ""}
    row = {"model_type": "signal_model", "dataset_id": dataset_id, "code_commit": "", **told}
    return str(Registry(root.home).add_artifact(b"{}", row)["artifact_id"])


def test_the_picture_is_small(root: Root, first: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from learning_pipeline.datasets import telling
    from learning_pipeline.defs.pictures import MOST_BYTES, picture
    from learning_pipeline.reports import features_drawing

    monkeypatch.setenv("LEARNING_PIPELINE_PICTURES", "on")
    facts = telling(DatasetFiles(root.home.datasets).manifest(first["dataset_id"])["leakage"])
    shown = picture(features_drawing(facts))["picture"]
    assert 2_000 < len(str(shown.value)) <= MOST_BYTES


def test_the_manifest_is_json_that_anybody_can_read(root: Root, first: dict[str, Any], tmp_path: Path) -> None:
    path = root.home.datasets / first["dataset_id"] / "manifest.json"
    assert json.loads(path.read_text())["manifest"]["n"] == first["n"]
