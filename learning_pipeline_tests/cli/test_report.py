"""The report as a command: the figures of the warehouse on one page, named, the same each time."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from learning_pipeline.stores.home import Home
from learning_pipeline.stores.warehouse import publish
from learning_pipeline_tests.cli.conftest import CommandLine

NEWEST = "as_of = (SELECT max(as_of) FROM analysis.opportunity_cost)"


@pytest.fixture(scope="module")
def copy(root: CommandLine, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The data root that was run, without its Dagster instance, to write reports in."""
    home = tmp_path_factory.mktemp("report") / "home"
    shutil.copytree(root.home, home, ignore=shutil.ignore_patterns("dagster", "reports"))
    return CommandLine(home)


def written(command: CommandLine, *arguments: object) -> tuple[Path, str]:
    said = command("report", *arguments)
    assert (said.exit_code, said.out.count("\n")) == (0, 1), said.err
    path = Path(said.out.strip())
    return path, path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(copy: CommandLine) -> tuple[Path, str]:
    """The report of the newest day: its file and what is in it."""
    return written(copy)


def asked(command: CommandLine, query: str) -> list[dict[str, object]]:
    return json.loads(command("sql", query, "--format", "json").out)


def test_it_names_the_file_of_the_newest_day(copy: CommandLine, page: tuple[Path, str]) -> None:
    path, html = page
    (newest,) = asked(copy, f"SELECT DISTINCT as_of FROM analysis.opportunity_cost WHERE {NEWEST}")
    assert path == copy.home / "reports" / f"report-{newest['as_of']}.html"
    assert f"90 days to {newest['as_of']}" in html


def test_the_page_shows_what_the_warehouse_holds(copy: CommandLine, page: tuple[Path, str]) -> None:
    _, html = page
    guards = asked(copy, f"SELECT * FROM analysis.guard_effectiveness WHERE {NEWEST} AND window_days = 90")
    assert guards
    for row in guards:
        assert f'<th scope="row" role="rowheader">{row["guard"]}</th>' in html
        assert f">{row['n_blocked']}</td>" in html
    (counted,) = asked(copy, "SELECT count(*) AS n_files, sum(n_lines)::BIGINT AS n_lines FROM events.deliveries")
    assert f"{counted['n_files']} files with {counted['n_lines']:,} lines were delivered" in html
    assert "No trade was closed yet" in html


def test_the_same_warehouse_gives_the_same_bytes(copy: CommandLine, page: tuple[Path, str]) -> None:
    page[0].unlink()
    assert written(copy) == page


def test_hours_choose_the_window(copy: CommandLine) -> None:
    _, day = written(copy, "--hours", 24)
    assert "the shortest window that was computed and covers them is 1 day" in day
    _, month = written(copy, "--hours", 25)
    assert "You asked for 25 hours; the shortest window that was computed and covers them is 30 days" in month
    _, ever = written(copy, "--hours", 99_999)
    assert "the longest window that was computed is 90 days, which is less" in ever


def test_a_table_that_an_older_warehouse_lacks_is_left_out_and_said(
    copy: CommandLine, page: tuple[Path, str], tmp_path: Path
) -> None:
    shutil.copytree(copy.home, tmp_path / "home")
    with duckdb.connect(str(tmp_path / "home" / "warehouse.duckdb")) as warehouse:
        warehouse.execute("DROP VIEW analysis.strategy_leaderboard")
    html = page[1]
    assert "simulated are all approved and blocked signals" in html
    assert "so none is shown" not in html
    assert "so none is shown" in written(CommandLine(tmp_path / "home"))[1]


def test_without_a_warehouse_it_is_one_line_that_says_what_to_do(empty: CommandLine) -> None:
    said = empty("report")
    assert (said.exit_code, said.out, said.err.count("\n")) == (1, "", 1)
    assert "no warehouse yet; `learning-pipeline ingest`" in said.err
    assert not empty.home.exists()


def test_a_warehouse_without_days_is_one_line(empty: CommandLine) -> None:
    from learning_pipeline.defs.catalog import TABLES, VIEWS
    from learning_pipeline.defs.warehouse import connect
    from learning_pipeline.stores.lake import Lake

    home = Home.at(empty.home)
    home.root.mkdir()
    publish(home.warehouse, Lake(home.lake), TABLES, VIEWS, connect)
    said = empty("report")
    assert (said.exit_code, said.out, said.err.count("\n")) == (1, "", 1)
    assert "no day was computed yet" in said.err
    assert not home.reports.exists()


def test_negative_hours_are_a_usage_error(empty: CommandLine) -> None:
    assert empty("report", "--hours", "-1").exit_code == 2
