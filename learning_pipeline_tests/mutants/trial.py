"""One run of pytest in a copy of the package and its tests; the working tree is only read."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from learning_pipeline_tests.mutants.mutant import PACKAGE, TESTS, CannotBePlanted, Mutant

LIMIT_SECONDS = 180.0
PLUGIN = "learning_pipeline_tests.mutants.in_copy"
_OPTIONS = ["-n0", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", PLUGIN]
_CAUGHT = re.compile(rf"^(?:FAILED|ERROR) {TESTS}/(\S+::\S+)", re.MULTILINE)
_GREEN, _RED = 0, 1
SHIPPED = ("playbooks",)
"""Folders beside the package that it ships."""


class Trial(NamedTuple):
    """What became of a run: ``caught_by`` is the test that failed, None where none did; ``said`` explains that."""

    caught_by: str | None
    said: str
    seconds: float


def try_mutant(source: Path, mutant: Mutant) -> Trial:
    """Plant a mutant in a fresh copy and run its tests."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        copy = copied(source, Path(folder))
        try:
            mutant.plant(copy)
        except CannotBePlanted as e:
            return Trial(None, f"cannot be planted: {e}", 0.0)
        code, output, seconds = run_tests(copy, mutant.test_paths())
    caught = _CAUGHT.search(output)
    if code == _RED and caught:
        return Trial(caught[1], "", seconds)
    return Trial(None, "survived: its tests stay green" if code == _GREEN else f"no verdict\n{output}", seconds)


def try_unchanged(source: Path, mutants: list[Mutant]) -> Trial:
    """Run the tests of all mutants once without any; ``said`` is empty where they are green."""
    paths = sorted({path for mutant in mutants for path in mutant.test_paths()})
    with tempfile.TemporaryDirectory(prefix="mutant-none-") as folder:
        code, output, seconds = run_tests(copied(source, Path(folder)), paths, LIMIT_SECONDS * 5)
    return Trial(None, "" if code == _GREEN else output, seconds)


def copied(source: Path, folder: Path) -> Path:
    """Copy what the tests need into a folder."""
    for name in (PACKAGE, TESTS, *(name for name in SHIPPED if (source / name).is_dir())):
        shutil.copytree(source / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    shutil.copy2(source / "pyproject.toml", folder)
    return folder


def run_tests(copy: Path, paths: list[str], limit: float = LIMIT_SECONDS) -> tuple[int | None, str, float]:
    """Exit code (None where time ran out), output and seconds of the tests of a copy."""
    began = time.monotonic()
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"}
    command = [sys.executable, "-m", "pytest", *_OPTIONS, *paths]
    with subprocess.Popen(
        command,
        cwd=copy,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=limit)
            code: int | None = process.returncode
        except subprocess.TimeoutExpired:
            code, output = None, f"no end after {limit:.0f} s"
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # with what its tests started
    return code, output, time.monotonic() - began
