"""MLflow shows what the ledger says; where it says something else it is put right, and the difference is told."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from learning_pipeline.stores.home import Home
from learning_pipeline.stores.mlflow_door import opened
from learning_pipeline.stores.mlflow_mirror import reconcile
from learning_pipeline.stores.registry import Registry
from learning_pipeline_tests.models.bundles import NAMES, bundle
from learning_pipeline_tests.models.kept import NOW, deployed
from learning_pipeline_tests.stores.test_registry import row, trial

TRAINING = {"model_type": "signal_model", "is_scheduled": False, "config_hash": "c" * 64, "started_at": NOW}


def train(home: Home, seed: int, train_id: str) -> dict[str, Any]:
    """Note a training with two trials, and its artifact."""
    registry = Registry(home)
    artifact = registry.add_artifact(bundle(seed).raw(), row(train_id=train_id))
    said = {"train_id": train_id, "status": "succeeded", "ended_at": NOW + dt.timedelta(seconds=5)}
    registry.add_training(TRAINING | said | {"artifact_id": artifact["artifact_id"], "dataset_id": "d1"})
    failed = {"status": "failed", "metrics": {}, "daily_roi": {}, "reason": "no order"}
    registry.add_trials([trial(trial_id=f"{train_id}a", train_id=train_id)])
    registry.add_trials([trial(trial_id=f"{train_id}b", train_id=train_id, **failed)])
    return artifact


def a_home(folder: Path, mlflow_database: Path) -> Home:
    home = Home.at(folder)
    home.mlflow.mkdir(parents=True)
    shutil.copy(mlflow_database, home.mlflow / "mlflow.db")
    return home


@pytest.fixture
def home(tmp_path: Path, mlflow_database: Path) -> Home:
    return a_home(tmp_path, mlflow_database)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, mlflow_database: Path) -> tuple[Home, Path]:
    """Two artifacts, the second active, the first its shadow; and a copy of the folder, since tests change it."""
    folder = tmp_path_factory.mktemp("mirrored")
    home = a_home(folder / "home", mlflow_database)
    one, two = train(home, 0, "t1"), train(home, 1, "t2")
    deployed(home, two)
    deployed(home, one, "shadow")
    assert {finding.kind for finding in reconcile(home)} == {"added"}
    return home, shutil.copytree(home.root, folder / "kept")


@pytest.fixture
def mirrored(kept: tuple[Home, Path]) -> Iterator[Home]:
    """As it was made, at the same place: MLflow's database names it."""
    home, made = kept
    shutil.rmtree(home.root)
    shutil.copytree(made, home.root)
    yield home
    assert reconcile(home) == [], "what was found was put right"


def aliases(home: Home) -> dict[str, int]:
    with opened(home) as (client, _, _):
        (model,) = client.search_registered_models()
        return {alias: int(version) for alias, version in model.aliases.items()}


def test_a_training_is_a_run_with_its_trials_inside(mirrored: Home) -> None:
    with opened(mirrored) as (client, experiment, _):
        runs = {run.data.tags["ledger_id"]: run for run in client.search_runs([experiment])}
    assert set(runs) == {"t1", "t2", "t1a", "t1b", "t2a", "t2b"}
    one = runs["t1"]
    artifact = Registry(mirrored).artifacts()[0]
    assert one.data.metrics == {"log_loss": 0.66}
    said = ("dataset_id", "config_hash", "code_commit", "sha256", "artifact_id", "status")
    assert {name: one.data.tags[name] for name in said} == {name: artifact[name] for name in said[:-1]} | {
        "dataset_id": "d1",
        "status": "succeeded",
    }
    assert (runs["t1a"].info.status, runs["t1b"].info.status) == ("FINISHED", "FAILED")
    assert runs["t1a"].data.params == {"max_depth": "2"}
    assert runs["t1b"].data.tags["reason"] == "no order"
    assert {runs[k].data.tags["mlflow.parentRunId"] for k in ("t1a", "t1b")} == {one.info.run_id}


def test_an_artifact_is_a_version_with_its_bytes_a_signature_and_no_loader(mirrored: Home) -> None:
    from mlflow.models import Model

    artifact = Registry(mirrored).artifacts()[0]
    with opened(mirrored) as (client, _, _):
        version = client.get_model_version("signal_model", "1")
        folder = Path(client.download_artifacts(version.run_id, "model"))
        described = Model.load(str(folder / "MLmodel"))
    assert {path.name for path in folder.iterdir()} == {"artifact.json", "MLmodel"}
    assert (folder / "artifact.json").read_bytes() == bundle(0).raw()
    assert described.flavors == {}
    assert described.signature
    assert described.signature.inputs.input_names() == list(NAMES)
    assert version.tags["sha256"] == artifact["sha256"]


def test_aliases_follow_the_ledger(mirrored: Home) -> None:
    assert aliases(mirrored) == {"main-active": 2, "main-shadow": 1}


def test_a_move_in_the_ledger_moves_the_alias(home: Home) -> None:
    one, two = train(home, 0, "t1"), train(home, 1, "t2")
    deployed(home, one, until=NOW)
    reconcile(home)
    assert aliases(home) == {}
    deployed(home, two)
    assert [str(f) for f in reconcile(home)] == [f"added: alias main-active stands on {two['artifact_id']}"]
    assert aliases(home) == {"main-active": 2}


def _alias_moved(home: Home) -> None:
    with opened(home) as (client, _, _):
        client.set_registered_model_alias("signal_model", "main-active", "1")


def _alias_invented(home: Home) -> None:
    with opened(home) as (client, _, _):
        client.set_registered_model_alias("signal_model", "other-active", "1")


def _version_deleted(home: Home) -> None:
    with opened(home) as (client, _, _):
        client.delete_model_version("signal_model", "2")


def _folder(home: Home) -> Path:
    return next(iter(sorted((home.mlflow / "artifacts").glob("*/artifacts/model"))))


def _bytes_changed(home: Home) -> None:
    (_folder(home) / "artifact.json").write_bytes(b"{}")


def _bytes_gone(home: Home) -> None:
    shutil.rmtree(_folder(home))


def _loader_added(home: Home) -> None:
    (_folder(home) / "code").mkdir()
    (_folder(home) / "code" / "evil_loader.py").write_text("raise SystemExit")


def _source_elsewhere(home: Home) -> None:
    with closing(sqlite3.connect(home.mlflow / "mlflow.db")) as connection, connection:
        connection.execute("UPDATE model_versions SET source = 'file:///tmp/elsewhere' WHERE version = 1")


def _database_gone(home: Home) -> None:
    (home.mlflow / "mlflow.db").unlink()


def _database_torn(home: Home) -> None:
    path = home.mlflow / "mlflow.db"
    path.write_bytes(b"no database" + path.read_bytes()[4096:])


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (_alias_moved, "alias main-active stood on"),
        (_alias_invented, "alias other-active stood on"),
        (_version_deleted, "version 2 of signal_model"),
        (_bytes_changed, "were not those registered"),
        (_bytes_gone, "were not those registered"),
        (_loader_added, "were not those registered"),
        (_source_elsewhere, "its version pointed at file:///tmp/elsewhere"),
        (_database_gone, "database was gone: made anew"),
        (_database_torn, "database was damaged"),
    ],
)
def test_what_differs_is_told_and_put_right(mirrored: Home, harm: Callable[[Home], None], words: str) -> None:
    harm(mirrored)
    found = [str(finding) for finding in reconcile(mirrored)]
    assert any(words in line for line in found), found
    assert not any(line.startswith("open") for line in found)
    by_artifact = {"main-active": "t2", "main-shadow": "t1"}
    trained = {each["artifact_id"]: each["train_id"] for each in Registry(mirrored).artifacts()}
    with opened(mirrored) as (client, _, _):
        (model,) = client.search_registered_models()
        versions = {int(v.version): v.tags["artifact_id"] for v in client.search_model_versions()}
    assert {alias: trained[versions[int(v)]] for alias, v in model.aliases.items()} == by_artifact


def test_a_data_root_that_was_moved_has_its_mirror_made_anew(home: Home, tmp_path: Path) -> None:
    train(home, 0, "t1")
    reconcile(home)
    shutil.copytree(home.root, tmp_path / "moved", ignore=shutil.ignore_patterns("moved"))
    moved = Home.at(tmp_path / "moved")
    assert "repaired: the data root was moved: made anew from the ledger" in map(str, reconcile(moved))
    assert reconcile(moved) == []


def test_what_only_a_person_can_mend_stays_open(home: Home) -> None:
    """A registered artifact without its file; a version that nobody registered; an alias on what has no version."""
    one = train(home, 0, "t1")
    deployed(home, one)
    (home.root / one["path_ref"]).unlink()
    with opened(home) as (client, _, _):
        client.create_registered_model("theirs")
        client.create_model_version("theirs", source=(home.mlflow / "x").as_uri())
    for _ in range(2):
        lines = [str(finding) for finding in reconcile(home) if finding.kind == "open"]
        assert len(lines) == 3
        assert "cannot be read" in lines[0]
        assert lines[1] == "open: version 1 of theirs is not in the ledger: nothing uses it"
        assert lines[2] == f"open: alias main-active: {one['artifact_id']} has no version here"


def test_a_pack_that_was_registered_by_hand_has_a_run_of_its_own(home: Home) -> None:
    raw = b'{"name":"judge","prompts":{},"version":"1"}'
    pack = Registry(home).add_artifact(raw, row(model_type="prompt_pack", train_id=None, metrics={}))
    assert [str(f) for f in reconcile(home)] == [f"added: version 1 of prompt_pack: {pack['artifact_id']}"]
    assert reconcile(home) == []


def test_an_alias_of_the_users_own_is_left_alone(mirrored: Home) -> None:
    with opened(mirrored) as (client, _, _):
        client.set_registered_model_alias("signal_model", "champion", "1")
    assert reconcile(mirrored) == []
    assert aliases(mirrored)["champion"] == 1


def test_a_database_that_mlflow_cannot_use_is_told_and_stops_nobody(mirrored: Home) -> None:
    path = mirrored.mlflow / "mlflow.db"
    good = path.read_bytes()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE registered_model_aliases")
    (found,) = reconcile(mirrored)
    assert found.kind == "open"
    assert "remove the folder: it is made anew from the ledger" in found.words
    assert "\n" not in found.words
    path.write_bytes(good)
