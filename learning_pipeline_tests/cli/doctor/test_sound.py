"""A root in which all is well, and roots with nothing in them: calm words, exit code 0, and not a byte changed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from learning_pipeline_tests.cli.conftest import CommandLine
from learning_pipeline_tests.cli.doctor.conftest import diagnosis


def traces(home: Path) -> dict[str, tuple[int, str]]:
    """Every file with the time of its last change and its content, every folder with its time."""
    return {
        str(path): (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "")
        for path in [home, *home.rglob("*")]
    }


def test_all_is_well_in_a_short_table_at_80_and_at_120_columns(sound: CommandLine) -> None:
    before = traces(sound.home)
    for columns in (80, 120):
        said = CommandLine(sound.home, columns)("doctor")
        assert (said.exit_code, said.err) == (0, "")
        home, *lines = said.out.splitlines()
        assert home == str(sound.home)
        assert lines[-1] == "All is well."
        assert {line.split()[0] for line in lines[:-2]} == {"ok"}
        assert len(lines) < 15
        assert max(map(len, lines)) <= columns
    assert traces(sound.home) == before


def test_dagster_is_not_imported(sound: CommandLine) -> None:
    code = (
        "import sys; from pathlib import Path; from learning_pipeline.cli.doctor.report import examine;"
        "from learning_pipeline.stores.home import Home;"
        "fine = examine(Home.at(sys.argv[1]), as_json=True); sys.exit('dagster' in sys.modules or not fine)"
    )
    ended = subprocess.run([sys.executable, "-c", code, sound.home], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("exists", [True, False])
def test_an_empty_root_is_told_what_to_do_and_left_empty(empty: CommandLine, exists: bool) -> None:
    if exists:
        empty.home.mkdir()
    said = empty("doctor")
    assert (said.exit_code, said.err) == (0, "")
    assert "holds nothing yet" in " ".join(said.out.split())
    assert "learning-pipeline ingest" in said.out
    assert empty.home.exists() is exists
    assert not exists or not list(empty.home.iterdir())


def test_a_command_names_a_root_that_is_not_found_by_itself(copy: CommandLine) -> None:
    (copy.home / "warehouse.duckdb").unlink()
    assert diagnosis(copy).of("warehouse", "warning").endswith("-> `learning-pipeline run`")
    said = CommandLine(copy.home, 200)("doctor", "--home", copy.home, LEARNING_PIPELINE_HOME="")
    assert f"learning-pipeline run --home {copy.home}" in " ".join(said.out.split())
