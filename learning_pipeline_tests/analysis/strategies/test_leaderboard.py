from __future__ import annotations

import polars as pl
import pytest

from learning_pipeline.analysis import AnalysisSettings, StrategyLeaderboard, strategy_leaderboard
from learning_pipeline.analysis.strategies.leaderboard import ranked
from learning_pipeline_tests.analysis.rows import day, outcome
from learning_pipeline_tests.analysis.strategies.books import Journal, answer, board, fill, frames, signal, trade


def rows(found: pl.DataFrame, strategy: str = "*") -> tuple[dict, dict]:
    """Real and shadow."""
    real, shadow = found.filter(pl.col("strategy") == strategy).rows(named=True)
    assert (real["kind"], shadow["kind"]) == ("real", "shadow")
    return real, shadow


def test_real_trades_by_hand() -> None:
    trades = [trade("t1", 0, 8.0), trade("t2", 0, -2.0), trade("t3", 1, -3.0), trade("t4", 1, 0.0, strategy="b")]
    found = board(Journal(trades=trades), [2], 3)
    real, shadow = rows(found, "a")
    assert (real["n"], real["total_pnl_usd"], real["win_rate"]) == (3, 3.0, pytest.approx(1 / 3))
    # Day totals 6, -3, 0: mean 1, s^2 = (25 + 16 + 1) / 2 = 21; half = 4.302653 sqrt(3 x 21) = 34.1511.
    assert (real["ci_low_usd"], real["ci_high_usd"]) == pytest.approx((3 - 34.1511, 3 + 34.1511), abs=1e-3)
    assert (shadow["n"], shadow["win_rate"], shadow["ci_low_usd"]) == (0, None, None)
    real, _ = rows(found, "b")
    assert (real["n"], real["win_rate"], real["ci_low_usd"], real["ci_high_usd"]) == (1, 0.0, 0.0, 0.0)


def test_the_shadow_is_of_all_approved_and_blocked_decisions() -> None:
    words = {"s1": "approved", "s2": "blocked", "s3": "expired", "s4": "cancelled", "s5": "blocked", "s6": "approved"}
    outcomes = [outcome("s1", 0, 1, 5.0), outcome("s2", 0, 1, -2.0), outcome("s5", 0, 1, None)]
    outcomes += [outcome(s, 0, 1, 100.0) for s in ("s3", "s4")]
    journal = Journal([signal(s, 0) for s in words], [answer(s, 0, w) for s, w in words.items()], outcomes=outcomes)
    _, shadow = rows(board(journal, [2], 3))
    assert (shadow["n"], shadow["total_pnl_usd"], shadow["win_rate"]) == (2, 3.0, 0.5)
    assert (shadow["n_pending"], shadow["n_unlabelled"]) == (1, 1)


@pytest.mark.parametrize("decided_again", [0, 2], ids=["decided then", "decided anew"])
def test_of_a_revised_decision_each_version_counts_on_its_own_days(decided_again: int) -> None:
    # Settled on day 1; on day 2 a late report changes the answer: pending again where it was decided at another time,
    # for what came of the first is not what came of this one.
    answers = [answer("s", 0), answer("s", decided_again, "blocked", known=2)]
    outcomes = [outcome("s", 0, 1, 5.0), outcome("s", decided_again, 4, -7.0)]
    found = board(Journal([signal("s", 0)], answers, outcomes=outcomes), [0, 1, 2, 3, 4], 30)
    in_between = (1, 0, 5.0) if decided_again == 0 else (0, 1, 0.0)
    said = found.filter(strategy="a", kind="shadow").select("n", "n_pending", "total_pnl_usd").rows()
    assert said == [(0, 1, 0.0), (1, 0, 5.0), in_between, in_between, (1, 0, -7.0)]


def test_a_revised_decision_is_tried_or_not_as_its_newest_version_says() -> None:
    # Approved on day 0, settled on day 1; on day 2 it is known to have expired, on day 3 to have been blocked.
    answers = [answer("s", 0), answer("s", 0, "expired", known=2), answer("s", 0, "blocked", known=3)]
    journal = Journal([signal("s", 0)], answers, outcomes=[outcome("s", 0, 1, 5.0)])
    found = board(journal, [0, 1, 2, 3], 30).filter(strategy="*", kind="shadow")
    assert found.select("n", "n_pending").rows() == [(0, 1), (1, 0), (0, 0), (1, 0)]


def test_a_revised_decision_is_executed_in_one_version_at_a_time() -> None:
    # Its strategy was wrong until day 2; its trade is open until day 4.
    answers = [answer("s", 0), answer("s", 0, known=2, strategy="b")]
    journal = Journal(
        [signal("s", 0)], answers, fills=[fill("f", 0, 5, signal_id="s")], trades=[trade("trade f", 4, 1.0)]
    )
    found = board(journal, [0, 1, 2, 3, 4], 30).filter(kind="real")
    pending = found.filter(pl.col("n_pending") > 0, pl.col("strategy") != "*")
    assert pending.select("as_of", "strategy").rows() == [(day(0), "a"), (day(1), "a"), (day(2), "b"), (day(3), "b")]
    assert found.filter(strategy="*")["n_pending"].to_list() == [1, 1, 1, 1, 0]


def test_a_signal_is_pending_while_one_of_its_trades_is_open() -> None:
    fills = [fill("f1", 0, 5, signal_id="s", trade_id="t1"), fill("f2", 1, 5, signal_id="s", trade_id="t2")]
    trades = [trade("t1", 2, 1.0), trade("t2", 4, 1.0)]
    journal = Journal([signal("s", 0)], [answer("s", 0)], fills=fills, trades=trades)
    found = board(journal, [0, 1, 2, 3, 4], 30).filter(strategy="a", kind="real")
    assert found["n_pending"].to_list() == [1, 1, 1, 1, 0]
    assert found["n"].to_list() == [0, 0, 1, 1, 2]


def test_of_a_revised_trade_the_newest_revision_counts_from_its_day_on() -> None:
    trades = [trade("t", 0, 5.0), trade("t", 0, -1.0, known=2)]
    found = board(Journal(trades=trades), [1, 2], 30).filter(strategy="a", kind="real")
    assert found["total_pnl_usd"].to_list() == [5.0, -1.0]


def test_a_trade_without_a_strategy_counts_under_that_of_its_signal_once_known() -> None:
    trades = [trade("t", 0, 5.0, strategy=None, signal_id="s"), trade("u", 0, 1.0, strategy=None)]
    found = board(Journal([signal("s", 1, "b")], trades=trades), [0, 1], 30).filter(kind="real")
    assert found.select("as_of", "strategy", "total_pnl_usd").sort("as_of", "strategy").rows() == [
        (found["as_of"][0], "*", 6.0),
        (found["as_of"][-1], "*", 6.0),
        (found["as_of"][-1], "b", 5.0),
    ]


def test_trades_count_by_the_day_of_their_close_and_in_their_own_book() -> None:
    trades = [trade("t", 0, 5.0, known=4), trade("u", 4, 1.0, book="research")]
    assert rows(board(Journal(trades=trades), [4], 4))[0]["n"] == 0
    assert rows(board(Journal(trades=trades), [4], 5))[0]["n"] == 1
    assert rows(board(Journal(trades=trades), [4], 5, books=("profit", "research")))[0]["n"] == 2


def test_ranked_by_real_net_pnl() -> None:
    trades = [trade("t", 0, -5.0, strategy="a"), trade("u", 0, 3.0, strategy="b"), trade("v", 0, 1.0, strategy="c")]
    found = ranked(board(Journal(trades=trades), [0], 30))
    assert found["strategy"].to_list() == ["b", "b", "c", "c", "*", "*", "a", "a"]
    assert found["kind"].to_list() == ["real", "shadow"] * 4


def test_nothing_happened_and_nothing_asked() -> None:
    real, shadow = rows(board(Journal(), [0], 30))
    assert (real["n"], real["total_pnl_usd"], real["win_rate"], shadow["ci_low_usd"]) == (0, 0.0, None, None)
    empty = strategy_leaderboard(**frames(Journal()), as_ofs=[], settings=AnalysisSettings())
    assert empty.equals(StrategyLeaderboard.frame())
