"""Settings of the table ``[books]``."""

from __future__ import annotations

from typing import ClassVar

from learning_pipeline.books.learning.settings import LearningBookSettings
from learning_pipeline.books.research.settings import ResearchSettings


class BooksSettings(LearningBookSettings, ResearchSettings):
    """What the learning book and the research budget may risk; one object for replay and live."""

    variables: ClassVar[str] = ""
