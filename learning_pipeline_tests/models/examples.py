"""Examples made by hand: features that foretell success, or nothing at all."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import numpy as np
import polars as pl

from learning_pipeline.datasets.tables import Examples
from learning_pipeline.models.learners import baseline, grid
from learning_pipeline.models.training import Recipe, Search, bundle_of

DATASET = "d" * 64
SMALL = Recipe([grid(0)[0], grid(0)[2], baseline()], n_folds=5, embargo_days=1.0, min_samples=300)
START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def examples(seed: int = 0, n: int = 600, edge: float = 1.2, **columns: object) -> pl.DataFrame:
    """One signal every two hours, each label eight hours long; the odds of a success grow with ``halo``.

    ``noise`` and ``spread`` say nothing; ``spread`` is unknown in one row of five, ``dead`` always, ``flat`` never
    differs. A success earns 1.2 %, a failure loses 0.8 %.
    """
    rng = np.random.default_rng(seed)
    halo, noise, spread = rng.normal(size=(3, n))
    success = rng.random(n) < 1 / (1 + np.exp(-(edge * halo - 0.2)))
    features = [
        {"dead": None, "flat": 1.0, "halo": h, "noise": e, "spread": None if k % 5 == 0 else s}
        for k, (h, e, s) in enumerate(zip(halo, noise, spread, strict=True))
    ]
    decided = [START + dt.timedelta(hours=2 * k) for k in range(n)]
    ends = [at + dt.timedelta(hours=8) for at in decided]
    net = np.where(success, 0.012, -0.008)
    given = {
        "day": [at.date() for at in decided],
        "dataset_id": DATASET,
        "signal_id": [f"s{k:05}" for k in range(n)],
        "decided_at": decided,
        "label_end": ends,
        "known_at": ends,
        "symbol": "AAA",
        "timeframe": "1h",
        "strategy": "alpha",
        "side": "long",
        "book": "profit",
        "decision": "approved",
        "features": [json.dumps(row, sort_keys=True, separators=(",", ":")) for row in features],
        "success": success,
        "net_roi": net,
        "net_r": net / 0.01,
        "horizons": "{}",
        "weight": rng.uniform(0.2, 1.0, n),
    }
    frame = pl.DataFrame(given | columns, schema_overrides=dict(Examples.dtypes()))
    return Examples.checked(frame)


def digest(found: Search) -> str:
    """Of the bundle and of every trial."""
    rows = [trial.row(DATASET, "signal_model") for trial in found.trials]
    return hashlib.sha256(bundle_of(found, DATASET).raw() + json.dumps(rows).encode()).hexdigest()
