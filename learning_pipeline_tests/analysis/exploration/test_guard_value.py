"""Guard value by hand: whose it is, what an admission counts, and when nothing is said."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from learning_pipeline.analysis.exploration.tables import REASONS
from learning_pipeline.analysis.exploration.value_rows import Limits
from learning_pipeline_tests.analysis.exploration.journal import Journal, close, decide, empty, settle, value
from learning_pipeline_tests.analysis.rows import Row

FEW = Limits(min_admissions=1, min_days=1, min_p=0.0)
"""For worlds of a handful of decisions."""


def rows(journal: Journal, as_of: int, window: int, guard: str = "g1", limits: Limits = FEW) -> dict[str, Row]:
    found = value(journal, [as_of], window, limits=limits).rows(named=True)
    return {row["estimator"]: row for row in found if row["guard"] == guard}


def four() -> Journal:
    """g1 alone, chance 1/4, on two days: two blocked (shadow +8, -4), two admitted (shadow +2, -6; real +30, -10)."""
    journal = empty()
    for name, k, word, pnl in [("a", 0, "blocked", 8.0), ("c", 1, "blocked", -4.0)]:
        decide(journal, name, k, "g1", word=word, propensity=0.75)
        settle(journal, name, k, pnl)
    for name, k, pnl, roi in [("b", 0, 2.0, 0.03), ("d", 1, -6.0, -0.01)]:
        decide(journal, name, k, "g1", word="approved", propensity=0.25)
        settle(journal, name, k, pnl)
        close(journal, name, k + 1, roi)  # a trade of 250 on a decision of 1000
    return journal


def test_five_estimators_by_hand() -> None:
    found = rows(four(), 3, 4)
    totals = {name: -row["net_saved_usd"] for name, row in found.items()}
    assert totals == pytest.approx(
        {
            "shadow": 8 - 4,
            "dm": 8 - 4 + 2 - 6,
            "ipw": 4 * 30 + 4 * -10,
            "snipw": 4 * (30 - 10) / 2,  # four at the mean of 10
            "aipw": 0 + 4 * (30 - 2) + 4 * (-10 + 6),
        }
    )
    row = found["aipw"]
    # By day: 8 + 2 + 112 = 122 and -4 - 6 - 16 = -26, then two of 0; mean 24, s = 66.473; t(.975, 3) = 3.182446.
    assert (-row["ci_high_usd"], -row["ci_low_usd"]) == pytest.approx((96 - 423.094, 96 + 423.094), abs=1e-2)
    assert (row["n_eligible"], row["n_settled"], row["n_admitted"], row["n_days"]) == (4, 4, 2, 2)
    assert (row["effective_size"], row["min_propensity"]) == (2.0, 0.25)


def test_a_small_learning_trade_is_no_bias() -> None:
    small, large = four(), four()
    for trade in large.trades:
        trade.update(qty=trade["qty"] * 40, pnl_usd=trade["pnl_usd"] * 40)
    assert rows(small, 3, 4) == rows(large, 3, 4)


def test_several_trades_of_a_signal_count_together() -> None:
    # 250 at +3 % and 750 at -1 %: nothing on 1000.
    journal = four()
    close(journal, "b", 2, -0.01, "another", cost=750.0)
    assert -rows(journal, 3, 4)["ipw"]["net_saved_usd"] == pytest.approx(4 * 0 + 4 * -10)


def test_a_decision_of_several_guards_counts_for_all_and_for_none_alone() -> None:
    journal = four()
    decide(journal, "e", 1, "g1", "g2", propensity=0.75)
    settle(journal, "e", 1, 100.0)
    assert rows(journal, 3, 4)["dm"]["net_saved_usd"] == 0.0
    assert rows(journal, 3, 4, "*")["dm"]["net_saved_usd"] == -100.0
    assert not rows(journal, 3, 4, "g2")


def test_a_guard_that_bears_the_name_of_all_is_not_told_apart() -> None:
    journal = four()
    decide(journal, "e", 1, "*", propensity=0.75)
    settle(journal, "e", 1, 100.0)
    assert rows(journal, 3, 4, "*")["dm"]["net_saved_usd"] == -100.0
    assert rows(journal, 3, 4)["dm"]["net_saved_usd"] == 0.0


@pytest.mark.parametrize("more", [{"gates_complete": False}, {"book": "research"}])
def test_what_may_have_had_other_blockers_or_is_of_another_book_is_not_the_guards(more: Row) -> None:
    journal = four()
    decide(journal, "e", 1, "g1", propensity=0.75, **more)
    settle(journal, "e", 1, 100.0)
    assert rows(journal, 3, 4)["dm"]["n_eligible"] == 4


def test_an_ordinary_approval_is_no_admission() -> None:
    journal = four()
    decide(journal, "e", 1, word="approved", propensity=None)
    settle(journal, "e", 1, 100.0)
    assert rows(journal, 3, 4, "*")["dm"]["n_eligible"] == 4


def test_an_admission_that_found_no_entry_earned_nothing() -> None:
    journal = four()
    decide(journal, "e", 1, "g1", word="expired", propensity=0.25)
    settle(journal, "e", 1, 100.0)
    found = rows(journal, 3, 4)
    assert (found["aipw"]["n_admitted"], found["aipw"]["n_admitted_open"]) == (3, 0)
    assert -found["ipw"]["net_saved_usd"] == pytest.approx(80 + 4 * 0)
    assert -found["aipw"]["net_saved_usd"] == pytest.approx(96 + 100 + 4 * (0 - 100))


def test_an_open_admission_counts_its_shadow_outcome_until_its_trade_closes() -> None:
    journal = four()
    decide(journal, "e", 1, "g1", word="approved", propensity=0.25)
    settle(journal, "e", 1, 7.0)
    close(journal, "e", 4, -0.05)
    open_still, closed = (rows(journal, k, 5, limits=FEW._replace(max_open_share=1.0))["aipw"] for k in (3, 4))
    assert (open_still["n_admitted"], open_still["n_admitted_open"]) == (3, 1)
    assert -open_still["net_saved_usd"] == pytest.approx(96 + 7)
    assert (closed["n_admitted"], closed["n_admitted_open"]) == (3, 0)
    assert -closed["net_saved_usd"] == pytest.approx(96 + 7 + 4 * (-50 - 7))


def test_shadow_outcomes_that_are_open_or_cannot_be_had_are_counted() -> None:
    journal = four()
    for name, known in [("e", 9), ("f", 1)]:
        decide(journal, name, 1, "g1", propensity=0.75)
        settle(journal, name, 1, None if name == "f" else 5.0, known)
    found = rows(journal, 3, 4)["aipw"]
    assert (found["n_eligible"], found["n_settled"], found["n_pending"], found["n_unlabelled"]) == (6, 4, 1, 1)
    assert -found["net_saved_usd"] == pytest.approx(96)


def test_a_block_without_a_chance_stands_beside_the_estimate() -> None:
    journal = four()
    decide(journal, "e", 1, "g1", propensity=1.0)
    decide(journal, "f", 1, "g1", propensity=None)
    for name in "ef":
        settle(journal, name, 1, 100.0)
    found = rows(journal, 3, 4)["aipw"]
    assert (found["n_eligible"], found["n_no_chance"], found["n_without_propensity"]) == (4, 1, 1)
    assert -found["net_saved_usd"] == pytest.approx(96)


def large(n_days: int = 40, a_day: int = 10, every: int = 5) -> Journal:
    """A day's decisions by g1 alone; every fifth is admitted at 1/5, each day at other hours, and earns 2 % more."""
    journal = empty()
    for k in range(n_days):
        for n in range(a_day):
            name, admitted, hour = f"s{k:02}-{n:02}", (n + k * 3) % every == (k * k) % every, 2.0 * n
            propensity = 1 / every if admitted else 1 - 1 / every
            decide(journal, name, k, "g1", word="approved" if admitted else "blocked", propensity=propensity, hour=hour)
            pnl = float((n * 7 + k * 11) % 13 - 8)
            settle(journal, name, k, pnl, hour=hour)
            if admitted:
                close(journal, name, k, pnl / 1000 + 0.02)
    return journal


def reason(journal: Journal, as_of: int, window: int, estimator: str = "aipw", limits: Limits | None = None) -> str:
    row = rows(journal, as_of, window, "g1", limits or Limits(min_p=0.0))[estimator]
    assert (row["status"] == "refused") == (row["net_saved_usd"] is None) == (row["reason"] is not None)
    return row["reason"]


def test_enough_is_not_refused() -> None:
    journal = large()
    for estimator in ("shadow", "dm", "ipw", "snipw", "aipw"):
        assert reason(journal, 39, 40, estimator) is None
    found = rows(journal, 39, 40, limits=Limits(min_p=0.0))
    assert -found["aipw"]["net_saved_usd"] == pytest.approx(-found["dm"]["net_saved_usd"] + 400 * 20)


@pytest.mark.parametrize(
    ("world", "window", "expected"),
    [
        (lambda: large(n_days=25, a_day=5), 40, "too_few_admissions"),
        (lambda: large(n_days=19, a_day=10), 40, "too_few_days"),
        (lambda: large(n_days=19, a_day=10), 19, "too_few_days"),
        (lambda: without(large(), "trades", 0.1), 40, "admissions_open"),
    ],
)
def test_too_little_is_refused_for_what_rests_on_draws(
    world: Callable[[], Journal], window: int, expected: str
) -> None:
    journal = world()
    for estimator in ("ipw", "snipw", "aipw"):
        assert reason(journal, 39 if window == 40 else 18, window, estimator) == expected
    for estimator in ("shadow", "dm"):
        assert reason(journal, 39 if window == 40 else 18, window, estimator) is None


def without(journal: Journal, table: str, share: float) -> Journal:
    """Every so-manieth row of a table left out."""
    step = round(1 / share)
    return journal._replace(**{table: [row for n, row in enumerate(getattr(journal, table)) if n % step]})


def test_a_few_open_admissions_are_not_refused() -> None:
    assert reason(without(large(), "trades", 0.04), 39, 40) is None


def test_winners_alone_are_refused_not_believed() -> None:
    """Trades of losers never told: three in ten admissions look open, and no estimate is given."""
    journal = large()
    kept = [trade for trade in journal.trades if trade["pnl_usd"] > 3.75]
    assert 0.5 < len(kept) / len(journal.trades) < 0.9
    assert reason(journal._replace(trades=kept), 39, 40) == "admissions_open"


def test_losers_whose_decisions_are_left_out_too_are_caught_by_the_draws() -> None:
    journal = large()
    lost = {trade["signal_id"] for trade in journal.trades if trade["pnl_usd"] < 5}
    assert 0.4 < len(lost) / len(journal.trades) < 0.6
    left = [d for d in journal.decisions if d["signal_id"] not in lost]
    assert reason(journal._replace(decisions=left), 39, 40, limits=Limits()) == "propensity_not_as_logged"


def test_draws_that_are_too_even_are_not_draws() -> None:
    """Exactly a fifth of every day: a rule, not chance; nobody is told a number."""
    assert reason(large(), 39, 40, limits=Limits()) == "propensity_not_as_logged"


def test_nothing_written_down_is_refused_for_all_guards_together() -> None:
    journal = large()
    for decision in journal.decisions:
        decision["propensity"] = None
    found = value(journal, [39], 40).rows(named=True)
    assert {row["guard"] for row in found} == {"*"}
    assert {row["reason"] for row in found} == {"no_propensity"}
    assert {row["n_without_propensity"] for row in found} == {400}


def test_blocks_without_a_chance_in_the_majority_are_refused() -> None:
    journal = large()
    blocked = [d for d in journal.decisions if d["decision"] == "blocked"]
    for decision in blocked[: len(journal.decisions) // 2 + 1]:
        decision["propensity"] = 1.0
    assert reason(journal, 39, 40) == "no_overlap"
    assert reason(journal, 39, 40, "dm") is None
    for decision in journal.decisions:
        decision["propensity"] = 1.0 if decision["decision"] == "blocked" else None
    assert reason(journal, 39, 40, "dm") == reason(journal, 39, 40) == "no_overlap"


def test_no_shadow_outcome_yet() -> None:
    journal = large()._replace(outcomes=[])
    assert reason(journal, 39, 40, "dm") == reason(journal, 39, 40) == "nothing_settled"


def test_every_reason_has_words() -> None:
    assert all(REASONS.values())


def test_nothing_asked_and_nothing_there() -> None:
    assert value(empty(), [], 30).is_empty()
    assert value(empty(), [3], 30)["reason"].to_list() == ["no_propensity"] * 5
