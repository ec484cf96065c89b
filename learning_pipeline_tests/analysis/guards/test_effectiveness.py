from __future__ import annotations

import itertools
import math

import polars as pl
import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from learning_pipeline.analysis import AnalysisSettings, GuardEffectiveness, guard_effectiveness
from learning_pipeline_tests.analysis.guards.plain import cohort
from learning_pipeline_tests.analysis.guards.worlds import World, blocked, failed, frames, guards, opportunity, worlds
from learning_pipeline_tests.analysis.rows import day, outcome

modest = settings(deadline=None, max_examples=40)


def one_guard(pnls: list[float], days: list[int] | None = None) -> World:
    """Guard g1 alone blocks one decision a day (or on the days given)."""
    on = days or list(range(len(pnls)))
    ids = [f"s{k:02}" for k in range(len(pnls))]
    return (
        [blocked(i, d, "g1") for i, d in zip(ids, on, strict=True)],
        [failed(i, d, "g1") for i, d in zip(ids, on, strict=True)],
        [outcome(i, d, d, pnl) for i, d, pnl in zip(ids, on, pnls, strict=True)],
    )


def test_two_overlapping_guards_by_hand() -> None:
    # a: g1 alone +10; b: g1 and g2 -40; c: g2 alone -6; d: g1 alone, open; e: g2 alone, cannot be simulated.
    by = {"a": ("g1",), "b": ("g1", "g2"), "c": ("g2",), "d": ("g1",), "e": ("g2",)}
    decisions = [blocked(s, k, *names) for k, (s, names) in enumerate(by.items())]
    gates = [failed(s, k, name) for k, (s, names) in enumerate(by.items()) for name in names]
    pnl = {"a": 10.0, "b": -40.0, "c": -6.0, "e": None}
    outcomes = [outcome(s, list(by).index(s), 6, x) for s, x in pnl.items()]
    g1, g2 = guards((decisions, gates, outcomes), [8], 30).rows(named=True)
    expected = {
        "n_blocked": (3, 3),
        "n_pending": (1, 0),
        "n_unlabelled": (0, 1),
        "n_marginal": (1, 1),
        "missed_profit_usd": (10.0, 0.0),
        "avoided_loss_usd": (40.0, 46.0),
        "net_saved_usd": (30.0, 46.0),
        "net_saved_roi": (0.03, 0.046),
        "marginal_net_saved_usd": (-10.0, 6.0),
        "shapley_usd": (-10 + 40 / 2, 40 / 2 + 6),  # together 36: minus the sum of all PnL
    }
    for name, values in expected.items():
        assert (g1[name], g2[name]) == pytest.approx(values), name
    assert g1["basis"] == g2["basis"] == "marginal"
    # One day of 30 with 6: s = 6 / sqrt(30), half = t(.975, 29) sqrt(30) s = 2.04523 x 6; t = 1 with 29 d.o.f.
    assert (g2["ci_low_usd"], g2["ci_high_usd"]) == pytest.approx((6 - 12.27138, 6 + 12.27138), abs=1e-4)
    assert g2["p_value"] == pytest.approx(0.3256, abs=1e-4)
    assert g1["q_value"] == g2["q_value"] == g2["p_value"]


def test_only_the_first_blocker_known_gives_bounds_and_another_basis() -> None:
    # Complete: +2 (g1 alone). First of unknown others: +10, -4. Incomplete, but g2 was first: -100.
    decisions = [
        blocked("a", 0, "g1"),
        blocked("b", 1, "g1", gates_complete=False),
        blocked("c", 2, "g1", gates_complete=False),
        blocked("d", 3, "g2", "g1", gates_complete=False),
    ]
    outcomes = [
        outcome(s, k, 5, pnl) for k, (s, pnl) in enumerate({"a": 2.0, "b": 10.0, "c": -4.0, "d": -100.0}.items())
    ]
    g1, _ = guards((decisions, [], outcomes), [8], 30).rows(named=True)
    assert g1["marginal_net_saved_usd"] is None
    assert (g1["marginal_low_usd"], g1["marginal_high_usd"]) == (-2 - 10, -2 + 4)
    assert (g1["basis"], g1["basis_net_saved_usd"]) == ("first_blocker", -(2 + 10 - 4))
    assert (g1["n_blocked"], g1["n_unknown"], g1["n_marginal"], g1["n_clusters"]) == (4, 3, 3, 3)


def test_an_open_decision_with_unknown_gates_already_changes_the_basis() -> None:
    # What the guard alone blocked is not known before its outcome is, nor after.
    world = [blocked("a", 0, "g1", gates_complete=False)], [], []
    row = guards(world, [3], 30).row(0, named=True)
    assert (row["basis"], row["n_pending"], row["ci_low_usd"]) == ("first_blocker", 1, None)


@pytest.mark.parametrize(("n_days", "sign", "verdict"), [(10, -1, "saves"), (10, 1, "costs"), (9, -1, "inconclusive")])
def test_a_verdict_needs_ten_active_days(n_days: int, sign: int, verdict: str) -> None:
    row = guards(one_guard([sign * (20.0 + k % 3) for k in range(n_days)]), [12], 13).row(0, named=True)
    assert row["q_value"] < 0.05
    assert (row["n_clusters"], row["verdict"]) == (n_days, verdict)


def test_chance_is_inconclusive() -> None:
    row = guards(one_guard([20.0 * (-1) ** k for k in range(12)]), [12], 13).row(0, named=True)
    assert row["verdict"] == "inconclusive"


def test_many_decisions_of_one_day_are_one_observation() -> None:
    row = guards(one_guard([-20.0] * 12, days=[3] * 12), [12], 13).row(0, named=True)
    assert (row["n_marginal"], row["n_clusters"], row["verdict"]) == (12, 1, "inconclusive")
    assert row["p_value"] > 0.3


def test_looking_at_winners_alone_is_caught() -> None:
    # Three missed winners of 10, five avoided losers of 20: the guard saved 70, while its winners alone say it cost 30.
    world = one_guard([10.0] * 3 + [-20.0] * 5)
    honest = guards(world, [10], 30).row(0, named=True)
    assert (honest["missed_profit_usd"], honest["avoided_loss_usd"], honest["net_saved_usd"]) == (30.0, 100.0, 70.0)
    winners = [o for o in world[2] if o["net_pnl_usd"] > 0]
    selected = guards((*world[:2], winners), [10], 30).row(0, named=True)
    assert (selected["net_saved_usd"], selected["n_pending"]) == (-30.0, 5)


def test_q_is_corrected_for_the_guards_looked_at() -> None:
    by = {"g1": [-20.0 - k % 3 for k in range(12)], "g2": [20.0 * (-1) ** k - k for k in range(12)]}
    parts = [one_guard(pnls) for pnls in by.values()]
    named = [_of_guard(part, guard) for part, guard in zip(parts, by, strict=True)]
    g1, g2 = guards(tuple(a + b for a, b in zip(*named, strict=True)), [12], 13).rows(named=True)
    assert g1["p_value"] < g2["p_value"]
    assert (g1["q_value"], g2["q_value"]) == pytest.approx((2 * g1["p_value"], g2["p_value"]))


def _of_guard(world: World, guard: str) -> World:
    """The world of `one_guard` under another guard's name, with signals of its own."""
    named = {"blocked_by": [guard], "blocker_component": guard, "gate": guard}
    return tuple(
        [row | {n: v for n, v in named.items() if n in row} | {"signal_id": guard + row["signal_id"]} for row in rows]
        for rows in world
    )


def test_one_day_has_a_total_and_no_interval() -> None:
    row = guards(one_guard([-5.0]), [0], 1).row(0, named=True)
    assert row["basis_net_saved_usd"] == 5.0
    assert [row[c] for c in ("ci_low_usd", "ci_high_usd", "p_value", "q_value")] == [None] * 4


def test_windows_are_by_decision_day_not_by_outcome_day() -> None:
    world = [blocked("a", 0, "g1")], [failed("a", 0, "g1")], [outcome("a", 0, 4, -5.0)]
    assert guards(world, [4], 4).is_empty()
    assert guards(world, [4], 5)["net_saved_usd"].to_list() == [5.0]


def test_other_books_do_not_count_unless_asked_for() -> None:
    world = one_guard([-5.0])
    world[0][0]["book"] = "learning"
    assert guards(world, [2], 30).is_empty()
    assert guards(world, [2], 30, books=("learning",)).height == 1


def test_a_revised_decision_counts_in_its_new_version_from_its_day_on() -> None:
    # Blocked by g1 on day 0 and settled; on day 2 a late report says that it was g2, decided on day 1: open again.
    decisions = [blocked("a", 0, "g1"), blocked("a", 1, "g2", known=2)]
    world = decisions, [], [outcome("a", 0, 1, -5.0), outcome("a", 1, 3, -7.0)]
    found = guards(world, [1, 2, 3], 30).select("guard", "n_pending", "net_saved_usd").rows()
    assert found == [("g1", 0, 5.0), ("g2", 1, 0.0), ("g2", 0, 7.0)]


def test_a_block_of_unknown_cause_stands_under_no_guard_but_costs() -> None:
    world = [blocked("a", 0)], [], [outcome("a", 0, 1, 5.0)]
    assert guards(world, [2], 30).is_empty()
    assert opportunity(world, [2], 30)["missed_profit_usd"].item() == 5.0


def test_a_gate_that_was_not_evaluated_keeps_a_decision_out_of_the_marginal() -> None:
    gates = [failed("a", 0, "g1"), failed("a", 0, "g2", passed=None)]
    world = [blocked("a", 0, "g1", gates_complete=False)], gates, [outcome("a", 0, 1, 5.0)]
    row = guards(world, [2], 30).row(0, named=True)
    assert (row["marginal_low_usd"], row["marginal_high_usd"]) == (-5.0, 0.0)


@modest
@given(worlds())
def test_shapley_is_the_mean_over_all_orders_of_vetoes(world: World) -> None:
    found = guards(world, [14], 20)
    settled = _settled_blockers(world)
    for guard, shapley in found.select("guard", "shapley_usd").iter_rows():
        assert shapley == pytest.approx(-math.fsum(_brute_force(guard, by, pnl) for by, pnl in settled), abs=1e-9)


def _settled_blockers(world: World) -> list[tuple[list[str], float]]:
    rows = cohort(world, day(14), 20)
    return [(row["blocked_by"], row["pnl"]) for row in rows if isinstance(row["pnl"], float)]


def _brute_force(guard: str, by: list[str], pnl: float) -> float:
    """Mean PnL that adding the guard takes away, over all orders in which guards are added."""
    orders = list(itertools.permutations(["g1", "g2", "g3"]))
    takes = [guard in by and not set(order[: order.index(guard)]) & set(by) for order in orders]
    return pnl * sum(takes) / len(orders)


@modest
@given(worlds())
def test_shapley_adds_up_to_all_that_a_known_guard_blocked(world: World) -> None:
    total = -math.fsum(pnl for by, pnl in _settled_blockers(world) if by)
    assert guards(world, [14], 20)["shapley_usd"].sum() == pytest.approx(total, abs=1e-9)


def test_nothing_asked_and_nothing_blocked() -> None:
    nothing = frames(([], [], []))
    for as_ofs in ([], [day(3)]):
        found = guard_effectiveness(*nothing, as_ofs, AnalysisSettings())
        assert found.is_empty()
        assert found.schema == pl.Schema(GuardEffectiveness.dtypes())


@pytest.mark.parametrize("windows", [(), (0,), (30, 30)])
def test_impossible_windows_are_refused(windows: tuple[int, ...]) -> None:
    with pytest.raises(ValidationError):
        AnalysisSettings(windows=windows)
