"""House rules that no linter knows: every room has a page, tests and wiring; the graph is what we mean it to be."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest

import learning_pipeline
from learning_pipeline.definitions import defs
from learning_pipeline.defs.catalog import TABLES

PACKAGE = Path(learning_pipeline.__file__).parent
TESTS = Path(__file__).parent
ROOMS = [m.name for m in pkgutil.iter_modules([str(PACKAGE)]) if m.ispkg]
SNAPSHOT = TESTS / "graph.txt"


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_a_page_and_tests(room: str) -> None:
    page = importlib.import_module(f"learning_pipeline.{room}").__doc__
    assert page
    assert (TESTS / room).is_dir(), f"no tests mirror {room}"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.address())
def test_every_table_says_its_grain_its_key_and_its_columns(table: type) -> None:
    assert table.grain().startswith("One row per ")
    assert set(table.key()) <= set(table.dtypes())
    undocumented = [name for name, (_, _, words) in table.columns_described().items() if not words]
    assert undocumented == []


def test_descriptions_are_prose_in_the_ui() -> None:
    """Markdown shows an indented line as code."""
    graph = defs.resolve_asset_graph()
    lines = [line for key in graph.get_all_asset_keys() for line in (graph.get(key).description or "").splitlines()]
    assert len(lines) > len(TABLES)
    assert [line for line in lines if line.startswith("    ")] == []


def graph_text() -> str:
    """Keys with what they rest on, checks, jobs, schedules, sensors."""
    graph = defs.resolve_asset_graph()
    lines = []
    for key in sorted(graph.get_all_asset_keys()):
        parents = sorted(parent.to_user_string() for parent in graph.get(key).parent_keys)
        lines.append(f"{key.to_user_string()} <- {', '.join(parents) or 'inbox'}")
    checks = sorted(f"check {key.name} on {key.asset_key.to_user_string()}" for key in graph.asset_check_keys)
    repository = defs.get_repository_def()
    jobs = sorted(f"job {job.name}" for job in repository.get_all_jobs() if not job.name.startswith("__"))
    ticks = [f"schedule {s.name} {s.cron_schedule}" for s in repository.schedule_defs]
    ticks += [f"sensor {s.name}" for s in repository.sensor_defs]
    return "\n".join([*lines, *checks, *jobs, *ticks]) + "\n"


def test_the_graph_is_the_one_on_file() -> None:
    assert graph_text() == SNAPSHOT.read_text(), f"if this change is meant, write graph_text() to {SNAPSHOT.name}"


def test_asset_bodies_are_wiring() -> None:
    """Read, one room function, return: about ten lines."""
    long = {}
    for path in (PACKAGE / "defs").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and any("asset" in ast.dump(d) for d in node.decorator_list):
                body = node.body[1:]
                long[f"{path.name}:{node.name}"] = body[-1].end_lineno - body[0].lineno + 1
    assert {name: n for name, n in long.items() if n > 15} == {}
