"""A planted defect: where it goes, why it matters, and which tests must catch it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

PACKAGE, TESTS = "learning_pipeline", "learning_pipeline_tests"


class CannotBePlanted(Exception):
    """The text that a mutant changes does not stand exactly once in its file."""


class Mutant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One defect.

    why : one sentence; file : below the package; old, new : text that stands there exactly once, and what replaces it;
    tests : pytest paths below the tests, as few as catch it.
    """

    why: str
    file: str
    old: str
    new: str
    tests: list[str]

    def plant(self, root: Path) -> None:
        """Put the defect into a copy.

        Raises
        ------
        CannotBePlanted
            The file is gone, or its text is not there exactly once.
        """
        path = root / PACKAGE / self.file
        text = path.read_text() if path.exists() else ""
        if text.count(self.old) != 1:
            raise CannotBePlanted(f"{self.file}: expected its text once, found it {text.count(self.old)} times")
        path.write_text(text.replace(self.old, self.new))

    def test_paths(self) -> list[str]:
        """The tests as pytest names them from the root."""
        return [f"{TESTS}/{test}" for test in self.tests]


def read_mutants(folder: Path) -> dict[str, Mutant]:
    """Mutants of every TOML file in a folder, by name."""
    found: dict[str, Mutant] = {}
    for path in sorted(folder.glob("*.toml")):
        for name, fields in tomllib.loads(path.read_text()).items():
            if name in found:
                raise ValueError(f"{path.name}: the mutant {name} stands twice")
            found[name] = msgspec.convert(fields, Mutant)
    return found
