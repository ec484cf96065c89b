"""Sections of what was not done: scenarios, delays, missed signals, calibration, exploration, proposals."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.analysis.calibration.tables import Calibration
from learning_pipeline.analysis.exploration.tables import GuardValue
from learning_pipeline.analysis.missed.tables import EdgeDecay, MissedOpportunities
from learning_pipeline.analysis.proposals.tables import Proposals
from learning_pipeline.analysis.what_if.tables import SwapSets, WhatIf
from learning_pipeline.reports import render
from learning_pipeline.reports.waterfall import REST, WHOLE, steps_to
from learning_pipeline.reports.words import MINUS
from learning_pipeline_tests.reports.world import AS_OF, WINDOW, Page, small_world

CELL = {"day": AS_OF, "as_of": AS_OF, "window_days": 10}
OK = {"status": "ok", "n_swapped_in": 4, "n_swapped_out": 1, "n_unknown": 2, "q_value": 0.01}
GAIN = {"delta_usd": 12.5, "ci_low_usd": 2.0, "ci_high_usd": 23.0}
BOUNDS = {"status": "bounds_only", "delta_low_usd": -7.0, "delta_high_usd": 3.0, "ci_low_usd": -9.0, "ci_high_usd": 4.0}
SCENARIOS = [
    {"scenario": "no_ts", "mode": "unconstrained", **OK, **GAIN},
    {"scenario": "no_ts", "mode": "capital_aware", **OK, "delta_usd": -3.0, "q_value": 0.4},
    {"scenario": "no_chain", "mode": "unconstrained", **BOUNDS, "q_value": 1.0, "reason": "first blockers only"},
    {"scenario": "no_moon", "mode": "unconstrained", "status": "not_evaluable", "reason": "no gate is called moon"},
    {
        "scenario": "fitted",
        "mode": "unconstrained",
        **OK,
        "delta_usd": 0.0,
        "n_swapped_in": 0,
        "n_swapped_out": 0,
        "q_value": None,
        "fitted_weights": '{"adx": 1.0}',
        "n_trials": 35,
    },
]


def page(**frames: pl.DataFrame) -> Page:
    return Page(render(small_world(**frames), WINDOW))


def rows_of(table: Any, rows: list[dict[str, Any]]) -> pl.DataFrame:
    return table.frame([CELL | row for row in rows])


@pytest.mark.parametrize(
    "words",
    [
        "no what-if table, so none is shown",
        "no calibration, so none is shown",
        "no table of later entries, so none is shown",
        "no table of missed signals, so none is shown",
        "no table of guard value, so none is shown",
        "no table of proposals, so none is shown",
    ],
)
def test_a_warehouse_without_the_table_is_told_so(words: str) -> None:
    assert words in page().text


def test_a_scenario_gains_loses_is_bounded_or_cannot_be_evaluated() -> None:
    shown = page(what_if=rows_of(WhatIf, SCENARIOS))
    assert ["no_ts", "unlimited", "+12.50", "+2.00 to +23.00", "0.010", "4", "1", "2"] in shown.rows
    assert shown.row("no_chain", 8)[1:3] == [f"between {MINUS}7.00 and +3.00", f"{MINUS}9.00 to +4.00"]
    assert shown.row("no_moon", 8)[1:4] == ["not evaluable", "none: not evaluable", "none"]
    assert shown.row("no_moon", 3) == ["unlimited", "no gate is called moon"]
    assert "no_ts gains 12.50 USD (capital: unlimited)." in shown.text, "the other mode is within chance"
    assert 'the best of 35 weightings on the days before the window, {"adx": 1.0}' in shown.text


def test_money_that_is_known_is_never_shown_as_nothing_known() -> None:
    quiet = page(what_if=rows_of(WhatIf, SCENARIOS[2:]))
    assert "No scenario differs from what was done" in quiet.text
    assert "is empty" in page(what_if=WhatIf.frame()).text


def test_swaps_are_drawn_only_where_something_is_swapped() -> None:
    kept = {"scenario": "s", "swap": "kept", "n": 9, "n_settled": 9, "net_pnl_usd": 1.0}
    assert "No scenario would have answered anything otherwise" in page(swaps=rows_of(SwapSets, [kept])).text
    into = kept | {"swap": "swapped_in", "n": 3}
    assert "s, newly taken: 3" in render(small_world(swaps=rows_of(SwapSets, [kept, into])), WINDOW)


def test_the_cost_of_a_delay_stands_beside_its_interval() -> None:
    at_once = {
        "strategy": "*",
        "delay_bars": 0,
        "n": 8,
        "enterable_share": 1.0,
        "total_pnl_usd": 40.0,
        "delay_cost_usd": 0.0,
    }
    later = at_once | {"delay_bars": 2, "delay_seconds": 7200.0, "enterable_share": 0.5, "total_pnl_usd": 10.0}
    later |= {"delay_cost_usd": 30.0, "cost_ci_low_usd": 5.0, "cost_ci_high_usd": 55.0}
    shown = page(edge=rows_of(EdgeDecay, [later, at_once]))
    assert ["at once", "now", "100%", "+40.00", "none", "none: nothing to compare"] in shown.rows
    assert ["2 bars", "2.0 h", "50%", "+10.00", "+30.00", "+5.00 to +55.00"] in shown.rows
    assert "Entering 2 bars later costs 30.00 USD" in shown.text


def test_missed_signals_stand_by_their_answer() -> None:
    expired = {"decision": "expired", "strategy": "*", "n": 5, "n_never_decided": 2, "n_settled": 4, "win_rate": 0.25}
    shown = page(missed=rows_of(MissedOpportunities, [expired | {"net_pnl_usd": -6.0}]))
    assert shown.row("expired", 7) == ["5", "2", "4", "25%", f"{MINUS}6.00", "none: too few days"]


def test_the_bias_of_the_simulator_stands_beside_every_simulated_figure() -> None:
    row = {"strategy": "*", "n": 41, "n_pending": 3, "real_net_pnl_usd": 30.0, "shadow_net_pnl_usd": 18.0}
    row |= {"bias_usd": 12.0, "ci_low_usd": 5.0, "ci_high_usd": 19.0}
    pairs = pl.DataFrame({"shadow_net_pnl_usd": [1.0, -2.0], "real_net_pnl_usd": [1.5, -2.0]})
    shown = page(calibration=rows_of(Calibration, [row]), pairs=pairs, what_if=rows_of(WhatIf, SCENARIOS))
    assert shown.row("all together", 7) == ["41", "3", "+30.00", "+18.00", "+12.00", "+5.00 to +19.00"]
    assert shown.text.count("real money was +12.00 USD off the simulated") >= 4


def test_exploration_gives_its_estimate_or_the_reason_why_not() -> None:
    told = {
        "guard": "*",
        "estimator": "aipw",
        "n_settled": 90,
        "n_admitted": 31,
        "effective_size": 30.6,
        "status": "ok",
    }
    told |= {"net_saved_usd": -8.0, "ci_low_usd": -20.0, "ci_high_usd": 4.0}
    few = told | {"guard": "ts", "status": "refused", "reason": "too_few_admissions", "net_saved_usd": None}
    shadow = told | {"estimator": "shadow", "net_saved_usd": 6.0}
    shown = page(guard_value=rows_of(GuardValue, [told, few, shadow]))
    assert shown.row("all guards together", 6) == ["31 of 90", "31", f"{MINUS}8.00", f"{MINUS}20.00 to +4.00", "+6.00"]
    assert shown.row("ts", 6)[2:4] == ["refused", "fewer than 30 admissions"]
    nobody = rows_of(GuardValue, [told | {"status": "refused", "reason": "no_propensity", "net_saved_usd": None}])
    assert "rests on the simulator alone" in page(guard_value=nobody).text


def test_proposals_are_shown_with_their_answer_and_withdrawn_ones_counted() -> None:
    row = {"as_of": AS_OF, "day": AS_OF, "proposal_id": "abc", "kind": "drop_guard", "target": "halo", "state": "open"}
    row |= {"expected_delta_usd": 45.0, "ci_low_usd": 5.0, "ci_high_usd": 85.0, "would_change": "Ten losing days."}
    shown = page(proposals=Proposals.frame([row, row | {"proposal_id": "old", "state": "withdrawn"}]))
    assert shown.row("abc", 6) == ["drop the guard: halo", "+45.00", "+5.00 to +85.00", "open", "Ten losing days."]
    gone = page(proposals=Proposals.frame([row | {"state": "withdrawn"}]))
    assert "bears no change of a gate. 1 of earlier days" in gone.text


@given(st.lists(st.floats(-1e6, 1e6), max_size=40), st.floats(-1e6, 1e6))
def test_the_steps_of_the_waterfall_lead_to_the_whole(shares: list[float], saved: float) -> None:
    guards = pl.DataFrame(
        {"guard": [f"g{k:02d}" for k in range(len(shares))], "shapley_usd": shares},
        schema_overrides={"shapley_usd": pl.Float64},
    )
    *steps, whole = steps_to(guards, saved)
    assert (whole.name, whole.start, whole.end) == (WHOLE, 0.0, saved)
    assert all(step.start == before.end for before, step in pairwise(steps))
    reached = steps[-1].end if steps else 0.0
    assert reached == pytest.approx(saved, abs=0.01)
    assert [step.name for step in steps].count(REST) <= 1
