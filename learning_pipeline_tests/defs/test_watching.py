"""A deployed model through real stores: registry, dataset, deployments and lake; one that is damaged beside it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import sqlalchemy as sa

from learning_pipeline.contracts.days import ONE_DAY
from learning_pipeline.datasets.tables import Examples, Features
from learning_pipeline.defs.due import DIRTY, FIRST, NEWEST
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.watching import Watched, watched
from learning_pipeline.models.tables import Scores as ModelScores
from learning_pipeline.stores import rollout_tables as tables
from learning_pipeline.stores.database import Database, utc_text
from learning_pipeline.stores.dataset_files import DatasetFiles, encoded
from learning_pipeline.stores.registry import Registry
from learning_pipeline_tests.models.bundles import NAMES, bundle

START, DATASET = dt.datetime(2024, 6, 1, 12, tzinfo=dt.UTC), "a" * 64
N_TRAINED, N_LIVE, A_DAY, SHIFT = 30, 10, 20, 1.5
FEW = {"drift": {"n_min": 20, "n_recent": 60, "days_min": 3, "draws": 999}}


def told(first_day: int, n_days: int, seed: int, shift: float = 0.0) -> tuple[list[dt.datetime], np.ndarray, list[str]]:
    x = np.random.default_rng(seed).normal(size=(n_days * A_DAY, 3))
    x[:, 0] += shift
    at = [START + (first_day + k // A_DAY) * ONE_DAY + dt.timedelta(minutes=k % A_DAY) for k in range(len(x))]
    return at, x, [json.dumps(dict(zip(NAMES, row, strict=True))) for row in x.tolist()]


def examples() -> pl.DataFrame:
    at, _, features = told(-N_TRAINED - 5, N_TRAINED, 1)
    n, words = len(at), {"symbol": "A", "timeframe": "1h", "strategy": "s", "side": "long", "book": "profit"}
    fixed = {name: [word] * n for name, word in {**words, "decision": "approved", "horizons": "{}"}.items()}
    days, ids = [one.date() for one in at], [f"t{k:04}" for k in range(n)]
    when = dict.fromkeys(["decided_at", "label_end", "known_at"], at)
    labels = {"success": [k % 2 == 0 for k in range(n)], "net_roi": [0.01] * n, "weight": [1.0] * n}
    of = {"day": days, "dataset_id": [DATASET] * n, "signal_id": ids, "features": features}
    return Examples.frame({**of, **when, **fixed, **labels})


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    chain = Chain(home=str(tmp_path_factory.mktemp("watched")), settings=FEW)
    last = START + (N_LIVE - 1) * ONE_DAY
    chain.mark({FIRST: str(START.date()), DIRTY: str(START.date()), NEWEST: last.isoformat()})
    rows, model = examples(), bundle(dataset_id=DATASET)
    days = {"as_of": START.date(), "first_day": START.date(), "last_day": START.date(), "built_at": START}
    file_sha256 = hashlib.sha256(encoded(rows)).hexdigest()
    DatasetFiles(chain.paths.datasets).write({"dataset_id": DATASET, "file_sha256": file_sha256, **days}, rows)
    good = _artifact(chain, model.raw())
    damaged = _artifact(chain, bundle(dataset_id=DATASET, success_share=0.41).raw())
    (chain.paths.root / Registry(chain.paths).artifact(damaged)["path_ref"]).write_bytes(b"{}")
    _deployed(chain, good, "active")
    _deployed(chain, damaged, "shadow")
    _served(chain, {good: "active", damaged: "shadow"}, last.date())
    return chain


def _artifact(chain: Chain, raw: bytes) -> str:
    row = {"model_type": "signal_model", "metrics": {"brier": 0.2}, "created_at": START, "data_snapshot_ref": "v1"}
    return Registry(chain.paths).add_artifact(
        raw, row | {"dataset_id": DATASET, "config_hash": "c", "code_commit": "x"}
    )["artifact_id"]


def _deployed(chain: Chain, artifact_id: str, state: str) -> None:
    at = utc_text(START - ONE_DAY)
    of = {"target": "main", "generation": 1, "artifact_id": artifact_id, "artifact_sha256": "x", "state": state}
    with Database(chain.paths.ledger, tables.metadata).writing() as connection:
        connection.execute(sa.insert(tables.deployments).values({**of, "since": at, "until": None, "moved_at": at}))


def _served(chain: Chain, roles: dict[str, str], last: dt.date) -> None:
    """Ten days; the first feature moves by 1.5 sd after four."""
    parts = [told(0, 4, 2), told(4, N_LIVE - 4, 3, SHIFT)]
    at, features = parts[0][0] + parts[1][0], parts[0][2] + parts[1][2]
    said = bundle(dataset_id=DATASET).probabilities(np.vstack([parts[0][1], parts[1][1]])).tolist()
    ids, days = [f"s{k:04}" for k in range(len(at))], [one.date() for one in at]
    words = {"symbol": "A", "timeframe": "1h", "strategy": "s", "side": "long", "book": "profit", "decision": "blocked"}
    seen = {"day": days, "signal_id": ids, "decided_at": at, "features": features}
    chain.lake.replace(
        Features, Features.frame(seen | {k: [v] * len(at) for k, v in words.items()}), START.date(), last
    )
    scores = [
        {"day": day, "signal_id": one, "artifact_id": artifact_id, "target": "main", "role": role}
        | {"score": score, "takes": True, "known_at": when}
        for artifact_id, role in roles.items()
        for day, one, when, score in zip(days, ids, at, said, strict=True)
    ]
    chain.lake.replace(ModelScores, ModelScores.frame(scores), START.date(), last)


@pytest.fixture(scope="module")
def found(chain: Chain) -> Watched:
    return watched(chain)


def test_the_feature_that_moved_is_an_alarm_of_the_artifact_that_serves_and_so_is_what_it_moves(found: Watched) -> None:
    moved = ["momentum", "prediction"]
    alarms = found.scores.filter("is_alarm").select("feature", "target", "role").unique()
    assert sorted(alarms.rows()) == [(feature, "main", "active") for feature in moved]
    new = found.new.select("kind", "metric", "feature").rows()
    assert {("drift", "ks", "momentum"), ("drift", "psi", "momentum")} <= set(new)
    assert {feature for _, _, feature in new} == set(moved)


def test_features_predictions_and_performance_are_all_compared(found: Watched) -> None:
    last = found.scores.filter(as_of=found.scores["as_of"].max())
    pairs = last.select("metric", "feature").rows()
    assert set(pairs) == {(m, f) for m in ("psi", "ks") for f in (*NAMES, "prediction")} | {("brier_decay", "*")}
    assert last.filter(metric="brier_decay").select("n", "n_pending").row(0) == (0, N_LIVE * A_DAY)
    assert last.filter(feature="prediction")["score"].null_count() == 0


def test_a_damaged_artifact_is_told_in_the_log_and_not_compared(chain: Chain, found: Watched) -> None:
    assert found.scores["model"].n_unique() == 1
    said = [line for line in chain.paths.learning_log.read_text().splitlines() if "not_compared" in line]
    assert len(said) == 1
    assert "WARNING" in said[0]
    assert "SHA-256" in said[0]


def test_nothing_is_read_where_nothing_was_deployed(tmp_path: Path) -> None:
    empty = Chain(home=str(tmp_path))
    empty.mark({FIRST: str(START.date()), NEWEST: START.isoformat()})
    quiet = watched(empty)
    assert quiet.scores.is_empty()
    assert quiet.alerts.frame.is_empty()
    assert not empty.paths.lake.exists()
