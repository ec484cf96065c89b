"""Whether the values of one figure are distributed as in the reference: PSI and KS, days exchanged."""

from __future__ import annotations

import numpy as np

from learning_pipeline.drift.bins import Bins, Floats
from learning_pipeline.drift.distance import gathered, ks, psi
from learning_pipeline.drift.exchange import Exchange
from learning_pipeline.drift.finding import Finding, mean
from learning_pipeline.drift.settings import DriftSettings
from learning_pipeline.drift.window import Sample


def shifts(
    feature: str, reference: Sample, window: Sample | None, exchange: Exchange | None, n: int, settings: DriftSettings
) -> list[Finding]:
    """PSI and KS of a feature or of predictions.

    Parameters
    ----------
    reference, window : Sample
        Values of training and of the window, NaN where they are not known; no window: too little is known.
    exchange : Exchange
        Of the days of both.
    n : int
        Decisions that there are.

    Returns
    -------
    list of Finding
        One of ``psi``, one of ``ks``; ``reference_value`` and ``current_value`` are means.
    """
    psi_size, ks_size = settings.psi_threshold, settings.ks_threshold
    if window is None or exchange is None:
        return [Finding("psi", feature, n, 0, psi_size), Finding("ks", feature, n, 0, ks_size)]
    bins = Bins.of(reference.values, settings.psi_bins)
    counts = day_counts(bins, reference, window)
    values = mean(reference.values), mean(window.values)
    return [
        Finding("psi", feature, n, 0, psi_size, *exchange.p(gathered(counts, bins.coarse), psi, psi_size), *values),
        Finding("ks", feature, n, 0, ks_size, *exchange.p(counts, ks, ks_size), *values),
    ]


def day_counts(bins: Bins, reference: Sample, window: Sample) -> Floats:
    """Counts per day and bin, the days of the reference first."""
    each = [bins.counted(sample.values, sample.day, sample.n_days) for sample in (reference, window)]
    return np.concatenate(each).astype(np.float64)
