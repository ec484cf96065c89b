"""A bot gets the model that was approved, byte for byte, or none."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest

import learning_pipeline as lp
from learning_pipeline.errors import ArtifactDamaged, BadInput
from learning_pipeline.stores.home import Home
from learning_pipeline_tests.models.bundles import bundle
from learning_pipeline_tests.models.kept import NOW, deployed, registered
from learning_pipeline_tests.stores.rows import python, said

LIGHT = """
import json, sys
import learning_pipeline as lp
found = lp.load_model(sys.argv[1])
score = found.active.score({"momentum": 1.5})
heavy = ("dagster", "mlflow", "xgboost", "sklearn", "duckdb", "polars", "deltalake")
print(json.dumps([score, [name for name in heavy if name in sys.modules]]))
"""
KNOWN = {"momentum": 1.5, "spread": None, "volume": -0.5}


def test_nothing_stands_where_nothing_was_approved(tmp_path: Path) -> None:
    found = lp.load_model(tmp_path)
    assert (found.target, found.active, found.shadow, found.problem) == ("main", None, None, None)
    assert list(tmp_path.iterdir()) == []


def test_the_active_model_and_its_shadow_score_features(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    one, two, old = (registered(home, seed) for seed in (0, 1, 2))
    deployed(home, old, until=NOW)
    deployed(home, one)
    deployed(home, two, "shadow")
    found = lp.load_model(tmp_path)
    assert found.active
    assert found.shadow
    assert (found.active.artifact_id, found.shadow.artifact_id) == (one["artifact_id"], two["artifact_id"])
    expected = bundle(0).probabilities(np.array([[1.5, np.nan, -0.5]]))[0]
    assert found.active.score(KNOWN) == expected
    assert found.active.score(KNOWN | {"unheard_of": 3.0}) == expected
    assert found.active.takes(KNOWN) == (expected > 0.4)
    assert found.shadow.score(KNOWN) == bundle(1).probabilities(np.array([[1.5, np.nan, -0.5]]))[0]
    assert lp.load_model(tmp_path, "other").active is None


@pytest.mark.parametrize("value", [True, "1", float("nan"), float("inf"), [1.0]])
def test_what_is_no_number_is_refused(tmp_path: Path, value: object) -> None:
    home = Home.at(tmp_path)
    deployed(home, registered(home))
    active = lp.load_model(tmp_path).active
    assert active
    with pytest.raises(BadInput, match="feature volume: expected a finite number"):
        active.score(KNOWN | {"volume": value})  # type: ignore[dict-item]
    with pytest.raises(BadInput, match="expected values of any of momentum, spread, volume, found momentun"):
        active.score({"momentun": 1.0})


def test_a_damaged_active_model_is_not_replaced_by_another(tmp_path: Path) -> None:
    """Nobody approved another: a bot keeps what it holds."""
    home = Home.at(tmp_path)
    old, one = registered(home, 0), registered(home, 1)
    deployed(home, old, until=NOW)
    deployed(home, one)
    holding = lp.load_model(tmp_path).active
    path = home.root / str(one["path_ref"])
    good = path.read_bytes()
    path.write_bytes(good.replace(b'"threshold":0.4', b'"threshold":0.0'))
    with pytest.raises(ArtifactDamaged, match="expected SHA-256"):
        lp.load_model(tmp_path)
    assert holding
    assert 0 < holding.score(KNOWN) < 1
    path.write_bytes((home.root / str(old["path_ref"])).read_bytes())
    with pytest.raises(ArtifactDamaged):
        lp.load_model(tmp_path)
    path.write_bytes(good)
    assert lp.load_model(tmp_path).active == holding


def test_a_damaged_shadow_never_stops_the_active_model(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    one, two = registered(home, 0), registered(home, 1)
    deployed(home, one)
    deployed(home, two, "shadow")
    (home.root / str(two["path_ref"])).unlink()
    found = lp.load_model(tmp_path)
    assert found.active
    assert found.active.artifact_id == one["artifact_id"]
    assert found.shadow is None
    assert found.problem
    assert "cannot be read" in found.problem


def test_other_bytes_than_those_approved_are_refused(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    deployed(home, registered(home) | {"sha256": "0" * 64})
    with pytest.raises(ArtifactDamaged, match="other bytes than those that were approved"):
        lp.load_model(tmp_path)


def test_a_prompt_pack_is_no_model(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    deployed(home, registered(home, model_type="prompt_pack"))
    with pytest.raises(BadInput, match="expected a signal model, stands a prompt_pack"):
        lp.load_model(tmp_path)


@pytest.mark.parametrize("target", ["../main", "", "Main", "a" * 65])
def test_a_target_has_a_name(tmp_path: Path, target: str) -> None:
    with pytest.raises(BadInput, match="expected up to 64 small letters"):
        lp.load_model(tmp_path, target)


def test_a_bot_needs_neither_dagster_nor_mlflow_nor_xgboost(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    deployed(home, registered(home), since=NOW - dt.timedelta(days=1))
    with python(LIGHT, tmp_path) as bot:
        score, heavy = json.loads(said(bot))
    active = lp.load_model(tmp_path).active
    assert active
    assert score == active.score({"momentum": 1.5})
    assert heavy == []
