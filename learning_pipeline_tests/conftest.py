"""What holds for every test."""

import gc
import os

import pytest
from hypothesis import settings

# A busy machine makes an example slow, not wrong; speed is measured elsewhere, as ratios. What is green stays green:
# the same examples every time; `pytest --hypothesis-profile=explore` looks for new ones.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=300)
settings.load_profile("steady")

# A sixth of every small run each; the tests of pictures and of threads ask for theirs.
os.environ["LEARNING_PIPELINE_PICTURES"] = "off"
os.environ["POLARS_MAX_THREADS"] = "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stories first: begun last, the longest files would keep one worker busy while the others have nothing to do."""
    items.sort(key=lambda item: "stories" not in item.path.parts)


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: garbage collection need not walk over it again and again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Let everything go in an orderly way, or extension modules complain of leaks."""
    gc.unfreeze()
