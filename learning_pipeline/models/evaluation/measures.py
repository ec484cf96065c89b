"""Figures of one daily series, and of a model's probabilities."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from learning_pipeline.models.evaluation.evaluation import Number
from learning_pipeline.stats import max_drawdown, min_track_record, moments, probabilistic_sharpe

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
N_BINS = 10


class Bin(NamedTuple):
    """Examples of neighbouring probabilities: how many, what was said, how many succeeded."""

    n: int
    said: float
    share: float


def series_figures(daily: Floats, n_trades: int, days_per_year: int) -> dict[str, Number]:
    """Name -> number of a daily series; Sharpe ratios are null where nothing moved."""
    found = moments(daily)
    year = math.sqrt(days_per_year)
    return {
        "n_trades": float(n_trades),
        "n_days": float(len(daily)),
        "total_roi": math.fsum(daily),
        "max_drawdown": max_drawdown(daily),
        "sharpe_daily": found.sharpe if found else None,
        "sharpe_annual": found.sharpe * year if found else None,
        "skew": found.skew if found else None,
        "kurtosis": found.kurtosis if found else None,
        "psr": probabilistic_sharpe(found) if found else None,
        "min_track_record_days": min_track_record(found) if found else None,
    }


def probability_figures(probabilities: Floats, success: Bools) -> dict[str, Number]:
    """AUC and Brier score; AUC is null where all examples came out alike."""
    n_won = int(success.sum())
    n_lost = len(success) - n_won
    ranks = rankdata(probabilities)
    auc = (ranks[success].sum() - n_won * (n_won + 1) / 2) / (n_won * n_lost) if n_won and n_lost else None
    return {
        "auc": float(auc) if auc is not None else None,
        "brier": math.fsum((probabilities - success) ** 2) / len(success),
        "success_share": n_won / len(success),
    }


def calibration_bins(probabilities: Floats, success: Bools) -> list[Bin]:
    """At most ten bins of about as many examples each, by probability."""
    order = np.argsort(probabilities, kind="stable")
    parts = [part for part in np.array_split(order, N_BINS) if part.size]
    return [Bin(part.size, float(probabilities[part].mean()), float(success[part].mean())) for part in parts]
