"""What was tried before: how many, how far their results lie apart, and whether the choice among them was a fit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from learning_pipeline.contracts import days_between
from learning_pipeline.stats import Overfitting, backtest_overfitting, moments

Trial = Mapping[str, Any]


class Tried(NamedTuple):
    """Trials as the gates count them.

    Attributes
    ----------
    n : int
        All recorded trials of the type, failed ones too.
    variance : float or None
        Variance of the daily Sharpe ratios of those that finished; null below two.
    n_grid : int
        Trials of this artifact's training, failed ones too.
    overfitting : Overfitting or None
        Of the choice within that grid; null where it cannot be computed.
    """

    n: int
    variance: float | None
    n_grid: int
    overfitting: Overfitting | None


def tried(trials: Sequence[Trial], train_id: str | None, n_blocks: int) -> Tried:
    """Count the trials of a type of model.

    Parameters
    ----------
    trials : sequence of mapping
        Rows of the ledger: ``trial_id, train_id, status, daily_roi``. None of them may be left out.
    train_id : str or None
        Training of the artifact.
    n_blocks : int
        Of the PBO.
    """
    by_training: dict[str, list[Trial]] = {}
    for trial in trials:
        by_training.setdefault(trial["train_id"], []).append(trial)
    ratios = [ratio for grid in by_training.values() for ratio in _ratios(_results(grid))]
    own = by_training.get(train_id or "", [])
    variance = float(np.var(ratios, ddof=1)) if len(ratios) > 1 else None
    return Tried(len(trials), variance, len(own), backtest_overfitting(_results(own), n_blocks))


def _results(grid: Iterable[Trial]) -> NDArray[np.float64]:
    """(n_days, n_finished): results out of fold by day, from the first day of any of them to the last."""
    series = [_by_day(trial["daily_roi"]) for trial in grid if trial["status"] == "finished"]
    every = [day for one in series for day in one]
    if not every:
        return np.zeros((0, len(series)))
    days = days_between(min(every), max(every))
    return np.array([[one.get(day, 0.0) for one in series] for day in days])


def _by_day(roi: Mapping[str, float]) -> dict[dt.date, float]:
    return {dt.date.fromisoformat(day): value for day, value in roi.items()}


def _ratios(results: NDArray[np.float64]) -> list[float]:
    """Daily Sharpe ratio of each trial; 0 for one that never took anything."""
    found = [moments(results[:, k]) for k in range(results.shape[1])]
    return [one.sharpe if one else 0.0 for one in found]
