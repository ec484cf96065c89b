"""What is tried: a few settings of boosted trees, and a logistic regression to compare them with.

Same rows in the same order give the same bits: one thread, no chance in it.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from learning_pipeline.models.trees import Trees, as_float32

Params = dict[str, float | int | str]
LogOdds = Callable[[np.ndarray], np.ndarray]
N_BINS = 64
MOST_SCALED = 10.0
"""Quartile distances from the median: one wild value must not make the baseline a straw man."""
TREES, LOGISTIC = "xgboost", "logistic"


def grid(seed: int) -> list[Params]:
    """Settings of boosted trees, plainest first: small, because every one of them is a trial that counts."""
    fixed: Params = {"learner": TREES, "eta": 0.05, "min_child_weight": 4, "max_bin": N_BINS, "seed": seed}
    return [fixed | {"max_depth": depth, "n_trees": n} for depth in (1, 2, 4) for n in (40, 120)]


def baseline() -> Params:
    """The logistic regression beside them."""
    return {"learner": LOGISTIC, "C": 1.0}


def fitted(params: Params, x: np.ndarray, success: np.ndarray, weight: np.ndarray) -> LogOdds:
    """Fit a learner; the function returned gives log odds of rows, (n,).

    Raises
    ------
    ValueError, ArithmeticError
        The learner cannot be fitted to these rows.
    """
    if params["learner"] == LOGISTIC:
        return _logistic(params, x, success, weight)
    return Trees.of(grown(params, x, success, weight), x.shape[1]).log_odds


def grown(params: Params, x: np.ndarray, success: np.ndarray, weight: np.ndarray) -> dict[str, Any]:
    """Boosted trees, as XGBoost writes them in JSON."""
    import xgboost  # noqa: PLC0415  # slow to import

    ours = ("learner", "n_trees")
    given = {name: value for name, value in params.items() if name not in ours}
    fixed = {"objective": "binary:logistic", "tree_method": "hist", "nthread": 1, "verbosity": 0}
    start = float(np.average(success, weights=weight))
    rows = xgboost.DMatrix(as_float32(x), success, weight=weight, nthread=1)
    booster = xgboost.train(given | fixed | {"base_score": start}, rows, int(params["n_trees"]))
    return json.loads(booster.save_raw("json"))


def _logistic(params: Params, x: np.ndarray, success: np.ndarray, weight: np.ndarray) -> LogOdds:
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415  # slow to import
    from sklearn.impute import SimpleImputer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import FunctionTransformer, RobustScaler  # noqa: PLC0415
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    whole = SimpleImputer(strategy="median", keep_empty_features=True)
    bounded = FunctionTransformer(np.clip, kw_args={"a_min": -MOST_SCALED, "a_max": MOST_SCALED})
    model = make_pipeline(whole, RobustScaler(), bounded, LogisticRegression(C=float(params["C"]), max_iter=1000))
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            model.fit(as_float32(x).astype(np.float64), success, logisticregression__sample_weight=weight)
        except ConvergenceWarning as e:
            raise ArithmeticError(str(e).splitlines()[0]) from e

    def log_odds(rows: np.ndarray) -> np.ndarray:
        with threadpool_limits(1):
            return model.decision_function(as_float32(rows).astype(np.float64))

    return log_odds
