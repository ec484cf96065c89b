"""Scores in the lake: by the models that stood, of the bytes that were registered; a damaged one never stops a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from learning_pipeline.contracts.days import ONE_DAY
from learning_pipeline.datasets.tables import Features
from learning_pipeline.defs.due import DIRTY, FIRST, NEWEST
from learning_pipeline.defs.scores import standing_models
from learning_pipeline.models.tables import Scores
from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.ledger import Ledger
from learning_pipeline_tests.models.kept import deployed, registered
from learning_pipeline_tests.models.test_scores import HOUR, NOON, decisions
from learning_pipeline_tests.worlds import Root

DAY = NOON.date()
DAYS = (DAY, DAY)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """Eight decisions of one day, all of it due."""
    root = Root(tmp_path)
    Lake(root.home.lake).replace(Features, decisions(), DAY, DAY)
    newest = (NOON + 9 * HOUR).isoformat()
    Ledger(root.home.ledger).set_marks({DIRTY: DAY.isoformat(), FIRST: DAY.isoformat(), NEWEST: newest})
    return root


def scores(root: Root) -> dict[tuple[str, str], list[str]]:
    root.run(only=[Scores])
    rows = Lake(root.home.lake).read(Scores, DAY, DAY)
    return {
        (str(role), str(artifact)): sorted(part["signal_id"])
        for (role, artifact), part in rows.group_by("role", "artifact_id")
    }


def test_live_decisions_are_scored_by_what_stood_and_a_rerun_changes_nothing(root: Root) -> None:
    one, two = (registered(root.home, seed) for seed in (0, 1))
    deployed(root.home, one, since=NOON - HOUR, until=NOON + 3 * HOUR)
    deployed(root.home, two, "shadow", since=NOON + HOUR)
    deployed(root.home, one, "retired", since=NOON + 3 * HOUR)
    expected = {
        ("active", str(one["artifact_id"])): ["s0", "s1", "s2", "s3"],
        ("shadow", str(two["artifact_id"])): ["s2", "s3", "s4", "s5", "s6", "s7"],
    }
    assert scores(root) == expected
    before = Lake(root.home.lake).version(Scores)
    assert scores(root) == expected
    assert Lake(root.home.lake).version(Scores) == before


def test_a_damaged_model_scores_nothing_and_the_run_goes_on(root: Root) -> None:
    one, two = (registered(root.home, seed) for seed in (0, 1))
    deployed(root.home, one, since=NOON - HOUR)
    deployed(root.home, two, "shadow", since=NOON - HOUR)
    path = root.home.root / str(one["path_ref"])
    good = path.read_bytes()
    path.write_bytes(good[:-3] + b'"}}')
    assert set(scores(root)) == {("shadow", str(two["artifact_id"]))}
    log = root.home.learning_log.read_text()
    assert f"ERROR - MODEL DAMAGED | artifact={one['artifact_id']}" in log
    path.write_bytes(good)
    assert len(scores(root)) == 2


def test_prompt_packs_score_nothing(root: Root) -> None:
    deployed(root.home, registered(root.home, model_type="prompt_pack"), since=NOON - HOUR)
    assert standing_models(root.home, DAYS) == ([], [])
    assert scores(root) == {}


def test_of_a_model_that_was_moved_on_before_the_days_nothing_is_read(root: Root) -> None:
    gone, stands = (registered(root.home, seed) for seed in (0, 1))
    deployed(root.home, gone, since=NOON - 72 * HOUR, until=NOON - 48 * HOUR)
    deployed(root.home, stands, since=NOON - 48 * HOUR)
    (root.home.root / str(gone["path_ref"])).write_bytes(b"{}")  # it would be told as damaged
    standing, damaged = standing_models(root.home, DAYS)
    assert ([each.artifact_id for each in standing], damaged) == ([stands["artifact_id"]], [])
    assert standing_models(root.home, (DAY - 5 * ONE_DAY, DAY - 4 * ONE_DAY)) == ([], [])


def test_without_a_deployment_no_model_is_read(tmp_path: Path) -> None:
    assert standing_models(Root(tmp_path).home, DAYS) == ([], [])
