"""Training from the command line, by the same job as in the UI."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from learning_pipeline.stores.dataset_files import DatasetFiles
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.registry import Registry
from learning_pipeline_tests.cli.conftest import CommandLine
from learning_pipeline_tests.models.examples import examples
from learning_pipeline_tests.models.kept import kept_dataset

ENOUGH = {"LEARN_MIN_SAMPLES": "300"}


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory, mlflow_database: Path) -> CommandLine:
    command = CommandLine(tmp_path_factory.mktemp("train") / "home", columns=120)
    return _with_mlflow(command, mlflow_database)


def _with_mlflow(command: CommandLine, database: Path) -> CommandLine:
    (command.home / "mlflow").mkdir(parents=True)
    shutil.copy(database, command.home / "mlflow" / "mlflow.db")
    return command


@pytest.fixture(scope="module")
def dataset(command: CommandLine) -> str:
    return kept_dataset(Home.at(command.home), examples(n=400))


@pytest.fixture(scope="module")
def artifact(command: CommandLine, dataset: str) -> dict[str, object]:
    said = command("train", "--dataset", dataset, "--by", "ann", "--json", **ENOUGH)
    assert said.exit_code == 0, said.err
    return json.loads(said.out)


def test_a_training_says_what_came_of_it(command: CommandLine, dataset: str, artifact: dict[str, object]) -> None:
    registry = Registry(Home.at(command.home))
    (row,) = registry.artifacts()
    assert (artifact["artifact_id"], artifact["dataset_id"]) == (row["artifact_id"], dataset)
    assert (artifact["n"], artifact["n_trials"], artifact["version"]) == (400, 7, 1)
    assert Path(str(artifact["path"])).is_file()
    assert artifact["metrics"] == row["metrics"]
    (training,) = [each for each in registry.trainings() if each["asked_by"]]
    assert (training["status"], training["asked_by"], training["is_scheduled"]) == ("succeeded", "ann", False)
    assert (command.home / "mlflow" / "mlflow.db").is_file()


def test_again_it_finds_the_same_artifact_and_shows_a_table(command: CommandLine, artifact: dict[str, object]) -> None:
    said = command("train", "--dataset", artifact["dataset_id"], **ENOUGH)
    assert said.exit_code == 0, said.err
    assert "400 examples" in said.out
    assert "log_loss" in said.out
    assert "7 trials so far" in said.out
    assert "dead (always null), flat (constant)" in said.out
    assert f"next: learning-pipeline evaluate {artifact['artifact_id']}" in said.out
    assert len(Registry(Home.at(command.home)).artifacts()) == 1


def test_an_artifact_is_reproduced_byte_for_byte(command: CommandLine, artifact: dict[str, object]) -> None:
    said = command("reproduce", artifact["artifact_id"], **ENOUGH)
    assert (said.exit_code, said.err) == (0, "")
    assert said.out.startswith(f"identical: {artifact['artifact_id']}")


def test_other_settings_are_another_configuration(command: CommandLine, artifact: dict[str, object]) -> None:
    said = command("reproduce", artifact["artifact_id"], LEARN_SEED="5", **ENOUGH)
    assert said.exit_code == 1
    assert said.err.startswith("E_LEARN_REFUSED: ")
    assert "was trained with other settings" in said.err


def test_too_few_examples_end_with_their_code(command: CommandLine, dataset: str, artifact: dict[str, object]) -> None:
    said = command("train", "--dataset", dataset)
    assert said.exit_code == 1
    assert said.err.startswith("E_LEARN_DATA_MISSING: training takes at least 1000 labelled examples")
    assert said.err.count("\n") == 1
    registry = Registry(Home.at(command.home))
    assert [each["status"] for each in registry.trainings() if each["error_code"] == "E_LEARN_DATA_MISSING"] == [
        "refused"
    ]
    assert [row["artifact_id"] for row in registry.artifacts()] == [artifact["artifact_id"]]


def test_what_is_switched_off_or_unknown_is_one_line(command: CommandLine, dataset: str) -> None:
    off = command("train", "--dataset", dataset, LEARN_ENABLE="false")
    assert (off.exit_code, off.err.count("\n")) == (1, 1)
    assert off.err.startswith("E_LEARN_REFUSED: [models] enable (LEARN_ENABLE) is false")
    for arguments in (["train", "--dataset", "nonsense"], ["reproduce", "signal_model-0"]):
        said = command(*arguments, **ENOUGH)
        assert (said.exit_code, said.err.count("\n")) == (1, 1), said.err
        assert said.err.startswith("E_LEARN_BAD_INPUT: ")


def test_days_out_of_order_are_a_usage_error(command: CommandLine) -> None:
    assert command("train", "--from", "2024-02-01", "--to", "2024-01-01").exit_code == 2
    assert command("train", "--from", "2024-02-01", "--dataset", "d").exit_code == 2


def test_days_of_a_data_root_become_a_dataset_and_a_model(
    root: CommandLine, tmp_path: Path, mlflow_database: Path
) -> None:
    """Ingested events and bars, one run, then `train`: the dataset is built by the same job."""
    shutil.copytree(root.home, tmp_path / "home")
    command = _with_mlflow(CommandLine(tmp_path / "home"), mlflow_database)
    said = command("train", "--from", "2024-03-05", "--json", LEARN_MIN_SAMPLES="20")
    assert said.exit_code == 0, said.err
    made = json.loads(said.out)
    assert made["n"] >= 20
    manifest = DatasetFiles(Home.at(command.home).datasets).manifest(made["dataset_id"])
    assert (str(manifest["first_day"]), manifest["n"]) == ("2024-03-05", made["n"])
    again = command("reproduce", made["artifact_id"], LEARN_MIN_SAMPLES="20")
    assert again.out.startswith("identical: "), again.err
    assert command("reproduce", made["dataset_id"]).out.startswith("identical: ")
    few = command("train")
    assert (few.exit_code, few.err.partition(":")[0]) == (1, "E_LEARN_DATA_MISSING")
