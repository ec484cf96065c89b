"""Datasets: labelled examples of signals, with everything known at the decision and nothing later (SEMANTICS 9)."""

from learning_pipeline.datasets.features import bars_since, features
from learning_pipeline.datasets.tables import Examples, Features, Manifests

__all__ = ["Examples", "Features", "Manifests", "bars_since", "features"]
