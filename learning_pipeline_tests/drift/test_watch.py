"""Days of a model and of a language model in which it is known what moved."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from learning_pipeline.contracts.days import ONE_DAY
from learning_pipeline.drift.settings import DriftSettings
from learning_pipeline.drift.tables import Scores
from learning_pipeline.drift.watch import watch
from learning_pipeline.events.tables import AiResponses
from learning_pipeline_tests.drift.drifting import FIRST, Told, World, alarms, answer_alarms, answers, told

QUICK = DriftSettings(draws=1999)


def watched(given: Told, first: int, last: int, before: pl.DataFrame | None = None) -> pl.DataFrame:
    days = [FIRST + k * ONE_DAY for k in range(first, last)]
    known = (given.deployments, {"m": given.reference}, days, Scores.frame() if before is None else before, QUICK)
    return watch(given.served, given.outcomes, AiResponses.frame(), *known)


@pytest.fixture(scope="module")
def moved() -> pl.DataFrame:
    """A feature moves by 1 sd on the tenth day, and success stops following the scores."""
    return alarms(World(since=10, shift=1.0, luck=True), 36, 5, QUICK)


def test_a_large_shift_of_one_feature_is_told_within_200_events_and_of_no_other(moved: pl.DataFrame) -> None:
    alarm = moved.filter("is_alarm", pl.col("metric").is_in(["psi", "ks"]))
    assert alarm["feature"].unique().to_list() == ["f00"]
    assert (alarm["as_of"].min() - FIRST).days < 10 + 200 // 20
    last = moved.filter(as_of=FIRST + 35 * ONE_DAY, metric="ks", feature="f00").row(0, named=True)
    assert last["current_value"] - last["reference_value"] == pytest.approx(1.0, abs=0.25)


def test_decay_is_told_by_labels_as_they_arrive(moved: pl.DataFrame) -> None:
    decayed = moved.filter("is_alarm", metric="brier_decay")
    assert not decayed.is_empty()
    first = moved.filter(as_of=FIRST, metric="brier_decay").row(0, named=True)
    assert (first["n"], first["n_pending"], first["score"], first["breached"]) == (0, 20, None, None)
    later = moved.filter(as_of=FIRST + 20 * ONE_DAY, metric="brier_decay").row(0, named=True)
    assert (later["n"], later["n_pending"]) == (20 * 20, 20)


def test_a_quiet_month_has_no_alarm() -> None:
    assert alarms(World(), 30, 11, QUICK).filter("is_alarm").is_empty()


def test_too_few_decisions_are_null_and_no_verdict() -> None:
    little = watched(told(World(), 4, 3), 0, 4)
    assert little["score"].null_count() == little.height > 0
    assert little["breached"].null_count() == little.height


def test_in_pieces_and_in_any_row_order_it_is_the_same_to_the_bit() -> None:
    given = told(World(since=4, shift=1.0), 12, 7)
    at_once = watched(given, 0, 12)
    early = watched(given, 0, 9)
    mixed = given._replace(
        served=given.served.sample(fraction=1, shuffle=True, seed=1),
        outcomes=given.outcomes.sample(fraction=1, shuffle=True, seed=2),
    )
    assert pl.concat([early, watched(mixed, 9, 12, early)]).equals(at_once)


def test_nothing_later_is_known() -> None:
    """Poison everything after the sixth day: nothing as of it changes."""
    given = told(World(), 10, 9)
    sixth = dt.datetime.combine(FIRST + 6 * ONE_DAY, dt.time(), dt.UTC)
    late, late_label = pl.col("known_at") >= sixth, pl.col("known_at") >= sixth
    poisoned = given._replace(
        served=given.served.with_columns(score=pl.when(late).then(0.999).otherwise("score")),
        outcomes=given.outcomes.with_columns(success=pl.col("success") ^ late_label),
    )
    assert watched(poisoned, 0, 6).equals(watched(given, 0, 6))
    assert not watched(poisoned, 0, 9).equals(watched(given, 0, 9))


def test_an_artifact_is_watched_only_while_it_serves() -> None:
    given = told(World(), 8, 2)
    noon = dt.datetime.combine(FIRST + 5 * ONE_DAY, dt.time(12), dt.UTC)
    until = given.deployments.with_columns(until=pl.lit(noon, pl.Datetime("us", "UTC")))
    found = watched(given._replace(deployments=until), 0, 8)
    assert found["as_of"].max() == FIRST + 4 * ONE_DAY


def test_a_rise_of_refusals_is_told_and_is_of_refusals_alone() -> None:
    found = answer_alarms(answers(50, 20, 3, since=40, refusing=0.4), 50, QUICK)
    alarm = found.filter("is_alarm")
    assert alarm["metric"].unique().to_list() == ["refusal"]
    assert (alarm["as_of"].min() - FIRST).days < 40 + 200 // 20
    assert alarm["model"].unique().to_list() == ["judge@1"]


def test_embeddings_that_turn_are_a_shift() -> None:
    given = answers(50, 20, 4)
    turned = pl.lit([0.0, 0.0, 1.0, 0.3], pl.List(pl.Float64))
    is_late = pl.col("day") >= FIRST + 40 * ONE_DAY
    moved = given.with_columns(embedding=pl.when(is_late).then(turned).otherwise("embedding"))
    found = answer_alarms(moved, 50, QUICK).filter("is_alarm")
    assert found["metric"].unique().to_list() == ["embedding_shift"]


def test_without_a_reference_nothing_is_said_of_answers() -> None:
    found = answer_alarms(answers(8, 20, 3), 8, QUICK)
    assert found["metric"].n_unique() == 4
    assert found["score"].null_count() == found.height
