"""Rows under the learning engine's names, where the two-week world has none of them."""

from __future__ import annotations

from typing import Any

from learning_pipeline.sdk.answers import bias, by_verdict, leaderboard, missed, strategies, what_if

STAMP = {"day": None, "as_of": None, "window_days": 90}
COUNTS = dict.fromkeys(("n_blocked", "n_marginal", "n_pending", "n_unlabelled", "n_unknown"), 0)


def guard(name: str, **more: Any) -> dict[str, Any]:
    money = {"basis_net_saved_usd": -5.0, "ci_low_usd": -9.0, "ci_high_usd": -1.0}
    bounds = {"marginal_net_saved_usd": -5.0, "marginal_low_usd": -5.0, "marginal_high_usd": -5.0}
    sure = {"verdict": "costs", "basis": "marginal", "q_value": 0.01}
    return STAMP | {"guard": name} | money | bounds | sure | COUNTS | {"n_marginal": 3} | more


def test_where_only_the_first_blocker_is_known_the_answer_is_a_bound() -> None:
    unknown = {"marginal_net_saved_usd": None, "marginal_low_usd": -8.0, "marginal_high_usd": 2.0}
    told = what_if([guard("SpreadGuard", basis="first_blocker", **unknown)], [])["no_spread_guard"]
    assert (told["net_pnl_if_disabled"], told["lower_bound"], told["upper_bound"]) == (None, -2.0, 8.0)
    assert (told["ci_low"], told["ci_high"]) == (None, None)


def test_a_guard_that_blocked_nothing_is_answered_by_its_scenario() -> None:
    row = STAMP | {
        "scenario": "no_volatility_guard",
        "mode": "unconstrained",
        "delta_usd": None,
        "status": "not_evaluable",
    }
    told = what_if([], [row, row | {"mode": "capital_aware"}])["no_volatility_guard"]
    assert told["net_pnl_if_disabled"] is None
    assert told["unconstrained"]["status"] == told["capital_aware"]["status"] == "not_evaluable"


def test_a_guard_that_never_blocked_alone_has_no_saving() -> None:
    idle = guard(
        "idle", verdict="inconclusive", n_marginal=0, basis_net_saved_usd=0.0, ci_low_usd=None, ci_high_usd=None
    )
    (told,) = by_verdict([idle])["inconclusive_guards"]
    assert told["net_saved"] is None


def test_a_cost_is_told_with_the_interval_of_the_cost() -> None:
    (told,) = by_verdict([guard("costly")])["ineffective_guards"]
    assert (told["net_cost"], told["ci_low"], told["ci_high"]) == (5.0, 1.0, 9.0)
    assert "net_saved" not in told


def totals(strategy: str, kind: str, n: int, pnl: float) -> dict[str, Any]:
    rest = {"win_rate": 0.5 if n else None, "ci_low_usd": None, "ci_high_usd": None, "n_pending": 0, "n_unlabelled": 0}
    return STAMP | {"strategy": strategy, "kind": kind, "n": n, "total_pnl_usd": pnl} | rest


def test_the_top_strategy_is_the_best_that_really_traded() -> None:
    rows = [totals(*each) for each in [("*", "real", 2, -3.0), ("a", "real", 2, -3.0), ("b", "real", 0, 0.0)]]
    rows += [totals(name, "shadow", 4, 1.0) for name in ("*", "a", "b")]
    told = strategies(rows)
    assert (told["top_strategy"], list(told["strategies"])) == ("a", ["b", "a"])
    assert leaderboard(rows)["b"]["win_rate"] is None
    assert leaderboard(rows)["b"]["shadow"]["total_pnl"] == 1.0


def test_missed_opportunities_are_told_by_answer_and_strategy() -> None:
    rows = [
        STAMP | {"decision": "expired", "strategy": s, "n": n, "net_pnl_usd": 1.0 * n} for s, n in [("*", 3), ("a", 2)]
    ]
    told = missed(rows)["expired"]
    assert (told["n"], told["net_pnl"], told["strategies"]) == (3, 3.0, {"a": {"n": 2, "net_pnl": 2.0}})
    assert missed([]) == {}


def test_the_bias_of_the_simulator_is_that_of_all_strategies_or_unknown() -> None:
    row = STAMP | {"strategy": "*", "n": 4, "bias_usd": -3.0, "ci_low_usd": -5.0, "ci_high_usd": -1.0}
    told = {"n": 4, "bias": -3.0, "ci_low": -5.0, "ci_high": -1.0}
    assert bias([row | {"strategy": "alpha", "bias_usd": 9.0}, row]) == told
    unknown = {"n": 0, "bias": None, "ci_low": None, "ci_high": None}
    assert bias([]) == unknown
    assert bias([row | {"n": 0, "bias_usd": 0.0}]) == unknown, "nothing compared is not a bias of 0"
