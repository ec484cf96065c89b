"""What a model was trained on, as it is compared with what it is given now."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from learning_pipeline.datasets.matrix import matrix
from learning_pipeline.drift.served import Reference, ordinals
from learning_pipeline.models.bundle import Bundle


def reference_of(bundle: Bundle, examples: pl.DataFrame, metrics: Mapping[str, float]) -> Reference:
    """Features of the examples, the model's own predictions on them, and what was measured out of fold.

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
        That a model knows the labels of its examples too well does not move the spread of its predictions by much;
        predictions out of fold are those of other models, whose spread differs from its own.
    """
    rows = examples.sort("signal_id")
    x, days = matrix(rows["features"], bundle.features), ordinals(rows["decided_at"])
    return Reference(bundle.features, x, days, bundle.probabilities(x), days, _figures(metrics))


def _figures(metrics: Mapping[str, float]) -> dict[str, float]:
    of_all = {name: metrics[name] for name in ("brier", "log_loss") if name in metrics}
    taken = metrics.get("n_taken", 0)
    return of_all | ({"net_roi": metrics["net_roi"] / taken} if taken and "net_roi" in metrics else {})
