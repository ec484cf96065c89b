"""The shipped notebooks run to their end, and say what the tables say, on data roots that are full, empty or old."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from learning_pipeline.allocation import TimeframeRoi
from learning_pipeline.analysis.guards.tables import GuardEffectiveness
from learning_pipeline.analysis.what_if.tables import SwapSets, WhatIf
from learning_pipeline.books.learning.tables import Pnl
from learning_pipeline.contracts import Table
from learning_pipeline.stores.home import VARIABLE
from learning_pipeline_tests.worlds import Root, bot_events, hourly_bars

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
NAMES = ["allocation", "books", "guards", "lessons", "models", "what_if"]
READ = {
    "allocation": "allocation.positions",
    "books": "books.open_risk",
    "guards": "analysis.guard_effectiveness",
    "lessons": "tuning.selections",
    "models": "drift.scores",
    "what_if": "analysis.swap_sets",
}
"""A table that each cannot do without."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    root = Root(tmp_path_factory.mktemp("notebooks"))
    bars = hourly_bars(1, 8)
    root.deliver(bot_events(1, bars, 40), bars)
    root.run()
    return root


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Root:
    """Initialised: a run has published tables without a row."""
    root = Root(tmp_path_factory.mktemp("empty"))
    root.run()
    return root


def shown(name: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Any]:
    """Everything that a notebook puts on the page, as text, and what its cells define."""
    monkeypatch.setenv(VARIABLE, str(home))
    outputs, found = runpy.run_path(str(NOTEBOOKS / f"{name}.py"))["app"].run()
    return "\n".join(output.text for output in outputs if output is not None), found


def newest(root: Root, table: type[Table]) -> pl.DataFrame:
    rows = root.table(table)
    return rows.filter(pl.col("day") == pl.col("day").max())


def test_there_is_a_test_of_each() -> None:
    assert sorted(path.stem for path in NOTEBOOKS.glob("*.py")) == NAMES
    assert {path.name: n for path in NOTEBOOKS.glob("*.py") if (n := len(path.read_text().splitlines())) >= 150} == {}


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_data_root_gets_words(name: str, empty: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    page, _ = shown(name, empty.home.root, monkeypatch)
    assert page.count("marimo-callout-output") == 2  # opened and closed: one, and nothing after it
    assert "kind='&quot;warn&quot;'" in page


@pytest.mark.parametrize("name", NAMES)
def test_a_data_root_without_a_warehouse_gets_words(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page, _ = shown(name, tmp_path, monkeypatch)
    assert "no warehouse yet" in page


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_table_is_named(name: str, root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(root.home.warehouse, tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as warehouse:
        warehouse.execute(f"DROP VIEW {READ[name]}")
    page, _ = shown(name, tmp_path, monkeypatch)
    assert READ[name].split(".")[1] in page
    assert "published by an older version, perhaps" in page


def test_guards_answers_with_the_verdict_of_the_table(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    page, found = shown("guards", root.home.root, monkeypatch)
    table = root.table(GuardEffectiveness)
    assert found["row"] in table.select(list(found["row"])).to_dicts()
    assert found["blocked"].height == found["row"]["n_blocked"]
    assert found["together"]["n"].sum() == found["row"]["n_blocked"]
    assert found["together"]["n_settled"].sum() + found["row"]["n_pending"] == found["row"]["n_blocked"]
    # Money is rounded once, when it is shown: rounded deal by deal it would be another sum than the verdict's.
    assert abs(found["together"]["saved_usd"].sum() - found["row"]["net_saved_usd"]) <= 0.005 * found["together"].height
    answers = {"saves": "No: it saves money.", "costs": "Yes: it costs money.", "inconclusive": "Nobody can tell yet."}
    assert found["answer"] == answers[found["row"]["verdict"]]
    assert found["answer"] in page


def test_what_if_says_of_each_mode_what_the_table_says(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    page, found = shown("what_if", root.home.root, monkeypatch)
    longest = pl.col("window_days") == pl.col("window_days").max()
    assert found["shown"].height == newest(root, WhatIf).filter(longest).height
    assert set(found["modes"]) == {"unconstrained", "capital_aware"}
    assert found["swapped"].height == newest(root, SwapSets).filter(longest).height
    assert "Nobody can tell that it would have made a difference." in page
    assert found["answer"] == "unclear"


def test_allocation_tells_the_shares_of_the_newest_day(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    page, found = shown("allocation", root.home.root, monkeypatch)
    shares = newest(root, TimeframeRoi).drop_nulls("allocation")
    assert found["standing"].drop_nulls("allocation")["allocation"].sum() == pytest.approx(1.0)
    assert all(f"{name} {share:.1%}" in page for name, share in shares.select("timeframe", "allocation").iter_rows())
    assert found["n_moved"] == 0


def test_books_says_that_no_trade_was_closed(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    page, found = shown("books", root.home.root, monkeypatch)
    assert [row["book"] for row in found["rows"]] == ["profit", "learning", "research"]
    assert [row["pnl_usd"] for row in found["rows"]] == [None] * 3
    assert found["inside"].height == root.table(Pnl).height
    assert page.count("closed no trade") == 3


def test_models_says_how_to_have_one(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    page, _ = shown("models", root.home.root, monkeypatch)
    assert "No model was trained here." in page
    assert "learning-pipeline train" in page


def test_lessons_says_where_there_is_none(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    page, _ = shown("lessons", root.home.root, monkeypatch)
    assert "No lesson yet" in page
