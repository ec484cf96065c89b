"""Whether a model still does as well as it did out of fold, on labels as they arrive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from learning_pipeline.drift.bins import Floats, Ints
from learning_pipeline.drift.finding import Finding
from learning_pipeline.drift.settings import DriftSettings
from learning_pipeline.stats import running_total, total_interval

LEAST_PROBABILITY = 1e-6
"""A model that is sure and wrong loses 13.8 nats, not infinitely many."""


class Labelled(NamedTuple):
    """Decisions of the window whose outcome is known: arrays of shape (n,), in key order.

    ``score`` probability of a success; ``success`` 0 or 1; ``net_roi`` net result, a fraction of notional, NaN where it
    is not known; ``takes`` whether the model would have taken the trade; ``ordinal`` day of the decision.
    """

    score: Floats
    success: Floats
    net_roi: Floats
    takes: np.ndarray
    ordinal: Ints


def decay(labelled: Labelled, n_pending: int, metrics: Mapping[str, float], settings: DriftSettings) -> list[Finding]:
    """Brier score, log loss and net result of taken trades against the figures that were measured out of fold.

    Parameters
    ----------
    labelled : Labelled
        What is known of the window's decisions.
    n_pending : int
        Decisions of the window whose outcome is still open: no part of any figure.
    metrics : mapping
        ``brier``, ``log_loss`` and ``net_roi`` (mean of taken trades) of the artifact; what is missing is not compared.

    Returns
    -------
    list of Finding
        ``score`` is by how much it is worse, in the unit of the figure; p one-sided, from t on day totals: the days
        are what is independent. That the reference is an estimate itself is no part of p.
    """
    p = np.clip(labelled.score, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)
    log_loss = -np.where(labelled.success > 0, np.log(p), np.log1p(-p))
    brier = (labelled.score - labelled.success) ** 2
    taken = labelled.takes & ~np.isnan(labelled.net_roi)
    everything = np.ones(len(brier), dtype=bool)
    told = [
        ("brier_decay", "brier", brier, everything, settings.brier_threshold, 1.0),
        ("log_loss_decay", "log_loss", log_loss, everything, settings.log_loss_threshold, 1.0),
        ("net_roi_decay", "net_roi", labelled.net_roi, taken, settings.net_roi_threshold, -1.0),
    ]
    return [
        _worse(metric, values[of], labelled.ordinal[of], metrics[name], n_pending, size, sign, settings)
        for metric, name, values, of, size, sign in told
        if name in metrics
    ]


def _worse(
    metric: str,
    values: Floats,
    ordinals: Ints,
    reference: float,
    n_pending: int,
    size: float,
    sign: float,
    settings: DriftSettings,
) -> Finding:
    n = len(values)
    days, day = np.unique(ordinals, return_inverse=True)
    if n < settings.n_min or len(days) < settings.days_min:
        return Finding(metric, "*", n, n_pending, size, reference_value=reference)
    totals = np.bincount(day, sign * (values - reference))
    found = total_interval(totals, len(days))
    current = float(running_total(values)) / n
    p = None if found.p is None else found.p / 2 if found.total > 0 else 1 - found.p / 2
    return Finding(metric, "*", n, n_pending, size, found.total / n, p, reference, current)
