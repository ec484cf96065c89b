"""One trial: a setting tried out of fold, and what it would have earned; a failed one is a trial too."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from learning_pipeline.datasets.splits import Split
from learning_pipeline.models.break_even import break_even
from learning_pipeline.models.bundle import expit
from learning_pipeline.models.learners import Params, fitted
from learning_pipeline.models.sample import Sample

DAY_US = 86_400_000_000
EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True)
class Trial:
    """What came of a setting.

    Attributes
    ----------
    params : dict
        The setting.
    metrics : dict
        Out of fold, weighted: ``log_loss``, ``brier``, ``auc`` (not there where the tests have one kind of result),
        ``base_log_loss`` (of the share of successes of each training part); ``n``, ``n_taken``, ``net_roi`` (sum of
        what was taken). Empty where it failed.
    daily_roi : dict
        Day -> sum of the net results of the trades that it would take, fractions of notional; 0 where it takes none.
    reason : str or None
        Why it failed.
    rows, log_odds : ndarray
        Rows tested and their log odds before calibration.
    """

    params: Params
    metrics: dict[str, float] = field(default_factory=dict)
    daily_roi: dict[str, float] = field(default_factory=dict)
    reason: str | None = None
    rows: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    log_odds: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def row(self, dataset_id: str, model_type: str) -> dict[str, Any]:
        """Its row in the ledger.

        ``trial_id`` digests dataset, setting and result: the same look at the same data is one trial, however often a
        training is repeated; another result (by other code) is another.
        """
        said = {
            "model_type": model_type,
            "status": "failed" if self.reason else "finished",
            "params": self.params,
            "metrics": self.metrics,
            "daily_roi": self.daily_roi,
            "reason": self.reason,
        }
        text = json.dumps([dataset_id, said], sort_keys=True, allow_nan=False)
        return said | {"trial_id": hashlib.sha256(text.encode()).hexdigest()}


def tried(params: Params, sample: Sample, splits: list[Split]) -> Trial:
    """Fit and test a setting on each split; whatever a learner refuses is a failed trial with its reason."""
    try:
        parts = [_tested(params, sample, split) for split in splits]
    except (ValueError, ArithmeticError) as e:
        return Trial(params, reason=f"{type(e).__name__}: {' '.join(str(e).split())[:300]}")
    rows, log_odds, base, takes = (np.concatenate(column) for column in zip(*parts, strict=True))
    metrics = _metrics(sample, rows, log_odds, base) | {
        "n": len(rows),
        "n_taken": int(takes.sum()),
        "net_roi": float(sample.net_roi[rows[takes]].sum()),
    }
    daily = _daily(sample.decided_at[rows] // DAY_US, np.where(takes, sample.net_roi[rows], 0.0))
    return Trial(params, metrics, daily, None, rows, log_odds)


def _tested(params: Params, sample: Sample, split: Split) -> tuple[np.ndarray, ...]:
    """Rows of a test, their log odds, those of the training's share of successes, and whether each is taken."""
    train = split.train
    success, weight = sample.success[train], sample.weight[train]
    log_odds = fitted(params, sample.x[train], success, weight)(sample.x[split.test])
    share = np.average(success, weights=weight)
    pays = break_even(success, sample.net_roi[train], weight).threshold
    return split.test, log_odds, np.full(len(log_odds), np.log(share / (1 - share))), expit(log_odds) > pays


def _metrics(sample: Sample, rows: np.ndarray, log_odds: np.ndarray, base: np.ndarray) -> dict[str, float]:
    success, weight = sample.success[rows], sample.weight[rows]
    metrics = {
        "log_loss": _log_loss(log_odds, success, weight),
        "base_log_loss": _log_loss(base, success, weight),
        "brier": float(np.average((expit(log_odds) - success) ** 2, weights=weight)),
    }
    return metrics | ({"auc": auc(log_odds, success, weight)} if 0 < success.sum() < len(success) else {})


def _log_loss(log_odds: np.ndarray, success: np.ndarray, weight: np.ndarray) -> float:
    return float(np.average(np.logaddexp(0, log_odds) - success * log_odds, weights=weight))


def auc(score: np.ndarray, success: np.ndarray, weight: np.ndarray) -> float:
    """Weighted chance that a success scores above a failure, ties one half; of scores of both kinds."""
    _, place = np.unique(score, return_inverse=True)
    won, lost = np.bincount(place, weight * success), np.bincount(place, weight * (1 - success))
    below = np.cumsum(lost) - lost
    return float((won * (below + lost / 2)).sum() / (won.sum() * lost.sum()))


def _daily(day: np.ndarray, roi: np.ndarray) -> dict[str, float]:
    """Sum per day from the first to the last, days without any too."""
    sums = np.bincount(day - day.min(), roi)
    first = EPOCH + dt.timedelta(days=int(day.min()))
    return {(first + dt.timedelta(days=k)).isoformat(): float(total) for k, total in enumerate(sums)}
