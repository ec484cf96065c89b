from __future__ import annotations

import datetime as dt
import random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning_pipeline.tuning import LEVERS, Rule, Selections, TuningSettings, learn
from learning_pipeline_tests.tuning import plain
from learning_pipeline_tests.tuning.worlds import Row, World, day, decided, ended, frames, gate, some_world, told

SEED_ORDER = Rule(verification="none")


def lessons(*asked: Any) -> pl.DataFrame:
    *tables, days, tuning, rule = asked
    found = learn(*tables, days, Selections.frame(), tuning, rule).lessons
    return found.with_columns(p_value=pl.lit(None, pl.Float64), q_value=pl.lit(None, pl.Float64))


def rows(world: World, as_of: int = 20, rule: Rule | None = None, **more: object) -> list[Row]:
    return lessons(*frames(world), [day(as_of)], TuningSettings(**more), rule or Rule()).to_dicts()


def assert_equal(found: list[Row], expected: list[Row]) -> None:
    assert [(r["pattern_key"], r["scope"]) for r in found] == [(r["pattern_key"], r["scope"]) for r in expected]
    for row, other in zip(found, expected, strict=True):
        t, by_fractions = row.pop("t_statistic"), other.pop("t_statistic")
        assert row == other
        assert t == (by_fractions if by_fractions is None else pytest.approx(by_fractions, rel=1e-12, abs=1e-12))


def golden() -> World:
    """7 approved, 2 of them won; 97 skipped, 8 of them would have won: 5 wins and 1 loss lie just outside the halo."""
    inside, just_outside, far = 0.9, 1.05, 1.5
    values = [inside] * 7 + [just_outside] * 6 + [far] * 91
    wins = {0, 1, *range(7, 12), 20, 21, 22}
    decisions, gates, outcomes = [], [], []
    for k, halo in enumerate(values):
        name, word = f"s{k:03}", "approved" if halo <= 1 else "blocked"
        by = {"blocked_by": ["halo"], "blocker_component": "halo"} if word == "blocked" else {}
        decisions.append(decided(name, word, k % 10, **by))
        gates += [gate(name, "halo", halo, 1.0, k % 10), gate(name, "ts", 0.7, 0.55, k % 10)]
        outcomes.append(ended(name, k in wins, k % 10))
    return decisions, gates, outcomes, []


def test_the_seeds_own_lesson() -> None:
    (lesson,) = rows(golden())
    assert [lesson[name] for name in ("n", "n_approved", "n_skipped", "scope")] == [104, 7, 97, "{}"]
    assert [round(lesson[name], 3) for name in ("wr", "fpr", "mr", "dr")] == [0.286, 0.714, 0.082, 0.918]
    assert [lesson[name] for name in ("policy", "misses_caught", "failures_added", "ratio")] == ["halo+0.1", 5, 1, 5.0]
    assert lesson["deltas"] == '{"halo":0.1,"slope_min":0.0,"ts_min":0.0}'


def test_the_seeds_order_agrees_on_it() -> None:
    (lesson,) = rows(golden(), rule=SEED_ORDER)
    assert (lesson["policy"], lesson["ratio"], lesson["t_statistic"]) == ("halo+0.1", 5.0, None)


def test_rates_are_null_where_nothing_was_approved() -> None:
    decisions, gates, outcomes, _ = golden()
    skipped = [d for d in decisions if d["decision"] == "blocked"]
    (lesson,) = rows((skipped, gates, outcomes, []))
    assert (lesson["n_approved"], lesson["wr"], lesson["fpr"]) == (0, None, None)
    assert round(lesson["mr"], 3) == 0.082


def test_a_lesson_needs_enough_labelled_episodes() -> None:
    assert len(rows(golden(), n_min=104)) == 1
    assert rows(golden(), n_min=105) == []


def test_nothing_counts_before_it_is_known() -> None:
    decisions, gates, outcomes, _ = golden()
    late = [
        o | {"day": day(15), "known_at": o["known_at"] + dt.timedelta(days=15)} if k < 5 else o
        for k, o in enumerate(outcomes)
    ]
    world = decisions, gates, late, []
    assert [(r["n"], r["n_unlabelled"]) for as_of in (14, 30) for r in rows(world, as_of)] == [(99, 5), (104, 0)]


def test_the_window_ends_with_the_day() -> None:
    assert rows(golden(), as_of=9, lookback_days=9)[0]["n"] == 104 - 11  # decisions 0, 10, ... are of day 0
    assert rows(golden(), as_of=8, lookback_days=90)[0]["n"] == 104 - 10  # 9, 19, ... are of day 9


def test_reported_outcomes_win_only_where_all_are_reported() -> None:
    decisions, gates, outcomes, _ = golden()
    reports = [told(f"r{k}", d["signal_id"], success=False, on=9) for k, d in enumerate(decisions)]
    (all_told,) = rows((decisions, gates, outcomes, reports))
    (one_missing,) = rows((decisions, gates, outcomes, reports[1:]))
    assert (all_told["label_source"], all_told["wr"], all_told["mr"]) == ("reported", 0.0, 0.0)
    assert (one_missing["label_source"], round(one_missing["mr"], 3)) == ("simulated", 0.082)


def test_a_report_on_any_signal_of_the_episode_is_the_episodes() -> None:
    decisions = [decided("a", "blocked", 0, episode_id="e"), decided("b", "approved", 1, episode_id="e")]
    world = decisions, [], [ended("b", False, 1)], [told("r", "a", success=True, on=3)]
    (lesson,) = rows(world, n_min=1)
    assert (lesson["label_source"], lesson["n"], lesson["wr"]) == ("reported", 1, 1.0)


@pytest.mark.parametrize(
    ("words", "n_approved", "won"),
    [
        (["blocked", "approved", "approved"], 1, "b"),  # the first approved
        (["blocked", "expired", "blocked"], 0, "c"),  # else the last
        (["blocked", "cancelled", "cancelled"], 0, "a"),  # cancelled ones are neither
    ],
)
def test_one_decision_of_an_episode_counts(words: list[str], n_approved: int, won: str) -> None:
    decisions = [
        decided(name, word, k, episode_id="e") for k, (name, word) in enumerate(zip("abc", words, strict=True))
    ]
    outcomes = [ended(name, name == won, k) for k, name in enumerate("abc")]
    (lesson,) = rows((decisions, [], outcomes, []), n_min=1)
    share = lesson["wr"] if n_approved else lesson["mr"]
    assert (lesson["n"], lesson["n_approved"], share) == (1, n_approved, 1.0)


def test_expired_decisions_are_skipped_and_no_policy_admits_them() -> None:
    decisions, gates, outcomes, _ = golden()
    expired = [
        d | {"decision": "expired", "blocked_by": [], "blocker_component": None} if d["decision"] == "blocked" else d
        for d in decisions
    ]
    (lesson,) = rows((expired, gates, outcomes, []))
    assert (lesson["n_skipped"], lesson["n_unknown"], lesson["reason"]) == (97, 0, "nothing_to_admit")


def test_what_an_override_admitted_is_judged_at_base() -> None:
    """Approved under halo 1.2: at base it was skipped, so an override does not stack on the last one."""
    decisions, gates, outcomes, _ = golden()
    decisions = [
        d | {"decision": "approved", "blocked_by": [], "blocker_component": None} if 7 <= k < 13 else d
        for k, d in enumerate(decisions)
    ]
    gates = [g | {"threshold": 1.2, "passed": True} if g["gate"] == "halo" and g["value"] == 1.05 else g for g in gates]
    (lesson,) = rows((decisions, gates, outcomes, []))
    assert (lesson["n_approved"], lesson["policy"], lesson["misses_caught"], lesson["failures_added"]) == (
        13,
        "halo+0.1",
        5,
        1,
    )


@pytest.mark.parametrize(
    ("wins", "losses", "dr_high", "reason"),
    [
        (5, 1, True, None),
        (6, 2, False, None),  # 3.0: yes
        (4, 3, False, "ratio_too_low"),  # 1.33: no
        (2, 0, False, "too_few_misses"),
        (3, 0, True, None),  # nothing added: however many are dodged
        (5, 2, True, "dodge_rate_high"),  # 2.5: enough, but dodging works
        (5, 2, False, None),
        (0, 0, False, "nothing_to_admit"),
    ],
)
@pytest.mark.parametrize("rule", [Rule(), SEED_ORDER])
def test_which_lessons_speak_for_a_change(
    wins: int, losses: int, dr_high: bool, reason: str | None, rule: Rule
) -> None:
    far = [(1.5, k < (0 if dr_high else 60)) for k in range(120)]
    decisions, gates, outcomes = [], [], []
    for k, (halo, won) in enumerate([*[(1.05, True)] * wins, *[(1.05, False)] * losses, *far]):
        decisions.append(decided(f"s{k}", "blocked", blocked_by=["halo"], blocker_component="halo"))
        gates.append(gate(f"s{k}", "halo", halo, 1.0))
        outcomes.append(ended(f"s{k}", won))
    (lesson,) = rows((decisions, gates, outcomes, []), rule=rule)
    assert (lesson["dr"] >= 0.9) is dr_high
    assert (lesson["policy"], lesson["reason"]) == ("halo+0.1" if reason is None else None, reason)


def test_other_books_and_signals_without_a_pattern_make_no_lesson() -> None:
    decisions, gates, outcomes, _ = golden()
    assert rows(([d | {"book": "learning"} for d in decisions], gates, outcomes, [])) == []
    assert rows(([d | {"pattern_key": None} for d in decisions], gates, outcomes, [])) == []


def test_no_decisions_and_no_days() -> None:
    assert rows(([], [], [], [])) == []
    assert lessons(*frames(golden()), [], TuningSettings(), Rule()).height == 0


TWO = TuningSettings(n_min=2, lookback_days=9, levers=LEVERS[:2])


@settings(max_examples=60)
@given(
    st.randoms(use_true_random=True),
    st.integers(0, 12),
    st.sampled_from([0.0, 0.8, 1.0]),
    st.sampled_from([Rule(), Rule(min_benefit=1, cautious_dodge_rate=1.0), SEED_ORDER]),
)
def test_equals_the_plain_loop(rng: random.Random, n: int, reported: float, rule: Rule) -> None:
    world = some_world(rng, n, reported)
    for k in (5, 11):
        found = lessons(*frames(world), [day(k)], TWO, rule).to_dicts()
        assert_equal(found, plain.lessons(world, day(k), TWO, rule))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("verification", ["lifecycle", "none"])
def test_equals_the_plain_loop_where_much_happens(seed: int, verification: str) -> None:
    asked = TuningSettings(n_min=5)
    rule = Rule(verification=verification, min_benefit=1, min_ratio=1.0, cautious_ratio=1.5, cautious_dodge_rate=0.6)
    world = some_world(random.Random(seed), 400, reported=seed % 2)
    found = lessons(*frames(world), [day(13)], asked, rule).to_dicts()
    assert sum(row["policy"] is not None for row in found) >= 3
    assert_equal(found, plain.lessons(world, day(13), asked, rule))


@settings(max_examples=20)
@given(st.randoms(use_true_random=True))
def test_neither_order_nor_future_nor_other_days_matter(rng: random.Random) -> None:
    world = some_world(rng, 12, 0.5)
    shuffled = tuple(rng.sample(part, len(part)) for part in world)
    past = tuple([row for row in part if row["day"] <= day(6)] for part in world)
    days = [day(6), day(12)]
    together = lessons(*frames(world), days, TWO, Rule(min_benefit=1))
    assert lessons(*frames(shuffled), days[::-1], TWO, Rule(min_benefit=1)).equals(together)
    then = lessons(*frames(past), [day(6)], TWO, Rule(min_benefit=1))
    assert then.equals(together.filter(pl.col("as_of") == day(6)))
