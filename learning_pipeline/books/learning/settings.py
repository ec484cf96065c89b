"""What the learning book may risk."""

from __future__ import annotations

from pydantic import Field

from learning_pipeline.contracts import Settings


class LearningBookSettings(Settings):
    """Budgets and sizes of learning trades (learning-book, "Config surface")."""

    learning_book_enabled: bool = Field(default=True, description="whether there are learning trades at all")
