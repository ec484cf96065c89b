"""What a model was trained on, as it is compared with what it is given now."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from learning_pipeline.datasets.matrix import matrix
from learning_pipeline.drift.bins import Floats
from learning_pipeline.drift.served import Reference, ordinals
from learning_pipeline.models.bundle import Bundle


def reference_of(bundle: Bundle, examples: pl.DataFrame, metrics: Mapping[str, float]) -> Reference:
    """Features of the examples, predictions out of fold, and what was measured out of fold.

    Parameters
    ----------
    bundle : Bundle
        The model.
    examples : DataFrame
        ``datasets.examples`` that it was trained on.
    metrics : mapping
        Of the artifact: ``brier``, ``log_loss``, ``net_roi`` (sum over trades taken), ``n_taken``.

    Returns
    -------
    Reference
        A model knows its own examples too well, so the predictions are those out of fold, of which the bundle has
        quantiles; each is given to the day of the example that holds its place in the order of the model's own
        predictions, so that days differ as much as they do.
    """
    rows = examples.sort("signal_id")
    x, days = matrix(rows["features"], bundle.features), ordinals(rows["decided_at"])
    predictions = np.asarray(bundle.predictions.quantiles)[_places(bundle.probabilities(x), len(rows))]
    return Reference(bundle.features, x, days, predictions, days, _figures(metrics))


def _places(values: Floats, n: int) -> np.ndarray:
    """Hundredth that each value stands at in the order of all, in the order given where they are alike."""
    rank = np.empty(n, dtype=np.int64)
    rank[np.argsort(values, kind="stable")] = np.arange(n)
    return np.rint(100 * (rank + 0.5) / n).astype(np.int64)


def _figures(metrics: Mapping[str, float]) -> dict[str, float]:
    of_all = {name: metrics[name] for name in ("brier", "log_loss") if name in metrics}
    taken = metrics.get("n_taken", 0)
    return of_all | ({"net_roi": metrics["net_roi"] / taken} if taken and "net_roi" in metrics else {})
