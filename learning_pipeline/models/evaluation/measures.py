"""Figures of one daily series, and of a model's probabilities."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from learning_pipeline.models.evaluation.evaluation import Number
from learning_pipeline.models.trials import auc
from learning_pipeline.stats import max_drawdown, min_track_record, moments, probabilistic_sharpe

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


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
    n_won, came = int(success.sum()), success.astype(np.float64)
    found = auc(probabilities, came, np.ones(len(came))) if 0 < n_won < len(came) else None
    return {
        "auc": found,
        "brier": math.fsum((probabilities - success) ** 2) / len(success),
        "success_share": n_won / len(success),
    }
