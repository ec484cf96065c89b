"""From examples to a bundle: try a few settings out of fold, choose one, fit it on everything, calibrate it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass

import numpy as np
import polars as pl

from learning_pipeline.datasets.settings import DatasetsSettings
from learning_pipeline.datasets.splits import Split, walk_forward
from learning_pipeline.errors import DataMissing, TrainingFailed
from learning_pipeline.models.break_even import break_even
from learning_pipeline.models.bundle import Bundle
from learning_pipeline.models.calibrate import platt
from learning_pipeline.models.learners import LOGISTIC, Params, baseline, grid, grown
from learning_pipeline.models.reference import references
from learning_pipeline.models.sample import Sample
from learning_pipeline.models.settings import ModelsSettings
from learning_pipeline.models.trials import DAY_US, Trial, tried

MODEL_TYPE = "signal_model"


@dataclass(frozen=True)
class Recipe:
    """How a model is trained; with the dataset it decides every byte of it.

    Attributes
    ----------
    params : list of Params
        Settings that are tried, the baseline last.
    n_folds : int
        Tests, one after the other.
    embargo_days : float
        Days after a test that training leaves out.
    min_samples : int
        Examples that it takes at least.
    """

    params: list[Params]
    n_folds: int
    embargo_days: float
    min_samples: int

    @classmethod
    def of(cls, models: ModelsSettings, datasets: DatasetsSettings) -> Recipe:
        """The recipe of a signal model."""
        params = [*grid(models.seed), baseline()]
        return cls(params, datasets.n_folds, datasets.embargo_days, models.min_samples)

    def sha256(self) -> str:
        """Digest of all of it: the ``config_hash`` of what it makes."""
        said = [MODEL_TYPE, self.params, self.n_folds, self.embargo_days, self.min_samples]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Search:
    """Every setting tried, in the recipe's order; also those that failed."""

    sample: Sample
    trials: list[Trial]

    @property
    def chosen(self) -> Trial:
        """Boosted trees with the least log loss out of fold; of equal ones the plainer.

        Raises
        ------
        TrainingFailed
            Each setting failed.
        """
        finished = [trial for trial in self._trees if not trial.reason]
        if not finished:
            raise TrainingFailed(f"every setting failed, the first with: {self._trees[0].reason}")
        return min(finished, key=lambda trial: trial.metrics["log_loss"])

    @property
    def baseline(self) -> Trial:
        """The logistic regression."""
        return next(trial for trial in self.trials if trial.params["learner"] == LOGISTIC)

    @property
    def metrics(self) -> dict[str, float]:
        """Out of fold: of the chosen setting, and with ``baseline_`` before the name those of the baseline."""
        beside = {f"baseline_{name}": value for name, value in self.baseline.metrics.items() if name in COMPARED}
        return self.chosen.metrics | beside

    @property
    def _trees(self) -> list[Trial]:
        return [trial for trial in self.trials if trial.params["learner"] != LOGISTIC]


COMPARED = ("log_loss", "brier", "auc", "net_roi", "n_taken")


def search(examples: pl.DataFrame, recipe: Recipe) -> Search:
    """Try each setting by walk-forward, purged and embargoed.

    Raises
    ------
    DataMissing
        Too few examples, one kind of result only (in a training part too), or no feature that differs.
    """
    sample = Sample.of(examples, recipe.min_samples)
    embargo = round(recipe.embargo_days * DAY_US)
    splits = walk_forward(sample.decided_at, sample.label_end, recipe.n_folds, embargo)
    for k, split in enumerate(splits):
        _require_both(sample, split, k)
    return Search(sample, [tried(params, sample, splits) for params in recipe.params])


def bundle_of(search: Search, dataset_id: str) -> Bundle:
    """The chosen setting, fitted on every example and calibrated on its predictions out of fold.

    Raises
    ------
    DataMissing
        Successes earned no more than failures.
    TrainingFailed
        Each setting failed.
    """
    chosen, sample = search.chosen, search.sample
    weight = sample.weight
    calibration = platt(chosen.log_odds, sample.success[chosen.rows], weight[chosen.rows])
    pays = break_even(sample.success, sample.net_roi, weight)
    return Bundle(
        dataset_id=dataset_id,
        trained_until=dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(microseconds=int(sample.label_end.max())),
        n=len(sample),
        n_effective=float(weight.sum()),
        success_share=float(np.average(sample.success, weights=weight)),
        features=sample.names,
        dropped=sample.dropped,
        params=chosen.params,
        booster=grown(chosen.params, sample.x, sample.success, weight),
        calibration=calibration,
        **pays._asdict(),
        reference=references(sample.x, sample.names),
    )


def _require_both(sample: Sample, split: Split, k: int) -> None:
    if len(np.unique(sample.success[split.train])) < 2:
        raise DataMissing(
            f"the {len(split.train)} examples before test {k + 1} have the same result: too few to test on"
        )
