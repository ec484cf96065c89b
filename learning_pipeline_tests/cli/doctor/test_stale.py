"""Files that wait, days that are due, stores that are gone or damaged."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from learning_pipeline_tests.cli.conftest import CommandLine
from learning_pipeline_tests.cli.doctor.conftest import MORE, diagnosis


def test_files_in_the_inbox_wait_since_they_came(copy: CommandLine) -> None:
    for name in ("one.jsonl", "two.jsonl"):
        (copy.home / "inbox" / name).write_bytes(MORE)
    os.utime(copy.home / "inbox" / "two.jsonl", (time.time() - 7300,) * 2)
    found = diagnosis(copy)
    assert (found.exit_code, found.bad()) == (0, {("inbox", "warning")})
    assert found.of("inbox", "warning") == (
        "2 files wait in the inbox since 2 hours ago: two.jsonl, one.jsonl -> `learning-pipeline run`"
    )


def test_a_name_cannot_style_move_or_end_a_line(copy: CommandLine) -> None:
    (copy.home / "inbox" / "[red]a\x1b[2J\nb[odd].jsonl").write_bytes(MORE)
    said = copy("doctor")
    assert said.exit_code == 0
    assert "[red]a\ufffd[2J b[odd].jsonl" in " ".join(said.out.split())
    assert "\x1b" not in said.out


def test_ingested_but_not_run_are_days_due_and_a_warehouse_behind(copy: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "more.jsonl").write_bytes(MORE)
    assert copy("ingest", tmp_path / "more.jsonl").exit_code == 0
    found = diagnosis(copy)
    assert found.bad() == {("days", "warning"), ("warehouse", "warning")}
    assert "due, 2024-03-0" in found.of("days", "warning")
    assert "older than the lake in" in found.of("warehouse", "warning")


def test_changed_settings_make_every_day_due(copy: CommandLine) -> None:
    (copy.home / "learning_pipeline.toml").write_text("[shadow]\nfee_bps = 5.0\n")
    found = diagnosis(copy)
    assert found.bad() == {("days", "warning")}
    assert found.of("days", "warning").startswith("The settings have changed since the last run: ")
    assert "2024-03-04 to" in found.of("days", "warning")


@pytest.mark.parametrize("text", ["[shadow\n", "[shadow]\nfee_bps = 'ten'\n", "[nonsense]\n", "\udcff"])
def test_settings_that_cannot_be_used_are_a_problem(copy: CommandLine, text: str) -> None:
    (copy.home / "learning_pipeline.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    found = diagnosis(copy)
    assert (found.exit_code, found.bad()) == (1, {("settings", "problem")})
    assert "learning_pipeline.toml" in found.of("settings", "problem")


def test_settings_that_are_a_folder_are_a_problem(copy: CommandLine) -> None:
    (copy.home / "learning_pipeline.toml").mkdir()
    assert diagnosis(copy).bad() == {("settings", "problem")}


def test_a_missing_warehouse_is_told(copy: CommandLine) -> None:
    (copy.home / "warehouse.duckdb").unlink()
    assert diagnosis(copy).bad() == {("warehouse", "warning")}


def test_a_damaged_warehouse_is_a_problem(copy: CommandLine) -> None:
    (copy.home / "warehouse.duckdb").write_bytes(b"x" * 5000)
    found = diagnosis(copy)
    assert (found.exit_code, found.bad()) == (1, {("warehouse", "problem")})


def test_a_lake_without_ledger_is_a_problem(copy: CommandLine) -> None:
    (copy.home / "ledger.sqlite").unlink()
    found = diagnosis(copy)
    assert (found.exit_code, found.bad()) == (1, {("ledger", "problem")})
    assert not (copy.home / "ledger.sqlite").exists()


def test_a_damaged_ledger_is_a_problem_and_named_as_it_lies(copy: CommandLine) -> None:
    (copy.home / "ledger.sqlite").write_bytes(b"x" * 5000)
    found = diagnosis(copy)
    assert (found.exit_code, found.bad()) == (1, {("ledger", "problem")})
    assert f"{copy.home}/ledger.sqlite: the ledger cannot be used" in found.of("ledger", "problem")


def test_what_is_advised_for_a_lost_ledger_works(copy: CommandLine) -> None:
    """Put its copy back, or delete lake and warehouse, keep the inbox, and run."""
    query = ("sql", "SELECT * FROM shadow.outcomes ORDER BY ALL", "--format", "csv")
    before = copy(*query).out
    (copy.home / "ledger.sqlite").unlink()
    (copy.home / "warehouse.duckdb").unlink()
    shutil.rmtree(copy.home / "lake")
    assert copy("run").exit_code == 0
    assert copy(*query).out == before
    assert diagnosis(copy).bad() == set()


def test_a_lost_lake_is_a_problem_and_the_next_run_makes_it_again(copy: CommandLine) -> None:
    everything = ("sql", "SELECT * FROM shadow.outcomes ORDER BY ALL", "--format", "csv")
    deliveries = ("sql", "SELECT * FROM events.deliveries ORDER BY ALL", "--format", "csv")
    before = copy(*everything).out, copy(*deliveries).out
    shutil.rmtree(copy.home / "lake")
    found = diagnosis(copy)
    assert found.exit_code == 1
    assert "no table is there -> put its last copy back, or make it again" in found.of("lake", "problem")
    assert copy("run").exit_code == 0
    assert (copy(*everything).out, copy(*deliveries).out) == before
    assert diagnosis(copy).bad() == set()
