"""A deployed model on one day: what it saw, said and earned against its training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from learning_pipeline.datasets.matrix import matrix
from learning_pipeline.drift.bins import Floats, Ints
from learning_pipeline.drift.exchange import Exchange
from learning_pipeline.drift.finding import Finding
from learning_pipeline.drift.performance import Labelled, decay
from learning_pipeline.drift.settings import DriftSettings
from learning_pipeline.drift.shift import shifts
from learning_pipeline.drift.tables import PREDICTION
from learning_pipeline.drift.window import Sample, newest_days


@dataclass(frozen=True)
class Reference:
    """What an artifact was trained on.

    Attributes
    ----------
    names : tuple of str, length k
        Features that it reads.
    features : ndarray of shape (n, k)
        Of its dataset, NaN where not known; ``feature_days`` (n,) ordinals of the days of decision.
    predictions : ndarray of shape (m,)
        The model's own, on its examples; ``prediction_days`` (m,) likewise. Empty where there are none: predictions are
        not compared then.
    metrics : mapping
        Figures measured out of fold: ``brier``, ``log_loss``, ``net_roi`` (mean of trades taken).
    """

    names: tuple[str, ...]
    features: Floats
    feature_days: Ints
    predictions: Floats
    prediction_days: Ints
    metrics: Mapping[str, float]


def model_findings(
    scored: pl.DataFrame, outcomes: pl.DataFrame, reference: Reference, key: str, settings: DriftSettings
) -> list[Finding]:
    """Every comparison of one deployed artifact on one day.

    Parameters
    ----------
    scored : DataFrame
        ``signal_id, known_at, score, takes, features`` of the decisions that it scored in the last ``window_days``, in
        key order.
    outcomes : DataFrame
        Newest ``shadow.outcomes`` of these signals known by the end of the day.
    key : str
        What the draws are made from.
    """
    moved = _shifted(scored, reference, key, settings)
    return [*moved, *decay(*_labelled(scored, outcomes), reference.metrics, settings)]


def _shifted(scored: pl.DataFrame, reference: Reference, key: str, settings: DriftSettings) -> list[Finding]:
    days = ordinals(scored["known_at"])
    first = newest_days(days, settings)
    recent, days = (scored, days) if first is None else (scored.filter(days >= first), days[days >= first])
    x, k = matrix(recent["features"], reference.names), len(reference.names)
    seen = [(name, reference.features[:, j], x[:, j]) for j, name in enumerate(reference.names)]
    compared = [(reference.feature_days, seen)]
    if len(reference.predictions):
        compared += [(reference.prediction_days, [(PREDICTION, reference.predictions, recent["score"].to_numpy())])]
    found = []
    for reference_days, columns in compared:
        n_days, n_window = len(np.unique(reference_days)), len(np.unique(days))
        is_enough = first is not None and n_days >= settings.days_min
        exchange = Exchange(n_days, n_window, settings.draws, f"{key} {k}") if is_enough else None
        for name, then, now in columns:
            window = Sample.of(now, days) if is_enough else None
            found += shifts(name, Sample.of(then, reference_days), window, exchange, recent.height, settings)
    return found


def _labelled(scored: pl.DataFrame, outcomes: pl.DataFrame) -> tuple[Labelled, int]:
    """Decisions with a label, and how many have none yet; one that cannot be simulated never gets one."""
    both = scored.join(outcomes.select("signal_id", "success", "net_roi", "reason"), on="signal_id", how="left")
    known = both.filter(pl.col("success").is_not_null())
    n_pending = both.height - known.height - both.filter(pl.col("reason").is_not_null()).height
    return Labelled(
        known["score"].to_numpy(),
        known["success"].cast(pl.Float64).to_numpy(),
        known["net_roi"].fill_null(float("nan")).to_numpy(),
        known["takes"].to_numpy(),
        ordinals(known["known_at"]),
    ), n_pending


def ordinals(instants: pl.Series) -> Ints:
    """UTC day of each instant as a number."""
    return instants.dt.date().to_physical().to_numpy().astype(np.int64)
