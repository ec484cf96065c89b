"""A signal model against a pack."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from learning_pipeline.datasets.matrix import matrix
from learning_pipeline.models.bundle import Bundle
from learning_pipeline.models.evaluation import gates
from learning_pipeline.models.evaluation.allowed import require_allowed, require_kind
from learning_pipeline.models.evaluation.evaluation import Evaluation, Gate, Number
from learning_pipeline.models.evaluation.measures import probability_figures, series_figures
from learning_pipeline.models.evaluation.results import Days, baseline_takes, daily, days_of
from learning_pipeline.models.evaluation.tried import Tried, tried
from learning_pipeline.models.packs.pack import Pack
from learning_pipeline.models.reliability import Bin, reliability
from learning_pipeline.stats import SharpeDifference, deflated_sharpe, expected_maximum, moments, sharpe_difference

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Shown:
    """What a page shows of a signal model beside its figures.

    Attributes
    ----------
    days : list of date
        Days of the series.
    own, baseline, all_signals : ndarray of shape (n_days,)
        Net results by day, fractions of one stake.
    bins : list of Bin
        Calibration.
    examples : DataFrame
        Rows of the pack with ``probability`` and ``taken``.
    """

    days: list[dt.date]
    own: Floats
    baseline: Floats
    all_signals: Floats
    bins: list[Bin]
    examples: pl.DataFrame


def evaluate_signal_model(
    bundle: Bundle, pack: Pack, dataset: Mapping[str, Any], trials: Sequence[Mapping[str, Any]], train_id: str | None
) -> Evaluation:
    """Measure a model.

    Parameters
    ----------
    bundle : Bundle
        Read of the artifact's own bytes.
    pack : Pack
        Of kind ``signal_model``.
    dataset : mapping
        Manifest of the dataset that it was trained on.
    trials : sequence of mapping
        Every recorded trial of the type of model.
    train_id : str or None
        Its training.

    Raises
    ------
    EvaluationRefused
        It cannot be measured by this pack.
    """
    require_kind(pack, "signal_model")
    days = days_of(pack.rows, pack.manifest.windows)
    require_allowed(bundle, pack, dataset, days)
    measure = pack.manifest.measure
    shown = _shown(bundle, pack, days)
    taken = shown.examples["taken"].to_numpy()
    baseline = baseline_takes(pack.rows, pack.manifest.baseline.rule)
    found = tried(trials, train_id, measure.pbo_blocks)
    own = series_figures(shown.own, int(taken.sum()), measure.days_per_year)
    other = series_figures(shown.baseline, int(baseline.sum()), measure.days_per_year)
    gain, over_all = (_gain(pack, shown.own, series) for series in (shown.baseline, shown.all_signals))
    said = probability_figures(shown.examples["probability"].to_numpy(), pack.rows["success"].to_numpy())
    metrics = own | said | _deflated(shown.own, found) | _gain_figures(gain, "sharpe_gain")
    metrics |= _gain_figures(over_all, "sharpe_gain_over_all") | {"threshold": bundle.threshold}
    return Evaluation(metrics, other, tuple(_gates(pack, metrics, other, found)), shown)


def _shown(bundle: Bundle, pack: Pack, days: Days) -> Shown:
    probabilities = bundle.probabilities(matrix(pack.rows["features"], bundle.features))
    taken = probabilities > bundle.threshold
    every = np.ones(pack.rows.height, np.bool_)
    rule = baseline_takes(pack.rows, pack.manifest.baseline.rule)
    own, baseline, all_signals = (daily(pack.rows, days, which) for which in (taken, rule, every))
    success = pack.rows["success"].to_numpy().astype(np.float64)
    bins = reliability(probabilities, success, np.ones(len(success)))
    scored = pack.rows.with_columns(probability=pl.Series(probabilities), taken=pl.Series(taken))
    return Shown(days.days, own, baseline, all_signals, bins, scored)


def _gain(pack: Pack, own: Floats, other: Floats) -> SharpeDifference:
    """Difference of annual Sharpe ratios; a one-sided bound each way at the pack's level."""
    measure, asked = pack.manifest.measure, pack.manifest.thresholds
    year = math.sqrt(measure.days_per_year)
    found = sharpe_difference(
        own,
        other,
        level=asked.bootstrap_level,
        beyond=asked.min_sharpe_gain / year,
        block=measure.block_days,
        draws=measure.bootstrap_draws,
        seed=measure.seed,
    )
    low, high = (None if bound is None else bound * year for bound in (found.low, found.high))
    return SharpeDifference(found.difference * year, low, high, found.p_value)


def _gain_figures(gain: SharpeDifference, name: str) -> dict[str, Number]:
    return {name: gain.difference, f"{name}_low": gain.low, f"{name}_high": gain.high, f"{name}_p": gain.p_value}


def _deflated(own: Floats, found: Tried) -> dict[str, Number]:
    """The deflated ratio; null where more than one was tried and their spread is not known."""
    shape, n = moments(own), max(found.n, 1)
    variance = 0.0 if n == 1 else found.variance
    dsr = deflated_sharpe(shape, n, variance) if shape and variance is not None else None
    best = None if variance is None else math.sqrt(variance) * expected_maximum(n)
    return {
        "n_trials": float(found.n),
        "trial_sharpe_variance": found.variance,
        "expected_best_sharpe_daily": best,
        "deflated_sharpe": dsr,
        "pbo": found.overfitting.pbo if found.overfitting else None,
        "chosen_lost_share": found.overfitting.loss if found.overfitting else None,
    }


def _gates(pack: Pack, own: Mapping[str, Number], other: Mapping[str, Number], found: Tried) -> list[Gate]:
    asked = pack.manifest.thresholds
    return [
        *gates.gain_gates(own["sharpe_gain_low"], own["sharpe_gain_over_all_low"], pack.manifest.baseline.rule, asked),
        gates.drawdown_gate(own["max_drawdown"] or 0.0, other["max_drawdown"] or 0.0, asked),
        gates.deflated_gate(own["deflated_sharpe"], found, asked),
        gates.overfitting_gate(found, asked),
        gates.trades_gate(int(own["n_trades"] or 0), asked),
    ]
