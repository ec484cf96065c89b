"""What lessons selected, as overrides: one policy under one id, in force while its selection is active."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from learning_pipeline.overrides import Index, apply
from learning_pipeline.overrides.selected import in_force, selected
from learning_pipeline.tuning import LEVERS, Rule
from learning_pipeline_tests.tuning.test_learn import N_DAYS, learned, stream
from learning_pipeline_tests.tuning.worlds import day

OWN = {"ts": 0.55, "halo": 1.0, "slope": 0.0}


@pytest.fixture(scope="module")
def selections() -> pl.DataFrame:
    return learned(stream(1, edge=0.85), 0, N_DAYS - 1, Rule()).selections


def first_active(selections: pl.DataFrame) -> dict[str, object]:
    return selections.filter(state="active", scope="{}").sort("as_of").row(0, named=True)


def test_a_selection_is_one_policy_with_a_row_per_lever(selections: pl.DataFrame) -> None:
    rows = selected(selections, day(0), LEVERS)
    assert set(rows["category"]) == {"tuning_ts_min", "tuning_halo", "tuning_slope_min"}
    assert rows.group_by("day", "override_id").len()["len"].unique().to_list() == [3]
    halo = rows.filter(pl.col("category") == "tuning_halo", pl.col("scope") == "{}").row(0, named=True)
    assert halo["effective_threshold"] == pytest.approx(halo["base_threshold"] + halo["delta"])
    assert halo["multiplier"] == pytest.approx(halo["effective_threshold"])
    slope = rows.filter(pl.col("category") == "tuning_slope_min").row(0, named=True)
    assert (slope["base_threshold"], slope["multiplier"]) == (None, None), "no gate of that name was recorded"


def test_a_day_on_which_nothing_changed_has_no_row(selections: pl.DataFrame) -> None:
    rows = selected(selections, day(0), LEVERS)
    days = rows.select("day", "override_id").unique().height
    assert 0 < days < selections.height
    newest = rows.sort("day").unique(["override_id", "category"], keep="last")
    states = selections.sort("as_of").unique("override_id", keep="last")
    assert newest.join(states, on=["override_id", "state"], how="anti").is_empty()


def test_a_run_of_later_days_adds_the_rows_that_one_run_has(selections: pl.DataFrame) -> None:
    whole, cut = selected(selections, day(0), LEVERS), day(60)
    early = selected(selections.filter(pl.col("as_of") < cut), day(0), LEVERS)
    late = selected(selections.filter(pl.col("as_of") >= cut - dt.timedelta(days=1)), cut, LEVERS)
    assert pl.concat([early, late]).sort(whole.columns[:3]).equals(whole.sort(whole.columns[:3]))


def test_a_bot_gets_what_is_active_from_the_end_of_its_day_for_90_days(selections: pl.DataFrame) -> None:
    active = first_active(selections)
    today = in_force(selections.filter(pl.col("as_of") == active["as_of"]), LEVERS)
    assert active["override_id"] in {one.override_id for one in today}
    assert {one.route for one in today} <= {"permutation", "forward"}
    before = in_force(selections.filter(pl.col("as_of") == active["since"] - dt.timedelta(days=1)), LEVERS)
    assert active["override_id"] not in {one.override_id for one in before}
    begins = dt.datetime.combine(active["since"], dt.time(), dt.UTC) + dt.timedelta(days=1)
    asked = [begins - dt.timedelta(microseconds=1), begins, begins + dt.timedelta(days=90)]
    found = [apply(Index(today), OWN, "p", {}, at)["halo"].override_id for at in asked]
    assert found == [None, active["override_id"], None]


def test_shadows_reach_no_bot(selections: pl.DataFrame) -> None:
    shadows = selections.filter(pl.col("state") != "active")
    assert shadows.height > 0
    assert in_force(shadows, LEVERS) == []
