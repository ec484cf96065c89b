"""What a bot or a notebook imports; never Dagster."""

from learning_pipeline.stores.recorder import Recorder

__all__ = ["Recorder"]
