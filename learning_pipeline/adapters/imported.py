"""What adapters give."""

from learning_pipeline.contracts.imported import Event, Imported

__all__ = ["Event", "Imported"]
