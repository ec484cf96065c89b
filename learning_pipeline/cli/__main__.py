"""``python -m learning_pipeline.cli``."""

from learning_pipeline.cli import app

app()
