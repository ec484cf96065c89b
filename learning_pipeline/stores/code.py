"""Which code runs: what a manifest or an artifact says it was made by."""

from __future__ import annotations

import hashlib
import importlib.metadata
import shutil
import subprocess
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1]


@cache
def code_version(package: Path = PACKAGE) -> str:
    """Commit of the checkout that the package lies in, with ``+`` and a digest where its files are not the commit's.

    Elsewhere (installed, or no git) the version of the distribution, ``+`` and the digest of the files.
    """
    commit = _git(package, "rev-parse", "HEAD") if _git(package, "ls-files", "__init__.py") else None
    if commit is None:
        return f"{importlib.metadata.version('learning-pipeline')}+{_digest(package)}"
    return f"{commit}+{_digest(package)}" if _git(package, "status", "--porcelain", "--", ".") else commit


def _git(folder: Path, *arguments: str) -> str | None:
    """What git says; None where it is not installed, or the folder is not in a checkout."""
    git = shutil.which("git")
    if git is None:
        return None
    said = subprocess.run([git, "-C", folder, *arguments], capture_output=True, text=True, check=False)  # noqa: S603  # fixed words
    return said.stdout.strip() if said.returncode == 0 else None


def _digest(package: Path) -> str:
    files = (path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    named = sorted((path.relative_to(package).as_posix(), path) for path in files)
    lines = (f"{name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n" for name, path in named)
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:12]
