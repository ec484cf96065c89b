"""The documentation builds without a warning, says what the contracts say, and needs nothing from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import typer.main

from learning_pipeline.cli import app
from learning_pipeline.defs.catalog import SETTINGS, TABLES
from learning_pipeline.errors import LearningPipelineError
from learning_pipeline.events.refusals import REASON_CODES
from learning_pipeline.events.wire import STRUCTS
from learning_pipeline.stores.settings_file import load_settings

DOCS = Path(__file__).parents[2] / "docs"


class Page(HTMLParser):
    """Anchors, links, what a browser loads by itself, and the words of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: set[str] = set()
        self.loaded: set[str] = set()
        self.words = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors |= {given[name] for name in ("id", "name") if given.get(name)}
        leads = tag == "a" or (tag == "link" and given.get("rel") in {"index", "search", "next", "prev"})
        if leads and given.get("href"):
            self.links.add(given["href"])
        else:
            self.loaded |= {given[name] for name in ("src", "href", "srcset", "data") if given.get(name)}

    def handle_data(self, data: str) -> None:
        self.words += f"{data} "


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-d", str(folder / "trees")]
    done = subprocess.run([*build, str(DOCS), str(folder / "html")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "html"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in site.rglob("*.html")}


def test_every_table_has_its_place_and_each_of_its_columns_a_row(site: Path, pages: dict[Path, Page]) -> None:
    for table in TABLES:
        page = pages[site / "reference" / "tables" / f"{table.room()}.html"]
        assert table.address().replace(".", "-").replace("_", "-") in page.anchors, table.address()
        words = " ".join(page.words.split())
        for name, (_, _, said) in table.columns_described().items():
            assert name in words, f"{table.address()} {name}"
            assert said.partition("(SEMANTICS")[0].replace("`", "").split()[0] in words


def test_every_setting_is_there_with_a_variable_that_works(site: Path, pages: dict[Path, Page], tmp_path: Path) -> None:
    words = pages[site / "reference" / "settings.html"].words
    named = set(re.findall(r"\b(?:LEARNING_PIPELINE|LEARN|LEARNING|RESEARCH)_[A-Z0-9_]+\b", words))
    for room, model in SETTINGS.items():
        for key, field in model.model_fields.items():
            variable = f"LEARNING_PIPELINE_{room}_{key}".upper()
            assert variable in named
            if isinstance(field.default, bool):
                given = {variable: str(not field.default).lower()}
                loaded = load_settings(tmp_path / "none", SETTINGS, environment=given)[room]
                assert getattr(loaded, key) is not field.default
    assert {"LEARN_MIN_SAMPLES", "RESEARCH_BUDGET_FRACTION", "LEARNING_BOOK_ENABLED"} <= named


def words_of_commands(command: object, path: str = "") -> list[str]:
    inner = getattr(command, "commands", None)
    if inner is None:
        return [path.strip()]
    return [words for name, each in inner.items() for words in words_of_commands(each, f"{path} {name}")]


def test_every_command_event_type_and_code_is_there(site: Path, pages: dict[Path, Page]) -> None:
    reference = {path.stem: page for path, page in pages.items() if path.parent == site / "reference"}
    for words in words_of_commands(typer.main.get_command(app)):
        assert f"learning-pipeline {words} " in " ".join(reference["commands"].words.split())
    assert [word for word in STRUCTS if word not in reference["events"].words] == []
    codes = {each.code for each in LearningPipelineError.__subclasses__()} | set(REASON_CODES)
    assert [code for code in codes if code not in reference["errors"].words] == []
    assert "learn_drift_score" in reference["metrics"].words
    assert "learn_events_total" in reference["metrics"].words


def test_every_link_leads_somewhere(pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.exists(), f"{path.name}: {link}"
            if parts.fragment and target in pages:
                assert unquote(parts.fragment) in pages[target].anchors, f"{path.name}: {link}"


def test_a_browser_loads_nothing_from_elsewhere(site: Path, pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        assert [one for one in page.loaded if urlsplit(one).netloc] == [], path.name
    for path in [*site.rglob("*.css"), *site.rglob("*.js")]:
        assert not re.search(r"(@import|url\()\s*[\"']?(https?:)?//", path.read_text(encoding="utf-8")), path.name


def test_no_page_names_where_it_was_built(site: Path, pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        assert str(Path(os.path.commonpath([DOCS, DOCS.parent]))) not in page.words, path.name
