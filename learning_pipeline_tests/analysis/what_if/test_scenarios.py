from __future__ import annotations

import math
import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning_pipeline.analysis import AnalysisSettings
from learning_pipeline.analysis.what_if.capital import Room
from learning_pipeline.analysis.what_if.scenario import Scenario
from learning_pipeline.analysis.what_if.scenarios import what_if
from learning_pipeline.analysis.what_if.tables import SwapSets, WhatIf
from learning_pipeline.stats import benjamini_hochberg
from learning_pipeline_tests.analysis.rows import day
from learning_pipeline_tests.analysis.what_if.plain import what_if_row
from learning_pipeline_tests.analysis.what_if.worlds import World, asked, failed, gate, row, world, worlds

modest = settings(deadline=None, max_examples=60)
few = settings(deadline=None, max_examples=30)
"""For worlds of twice the size: a call costs the same, and more decisions meet in it."""
NO_GUARD = {"drop": ["volatility_guard"]}


def by_hand() -> World:
    """One of each kind: kept +4, swapped in -3 and one open, still blocked +7; the guard stood alone for two."""
    made = world()
    made.add("kept", 1.1, "approved", gate("VolatilityGuard", 0.5, 1.0, True, "<="))
    made.add("in", 2.2, "blocked", failed("VolatilityGuard"))
    made.add("open", 2.5, "blocked", failed("VolatilityGuard"))
    made.add("both", 3.5, "blocked", failed("VolatilityGuard"), failed("spread_guard"))
    made.settle("kept", 4.0, 4.0)
    made.settle("in", 5.0, -3.0)
    made.settle("both", 5.0, 7.0)
    return made


def test_disabling_the_volatility_guard_by_hand() -> None:
    found = row(by_hand(), NO_GUARD)
    counts = [
        found[f"n_{name}"] for name in ("kept", "swapped_in", "swapped_out", "still_blocked", "unknown", "pending")
    ]
    assert (found["status"], counts) == ("ok", [1, 2, 0, 1, 0, 1])
    assert [found[f"{name}_usd"] for name in ("baseline_net_pnl", "scenario_net_pnl", "delta")] == [4.0, 1.0, -3.0]
    # One day of 30 with -3: t(.975, 29) = 2.04523 times sqrt(30) s = 3.
    assert (found["ci_low_usd"], found["ci_high_usd"]) == pytest.approx((-3 - 6.13569, -3 + 6.13569), abs=1e-4)
    assert found["p_value"] == found["q_value"] == pytest.approx(0.3256, abs=1e-4)
    assert (found["n_trials"], found["fitted_weights"], found["reason"]) == (1, None, None)


def test_the_swap_set_by_hand() -> None:
    _, swaps = asked(by_hand(), [20], {"it": NO_GUARD})
    assert swaps.select("swap", "n", "n_settled", "n_pending", "net_pnl_usd").sort("swap").rows() == [
        ("kept", 1, 1, 0, 4.0),
        ("still_blocked", 1, 1, 0, 7.0),
        ("swapped_in", 2, 1, 1, -3.0),
        ("swapped_out", 0, 0, 0, 0.0),
        ("unknown", 0, 0, 0, 0.0),
    ]
    assert swaps.filter(pl.col("n_settled") == 0)["ci_low_usd"].null_count() == 2


def test_a_newly_admitted_position_takes_the_place_of_a_better_one() -> None:
    made = world()
    made.add("new", 1.0, "blocked", failed("g"))
    made.add("old", 1.1, "approved", gate("g", 2.0, 1.0, True))
    made.settle("new", 2.0, -5.0)
    made.settle("old", 2.0, +8.0)
    free, kept = (row(made, {"drop": ["g"]}, mode=m, max_open_positions=1) for m in ("unconstrained", "capital_aware"))
    assert (free["delta_usd"], free["n_kept"], free["n_no_room"]) == (-5.0, 1, 0)
    assert (kept["delta_usd"], kept["n_kept"], kept["n_swapped_out"], kept["n_no_room"]) == (-13.0, 0, 1, 1)
    assert (kept["baseline_net_pnl_usd"], kept["scenario_net_pnl_usd"]) == (8.0, -5.0)


def test_the_path_of_a_shorter_window_began_with_the_longest() -> None:
    made = world()
    made.add("early", 1.0, "approved", gate("g", 2.0, 1.0, True))
    made.add("late", 9.0, "approved", gate("g", 2.0, 1.0, True))
    rows, _ = asked(made, [10], {"it": {"drop": ["g"]}}, windows=(5, 20), max_open_positions=1)
    held = rows.filter(pl.col("mode") == "capital_aware").sort("window_days")
    assert held.select("n_kept", "n_still_blocked", "n_no_room").rows() == [(0, 1, 1), (1, 1, 1)]


def test_a_multiplier_is_of_the_base_threshold_not_of_the_one_in_force() -> None:
    made = world()
    made.add("s", 1.0, "blocked", failed("roi_threshold", 0.6) | {"threshold": 1.4})
    made.settle("s", 2.0, 1.0)
    # Half of the base is 0.5: it would pass. Half of the limit in force is 0.7.
    assert row(made, {"scale": {"roi_threshold": 0.5}})["n_swapped_in"] == 1


def test_two_spellings_are_one_gate() -> None:
    made = world()
    made.add("a", 1.0, "blocked", failed("ROIThreshold"))
    made.add("b", 1.0, "blocked", failed("roi_threshold"))
    made.add("c", 1.0, "blocked", failed("ROIThreshold"), gate("roi_threshold", 2.0, 1.0, True))
    assert row(made, {"drop": ["RoiThreshold"]})["n_swapped_in"] == 3


def test_a_gate_never_seen_is_not_evaluable_and_names_those_that_were() -> None:
    rows, swaps = asked(by_hand(), [20], {"it": {"drop": ["Halo"]}})
    assert rows["status"].unique().to_list() == ["not_evaluable"]
    assert rows["reason"].unique().to_list() == [
        "gate halo was never recorded; known are spread_guard, volatility_guard"
    ]
    money = rows.select(pl.col("^n_.*$"), pl.col("^.*_usd$"), "p_value", "q_value")
    assert set(money.null_count().row(0)) == {2}
    assert swaps.is_empty()


def test_values_never_recorded_are_not_evaluable() -> None:
    found = row(by_hand(), {"threshold": {"spread_guard": 2.0}})
    assert found["status"] == "not_evaluable"
    assert found["reason"] == "value, comparator or base threshold of gate spread_guard were never recorded"
    weighted = row(by_hand(), {"weights": {"spread_guard": {"x": 1.0}}})
    assert weighted["reason"].startswith("score components, comparator")


def test_a_gate_seen_later_was_not_known_before() -> None:
    made = by_hand()
    made.add("later", 8.5, "blocked", failed("halo"))
    rows, _ = asked(made, [7, 8], {"it": {"drop": ["halo"]}}, windows=(30,))
    assert rows.filter(pl.col("mode") == "unconstrained")["status"].to_list() == ["not_evaluable", "ok"]


def test_where_only_first_blockers_are_known_the_answer_is_a_range() -> None:
    made = world()
    for k, pnl in enumerate([6.0, -2.0]):
        made.add(f"s{k}", 1.0 + k, "blocked", failed("g"), gates_complete=False)
        made.settle(f"s{k}", 5.0, pnl)
    found = row(made, {"drop": ["g"]})
    assert (found["status"], found["n_unknown"], found["delta_usd"]) == ("bounds_only", 2, None)
    assert (found["delta_low_usd"], found["delta_high_usd"], found["p_value"]) == (-2.0, 6.0, 1.0)
    assert found["ci_low_usd"] < -2.0 < 6.0 < found["ci_high_usd"]
    kept = row(made, {"drop": ["g"]}, mode="capital_aware")
    assert (kept["status"], kept["baseline_net_pnl_usd"]) == ("not_evaluable", None)


def test_a_capital_that_fits_nothing_says_so() -> None:
    found = row(by_hand(), NO_GUARD, mode="capital_aware", capital_usd=1.0)
    assert (found["status"], found["reason"]) == ("not_evaluable", "no decision fits capital_usd = 1")


def test_what_cannot_be_simulated_takes_no_room() -> None:
    made = world()
    made.add("a", 1.0, "approved", gate("g", 2.0, 1.0, True))
    made.settle("a", 1.5, None)
    made.add("b", 1.1, "blocked", failed("g"))
    made.settle("b", 3.0, 2.0)
    found = row(made, {"drop": ["g"]}, mode="capital_aware", max_open_positions=1)
    assert (found["n_kept"], found["n_swapped_in"], found["n_no_room"], found["delta_usd"]) == (1, 1, 0, 2.0)


def test_a_revised_decision_counts_in_its_new_version_from_its_day_on() -> None:
    made = by_hand()
    made.decisions.append(made.decisions[1] | {"decision": "approved", "day": day(6), "blocked_by": []})
    rows, _ = asked(made, [5, 6], {"it": NO_GUARD})
    free = rows.filter(pl.col("mode") == "unconstrained")
    assert free.select("n_kept", "n_swapped_in", "delta_usd").rows() == [(1, 2, -3.0), (2, 1, 0.0)]


def test_q_is_corrected_for_the_scenarios_looked_at() -> None:
    made, rng = world(), random.Random(1)
    for k in range(40):
        name = rng.choice(["a", "b", "c"])
        made.add(f"s{k}", k / 2, "blocked", failed(name))
        made.settle(f"s{k}", k / 2 + 0.1, rng.gauss(1.0 if name == "a" else 0.0, 1.0))
    rows, _ = asked(made, [19], {f"no_{name}": {"drop": [name]} for name in "abc"})
    for _, part in rows.group_by("mode"):
        assert part["q_value"].to_list() == pytest.approx(benjamini_hochberg(part["p_value"]).tolist())
        assert (part["q_value"] > part["p_value"]).any()


def test_nothing_asked() -> None:
    some = by_hand().frames()
    for found in (what_if(*some, [], AnalysisSettings(), 1.0), asked(by_hand(), [3], {})):
        assert [x.schema for x in found] == [pl.Schema(WhatIf.dtypes()), pl.Schema(SwapSets.dtypes())]
        assert all(x.is_empty() for x in found)


def test_nobody_decided() -> None:
    rows, swaps = asked(world(), [3], {"it": NO_GUARD, "fit": {"weights": {"ts": "fit"}}})
    assert rows["reason"].unique().sort().to_list() == [
        "gate ts was never recorded; no gate was",
        "gate volatility_guard was never recorded; no gate was",
    ]
    assert swaps.is_empty()


amount = st.sampled_from([0.5, 1.0, 2.0])
scenarios = st.one_of(
    st.just({"drop": ["a"]}),
    st.just({"drop": ["a", "b"]}),
    st.builds(lambda x: {"threshold": {"a": x}}, amount),
    st.builds(lambda x, y: {"scale": {"a": x}, "drop": [y]}, amount, st.sampled_from(["b", "c"])),
    st.builds(lambda x, y: {"weights": {"a": {"x": x, "y": y}}}, st.sampled_from([0.0, 1.0]), amount),
)


@modest
@given(worlds(), scenarios, st.sampled_from([1, 2, 9]), st.sampled_from([10.0, 25.0, 1e6]), st.booleans())
def test_equals_the_plain_loop(some: World, scenario: dict, slots: int, capital: float, once: bool) -> None:
    room = {"capital_usd": capital, "max_open_positions": slots, "one_position_per_symbol": once}
    rows, _ = asked(some, [4, 9], {"it": scenario}, windows=(1, 3, 12), **room)
    policy = Scenario.model_validate(scenario).policy
    for found in rows.filter(pl.col("status") != "not_evaluable").iter_rows(named=True):
        window, mode = found["window_days"], found["mode"]
        expected = what_if_row(some, found["as_of"], window, policy, mode, Room(*room.values()), longest=12)
        if found["status"] == "bounds_only":
            expected |= {"delta_usd": None}
        for name, value in expected.items():
            assert found[name] == (value if value is None else pytest.approx(value, abs=1e-9)), name
        if found["delta_usd"] is not None:
            assert found["scenario_net_pnl_usd"] == found["baseline_net_pnl_usd"] + found["delta_usd"]


@modest
@given(worlds(), scenarios)
def test_with_unlimited_room_both_modes_agree(some: World, scenario: dict) -> None:
    rows, _ = asked(some, [9], {"it": scenario}, windows=(3, 12), capital_usd=1e12, max_open_positions=10**6)
    free, kept = (
        rows.filter(pl.col("mode") == m, pl.col("status") == "ok").drop("mode")
        for m in ("unconstrained", "capital_aware")
    )
    same = ["window_days", "n_kept", "n_swapped_in", "n_swapped_out", "n_still_blocked", "n_unknown", "delta_usd"]
    assert free.select(same, "baseline_net_pnl_usd").equals(kept.select(same, "baseline_net_pnl_usd"))


@few
@given(worlds(24), scenarios, st.randoms(use_true_random=True))
def test_order_of_rows_and_other_days_do_not_matter(some: World, scenario: dict, rng: random.Random) -> None:
    shuffled = World(*(rng.sample(rows, len(rows)) for rows in some))
    narrow = {"windows": (2, 12), "max_open_positions": 1}
    for one, other, alone in zip(
        asked(some, [4, 9], {"it": scenario}, **narrow),
        asked(shuffled, [9, 4, 9], {"it": scenario}, **narrow),
        asked(some, [9], {"it": scenario}, **narrow),
        strict=True,
    ):
        assert one.equals(other)
        assert one.filter(pl.col("as_of") == day(9)).equals(alone)


@few
@given(worlds(24), scenarios, st.integers(0, 9))
def test_nothing_known_later_counts(some: World, scenario: dict, k: int) -> None:
    then = World(*([r for r in rows if r["day"] <= day(k)] for rows in some))
    for one, other in zip(asked(some, [k], {"it": scenario}), asked(then, [k], {"it": scenario}), strict=True):
        assert one.equals(other)


@modest
@given(worlds(), scenarios)
def test_swap_sets_add_up_to_all_decisions_and_all_money(some: World, scenario: dict) -> None:
    _, swaps = asked(some, [9], {"it": scenario}, windows=(12,))
    tried = [d["signal_id"] for d in some.decisions if d["decision"] in {"approved", "blocked"}]
    pnl = [o["net_pnl_usd"] for o in some.outcomes if o["signal_id"] in tried and o["day"] <= day(9)]
    if swaps.height:
        assert swaps["n"].sum() == len(tried)
        assert swaps["n_settled"].sum() == len(pnl) - pnl.count(None)
        assert swaps["n_unlabelled"].sum() == pnl.count(None)
        assert swaps["net_pnl_usd"].sum() == pytest.approx(math.fsum(x for x in pnl if x is not None))
