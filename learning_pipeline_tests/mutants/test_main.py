"""The runner says what is not caught: tried on a package of one function."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from learning_pipeline_tests.mutants.__main__ import main
from learning_pipeline_tests.mutants.mutant import read_mutants

MUTANTS = Path(__file__).parent
ONE_TEST = """
from learning_pipeline.sums import plus

def test_sum():
    assert plus(2, 2) == 4
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A project with one function, one test, and this runner's plugin."""
    files = {
        "learning_pipeline/__init__.py": "",
        "learning_pipeline/sums.py": "def plus(a, b):\n    return a + b\n",
        "learning_pipeline_tests/test_sums.py": ONE_TEST,
        "learning_pipeline_tests/mutants/in_copy.py": (MUTANTS / "in_copy.py").read_text(),
        "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--import-mode=importlib"\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def told(source: Path, **replaced: str) -> tuple[int, str]:
    """Exit code and words of a run with mutants that replace ``a + b``, by name."""
    fields = 'why = "Because."\nfile = "sums.py"\nold = "a + b"\ntests = ["test_sums.py::test_sum"]\n'
    text = "\n".join(f"[{name}]\nnew = '{new}'\n{fields}" for name, new in replaced.items())
    listed = source / "listed"
    listed.mkdir(exist_ok=True)
    (listed / "sums.toml").write_text(text)
    words = io.StringIO()
    return main([], listed, source, Console(file=words, width=100)), words.getvalue()


def test_a_mutant_that_a_test_catches_is_told_with_that_test(source: Path) -> None:
    code, words = told(source, minus="a - b")
    assert code == 0
    assert "test_sums.py::test_sum" in words
    assert (source / "learning_pipeline" / "sums.py").read_text().endswith("a + b\n"), "the working tree is only read"


def test_what_survives_or_cannot_be_tried_fails_by_name(source: Path) -> None:
    code, words = told(source, times="a * b", broken="a +")
    assert code == 1
    assert "times: survived" in words
    assert "broken: no verdict" in words, "a copy that cannot be imported proves nothing"
    assert "0 of 2 defects caught" in words


def test_a_text_that_is_gone_or_stands_twice_fails_by_name(source: Path) -> None:
    path = source / "learning_pipeline" / "sums.py"
    path.write_text(path.read_text().replace("a + b", "b + a"))
    code, words = told(source, minus="a - b")
    assert (code, "minus: cannot be planted: sums.py: expected its text once, found it 0 times" in words) == (1, True)
    path.write_text("def plus(a, b):\n    return a + b  # a + b\n")
    assert "found it 2 times" in told(source, minus="a - b")[1]


def test_tests_that_fail_with_nothing_planted_are_told_first(source: Path) -> None:
    (source / "learning_pipeline_tests" / "test_sums.py").write_text(ONE_TEST.replace("== 4", "== 5"))
    code, words = told(source, minus="a - b")
    assert (code, "the tests fail with nothing planted" in words) == (1, True)


def test_an_unknown_name_is_a_usage_error(source: Path) -> None:
    words = io.StringIO()
    assert main(["nobody"], MUTANTS, source, Console(file=words)) == 2
    assert "no such mutant: nobody" in words.getvalue()


def test_every_mutant_says_why() -> None:
    every = read_mutants(MUTANTS)
    assert [name for name, mutant in every.items() if not mutant.why.endswith(".") or mutant.old == mutant.new] == []
