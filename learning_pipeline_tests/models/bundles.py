"""Bundles made by hand, without the training."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np

from learning_pipeline.models.bundle import Bundle, Calibration
from learning_pipeline.models.reference import references

NAMES = ("momentum", "spread", "volume")


def matrix(seed: int = 0, n: int = 300) -> np.ndarray:
    """Three features; a seventh of the second is unknown."""
    x = np.random.default_rng(seed).normal(size=(n, 3))
    x[::7, 1] = np.nan
    return x


def booster(seed: int = 0, n_trees: int = 5, depth: int = 3) -> dict:
    """Of labels that the first feature foretells."""
    import xgboost as xgb

    x = matrix(seed)
    y = (x[:, 0] + np.random.default_rng(seed + 1).normal(size=len(x)) > 0.3).astype(float)
    params = {"objective": "binary:logistic", "tree_method": "hist", "nthread": 1, "max_depth": depth}
    return json.loads(xgb.train(params, xgb.DMatrix(x, y, nthread=1), n_trees).save_raw("json"))


def bundle(seed: int = 0, n_trees: int = 5, **parts: object) -> Bundle:
    """A whole bundle over `NAMES`."""
    x = matrix(seed)
    given = {
        "dataset_id": "d" * 64,
        "trained_until": dt.datetime(2024, 5, 1, tzinfo=dt.UTC),
        "n": 300,
        "n_effective": 120.5,
        "success_share": 0.42,
        "features": NAMES,
        "dropped": {"halo": "always null"},
        "params": {"max_depth": 3, "eta": 0.3},
        "booster": booster(seed, n_trees),
        "calibration": Calibration(slope=0.9, intercept=-0.1),
        "threshold": 0.4,
        "mean_win": 0.012,
        "mean_loss": 0.008,
        "reference": references(x, NAMES),
    }
    return Bundle(**(given | parts))  # type: ignore[arg-type]
