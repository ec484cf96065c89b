"""Evidence day by day: hand-worked figures, no look ahead, the same in pieces and in any order."""

from __future__ import annotations

import datetime as dt
import random
import statistics
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning_pipeline.contracts import days_between
from learning_pipeline.playbooks.claim import Claim, Split
from learning_pipeline.playbooks.figures import effective_trades, split_figures
from learning_pipeline.playbooks.tables import Evidence, Validation
from learning_pipeline.playbooks.validation import Validated, validate
from learning_pipeline_tests.playbooks.builders import HOUR, MONDAY, claim, counted, frame, trade

FIRST = MONDAY.date()


def days(n: int) -> list[dt.date]:
    return days_between(FIRST, FIRST + dt.timedelta(days=n - 1))


def run(rows: list[dict[str, Any]], n_days: int, what: Claim | None = None) -> Validated:
    what = what or claim()
    return validate(frame(rows), Evidence.frame(), Validation.frame(), {"x": what}, days(n_days))


def last(found: Validated) -> dict[str, Any]:
    return found.validation.row(-1, named=True)


def test_aggregate_computes_correct_win_rate_avg_r_and_median_bars() -> None:
    rows = [
        trade(0, 0, r_achieved=1.0, bars_to_outcome=2),
        trade(1, 1, r_achieved=-1.2, outcome="hit_stop", bars_to_outcome=5),
        trade(2, 2, r_achieved=0.5, outcome="ttl_expired", bars_to_outcome=None),
        trade(3, 2, outcome="open", exit_ts=None, exit_price=None, pnl=None, r_achieved=None, bars_to_outcome=None),
        trade(4, 2, r_achieved=None, outcome="hit_stop", bars_to_outcome=9),
        trade(5, 2, playbook_id=None),
        trade(6, 2, playbook_id="another"),
    ]
    found = last(run(rows, 3))
    assert found["n_trades"] == 4  # the open one counts for nothing, nor do those of others
    assert found["win_rate"] == 1 / 4
    assert found["avg_r"] == pytest.approx(0.1)
    assert found["median_bars_to_outcome"] == 5
    assert found["n_effective"] == 3  # two share Wednesday
    assert found["status"] == "insufficient_data"


def test_nothing_closed_is_null_and_not_zero() -> None:
    found = last(run([], 1))
    unknown = ["win_rate", "avg_r", "median_bars_to_outcome", "ci_low", "ci_high", "look_n", "looked_on"]
    assert [found[name] for name in unknown] == [None] * len(unknown)
    assert (found["n_trades"], found["next_look_n"]) == (0, 20)


def test_a_verdict_stands_until_the_next_look() -> None:
    wins = [trade(k, k) for k in range(20)]
    losses = [trade(k, k, outcome="hit_stop", r_achieved=-1.0) for k in range(20, 39)]
    found = run([*wins, *losses], 39).validation
    assert found["status"].to_list() == ["insufficient_data"] * 19 + ["validated"] * 20
    assert (last(run([*wins, *losses], 39))["n_looks"], last(run([*wins, *losses], 39))["look_n"]) == (1, 20)
    losing = trade(39, 39, outcome="hit_stop", r_achieved=-1.0)
    assert last(run([*wins, *losses, losing], 40))["status"] == "inconclusive"


def test_a_corrected_trade_counts_as_corrected_from_that_day_on() -> None:
    corrected = trade(0, 0, day=FIRST + dt.timedelta(days=1), outcome="hit_stop", r_achieved=-1.0)
    found = run([trade(0, 0), corrected], 2).validation
    assert found["win_rate"].to_list() == [1.0, 0.0]
    moved = trade(0, 0, day=FIRST + dt.timedelta(days=1), playbook_id="another")
    assert run([trade(0, 0), moved], 2).validation["n_trades"].to_list() == [1, 0]


def test_another_claim_is_looked_at_anew() -> None:
    rows = [trade(k, k) for k in range(20)]
    before = run(rows, 20)
    assert last(before)["status"] == "validated"
    stricter, nothing = claim(threshold=0.95), frame([])
    day = FIRST + dt.timedelta(days=20)
    after = validate(nothing, before.evidence.filter(day=days(20)[-1]), before.validation, {"x": stricter}, [day])
    assert (last(after)["status"], last(after)["looked_on"]) == ("inconclusive", day)


def test_evidence_is_kept_for_a_playbook_that_comes_later() -> None:
    before = validate(frame([trade(0, 0)]), Evidence.frame(), Validation.frame(), {}, days(1))
    assert before.validation.is_empty()
    after = validate(frame([]), before.evidence, before.validation, {"x": claim()}, [FIRST + dt.timedelta(days=1)])
    assert last(after)["n_trades"] == 1


def random_trades(rng: random.Random, n_days: int) -> list[dict[str, Any]]:
    """Closes, corrections, reopenings and changes of playbook on random days."""
    rows = []
    for k in range(rng.randrange(1, 50)):
        for day in sorted(rng.sample(range(n_days), rng.choice([1, 1, 1, 2]))):
            outcome = rng.choice(["hit_1r", "hit_stop", "hit_1r", "ttl_expired", "open"])
            r = rng.choice([1.0, -1.0, 0.1, -0.3, None])
            closed = {"exit_ts": None, "exit_price": None, "pnl": None} if outcome == "open" else {}
            rows.append(trade(k, day, outcome=outcome, r_achieved=r, playbook_id=rng.choice(["x", "x", "y"]), **closed))
    return rows


@settings(max_examples=30)
@given(st.randoms(use_true_random=False))
def test_each_day_is_what_a_slow_count_over_all_that_is_known_says(rng: random.Random) -> None:
    n_days, rows = 8, random_trades(rng, 8)
    found = run(rows, n_days, claim(n=5))
    for day in days(n_days):
        known: dict[str, dict[str, Any]] = {}
        for row in sorted((row for row in rows if row["day"] <= day), key=lambda row: row["day"]):
            known[row["trade_id"]] = row
        closed = [row for row in known.values() if row["playbook_id"] == "x" and row["outcome"] != "open"]
        said = found.validation.row(by_predicate=pl.col("as_of") == day, named=True)
        assert said["n_trades"] == len(closed)
        if closed:
            assert said["win_rate"] == statistics.fmean(row["outcome"] == "hit_1r" for row in closed)
        r = [row["r_achieved"] for row in closed if row["r_achieved"] is not None]
        assert said["avg_r"] == (pytest.approx(statistics.fmean(r)) if r else None)


@settings(max_examples=30)
@given(st.randoms(use_true_random=False), st.integers(1, 7))
def test_in_pieces_and_in_any_order_it_is_the_same_to_the_bit(rng: random.Random, cut: int) -> None:
    rows = random_trades(rng, 8)
    whole = run(rows, 8, claim(n=5))
    shuffled = frame(rows).sample(fraction=1.0, shuffle=True, seed=1)
    claims = {"x": claim(n=5)}
    asked = days(8)
    one = validate(
        shuffled.filter(pl.col("day") < asked[cut]), Evidence.frame(), Validation.frame(), claims, asked[:cut]
    )
    before = [rows.filter(pl.col("day") == asked[cut - 1]) for rows in one]
    other = validate(shuffled.filter(pl.col("day") >= asked[cut]), *before, claims, asked[cut:])
    for table, all_at_once, first, second in zip([Evidence, Validation], whole, one, other, strict=True):
        assert table.checked(pl.concat([first, second])).equals(table.checked(all_at_once))


def test_trades_held_together_are_worth_less() -> None:
    apart = [counted(k, 1.0) for k in range(10)]
    together = [trade._replace(entry_us=0, exit_us=HOUR) for trade in apart]
    assert effective_trades(apart) == pytest.approx(10)
    assert effective_trades(together) == pytest.approx(1)
    assert effective_trades([]) == 0


def test_the_halves_of_a_split_are_compared() -> None:
    high = [counted(k, 1.0 if k < 56 else -1.0, value=2.0) for k in range(70)]
    low = [counted(k, 1.0 if k < 48 else -1.0, value=1.0) for k in range(80)]
    unknown = [counted(0, 1.0)]
    found = split_figures(Split(feature="relative_volume", at=1.5), [*high, *low, *unknown])
    assert (found["n_high"], found["win_rate_high"], found["n_low"], found["win_rate_low"]) == (70, 0.8, 80, 0.6)
    # Newcombe (1998), table II, example (a)
    assert (found["split_difference_low"], found["split_difference_high"]) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_an_empty_half_has_no_rate() -> None:
    found = split_figures(Split(feature="v", at=1.5), [counted(0, 1.0, value=2.0)])
    assert (found["n_low"], found["win_rate_low"], found["split_difference"]) == (0, None, None)


def test_the_split_reads_what_the_signal_carried() -> None:
    split = claim(split=Split(feature="v", at=1.5))
    indicators = ['{"v":2.0}', '{"v":1.0}', '{"other":1.0}', '{"v":true}']
    rows = [trade(k, k, entry_indicators=text) for k, text in enumerate(indicators)]
    found = last(run(rows, 4, split))
    assert (found["split_feature"], found["n_high"], found["n_low"]) == ("v", 1, 1)
