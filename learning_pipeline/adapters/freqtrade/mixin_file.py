"""The file that makes a freqtrade strategy record its own decisions."""

from __future__ import annotations

import importlib.resources

MIXIN_NAME = "learning_events.py"
"""What the file must be called in ``user_data/strategies``."""


def mixin_text() -> str:
    """The file's text, as it is copied there; its docstring says how it is used."""
    folder = importlib.resources.files("learning_pipeline.adapters.freqtrade") / "mixin"
    return (folder / MIXIN_NAME).read_text("utf-8")
