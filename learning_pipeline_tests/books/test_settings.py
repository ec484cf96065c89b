"""The seeds' environment variables by their own names."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from learning_pipeline.books.settings import BooksSettings
from learning_pipeline.stores.settings_file import load_settings


def books(path: Path, environment: dict[str, str]) -> BooksSettings:
    found = load_settings(path, {"books": BooksSettings}, environment=environment)
    return cast("BooksSettings", found["books"])


def test_keys_in_upper_case_are_variables_and_empty_is_unset(tmp_path: Path) -> None:
    path = tmp_path / "learning_pipeline.toml"
    path.write_text("[books]\nresearch_budget_fraction = 0.3\n")
    assert books(path, {"RESEARCH_BUDGET_FRACTION": ""}).research_budget_fraction == 0.3
    assert books(path, {"RESEARCH_BUDGET_FRACTION": "0.2"}).research_budget_fraction == 0.2
    assert not books(path, {"LEARNING_BOOK_ENABLED": "false"}).learning_book_enabled


def test_the_longer_name_wins(tmp_path: Path) -> None:
    given = {"RESEARCH_BUDGET_FRACTION": "0.2", "LEARNING_PIPELINE_BOOKS_RESEARCH_BUDGET_FRACTION": "0.25"}
    assert books(tmp_path / "none.toml", given).research_budget_fraction == 0.25
