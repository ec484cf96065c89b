"""Pytest plugin of a trial: only the copy is imported, and property tests stop at the first failing example."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

import learning_pipeline

_PHASES = (hypothesis.Phase.explicit, hypothesis.Phase.generate)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to test anything but the copy."""
    found = Path(learning_pipeline.__file__).resolve()
    if not found.is_relative_to(config.rootpath.resolve()):
        raise pytest.UsageError(f"expected learning_pipeline below {config.rootpath}, imported {found}")
    # The same examples each time; shrinking them would only take time.
    hypothesis.settings.register_profile("mutants", phases=_PHASES, derandomize=True, database=None)
    hypothesis.settings.load_profile("mutants")
