"""Which code runs is said by git where there is a checkout, else by the files."""

import shutil
import subprocess
from pathlib import Path

import pytest

from learning_pipeline.stores.code import PACKAGE, code_version

GIT = shutil.which("git")


@pytest.fixture(name="package")
def _package(tmp_path: Path) -> Path:
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("one = 1\n")
    return package


def git(folder: Path, *arguments: str) -> str:
    assert GIT
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    said = subprocess.run([GIT, "-C", folder, *identity, *arguments], check=True, capture_output=True, text=True)
    return said.stdout.strip()


def version(package: Path) -> str:
    code_version.cache_clear()
    return code_version(package)


@pytest.mark.skipif(GIT is None, reason="no git here")
def test_a_checkout_says_its_commit_and_what_differs_from_it(package: Path) -> None:
    git(package.parent, "init", "-q")
    git(package.parent, "add", ".")
    git(package.parent, "commit", "-q", "-m", "first")
    commit = git(package.parent, "rev-parse", "HEAD")
    assert version(package) == commit
    (package.parent / "beside.py").write_text("no part of the package\n")
    assert version(package) == commit
    (package / "__init__.py").write_text("one = 2\n")
    changed = version(package)
    assert changed.startswith(f"{commit}+")
    (package / "new.py").write_text("")
    assert version(package) not in (changed, commit)


@pytest.mark.skipif(GIT is None, reason="no git here")
def test_a_package_installed_inside_another_checkout_is_not_its_commit(package: Path) -> None:
    git(package.parent, "init", "-q")
    (package.parent / "file").write_text("")
    git(package.parent, "add", "file")
    git(package.parent, "commit", "-q", "-m", "another program")
    assert git(package.parent, "rev-parse", "HEAD") not in version(package)


def test_without_git_the_files_say_it(package: Path) -> None:
    before = version(package)
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "one.pyc").write_bytes(b"x")
    assert version(package) == before
    (package / "__init__.py").write_text("one = 2\n")
    assert version(package) != before
    number, _, digest = before.partition("+")
    assert number[0].isdigit()
    assert len(digest) == 12


def test_the_package_is_this_one() -> None:
    assert (PACKAGE / "stores" / "code.py").is_file()
