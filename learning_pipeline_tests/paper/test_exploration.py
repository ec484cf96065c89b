"""Blocked signals that are traded after all: by chance alone, at the chance that is written down, in their own book."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.paper import PaperSettings
from learning_pipeline.paper.exploration import draw
from learning_pipeline_tests.books.learning.settings import wide_open
from learning_pipeline_tests.worlds import hourly_bars

RATE, LIMIT = 0.3, 3
ALLOWING = wide_open(learning_max_trades_per_day=LIMIT)


@pytest.fixture(scope="module")
def explored(walk, hours):
    return walk(hours, learning=ALLOWING, exploration_rate=RATE)


def first_answers(events):
    """The answer at each signal's own instant."""
    found = {}
    for event in events:
        if event["type"] == "decision":
            found.setdefault(event["signal_id"], event)
    return found


def failing(answer):
    return [gate["name"] for gate in answer["gates"] if not gate["passed"]]


def admitted(events):
    return {
        signal_id: a for signal_id, a in first_answers(events).items() if a["decision"] == "approved" and failing(a)
    }


def test_without_a_rate_nothing_is_drawn(events, walk, hours):
    assert not admitted(events)
    assert not [event for event in events if "propensity" in event or event.get("book")]
    assert repr(walk(hours, learning=wide_open(learning_max_trades_per_day=1))) == repr(events)


def test_admitted_signals_are_approved_with_their_failures_on_record(explored):
    some = admitted(explored)
    assert len(some) > 20
    for answer in some.values():
        assert (answer["propensity"], answer["approved_by"]) == (RATE, "exploration")
        assert "blocker_component" not in answer


def test_a_block_carries_the_probability_of_having_been_blocked(explored):
    blocked = Counter(a["propensity"] for a in first_answers(explored).values() if a["decision"] == "blocked")
    assert blocked.keys() == {1 - RATE, 1.0}
    assert min(blocked.values()) > 5


def test_only_blocked_signals_are_drawn(explored):
    others = [a for a in first_answers(explored).values() if not failing(a)]
    assert others
    assert not [answer for answer in others if "propensity" in answer]


def test_once_the_days_budget_is_spent_a_block_is_certain(explored):
    """The events tell it themselves: before the limit a chance, at the limit none."""
    n_today, day, spent = 0, None, 0
    for answer in first_answers(explored).values():
        if failing(answer):
            n_today = n_today if answer["at"].date() == day else 0
            day = answer["at"].date()
            if n_today == LIMIT:
                assert (answer["decision"], answer["propensity"]) == ("blocked", 1.0)
                spent += 1
            n_today += answer["decision"] == "approved"
    assert spent


def test_admissions_are_as_many_as_their_propensities_say(explored):
    drawn = [a for a in first_answers(explored).values() if failing(a)]
    chance = [a["propensity"] if a["decision"] == "approved" else 1 - a["propensity"] for a in drawn]
    n = sum(a["decision"] == "approved" for a in drawn)
    sd = math.sqrt(sum(e * (1 - e) for e in chance))
    assert abs(n - sum(chance)) < 3 * sd


def test_exploration_changes_nothing_else(explored, events):
    """Every answer, order, fill and trade of signals that were not admitted, and all money, stays what it was."""
    of_lab = admitted(explored).keys()

    def rest(walked):
        kept = [e for e in walked if e.get("signal_id") not in of_lab and e.get("book") is None]
        return [{name: value for name, value in e.items() if name != "propensity"} for e in kept]

    assert rest(explored) == rest(events)


def test_admitted_trades_are_in_the_learning_book_at_their_own_size(explored):
    of_lab = admitted(explored).keys()
    booked = [e for e in explored if e["type"] in {"order_submitted", "fill", "trade_closed"}]
    for event in booked:
        is_lab = event["signal_id"] in of_lab
        assert event.get("book") == ("learning" if is_lab else None)
        assert event.get("experiment_id") == ("guard_exploration" if is_lab else None)
    closed = [e for e in booked if e["type"] == "trade_closed" and e.get("book")]
    assert len(closed) > 20
    limits = {e["trade_id"]: e["price"] for e in explored if e.get("order_id", "").endswith("-entry") and "price" in e}
    for trade in closed:
        assert trade["qty"] * limits[trade["trade_id"]] == pytest.approx(250, rel=1e-3)


def test_cutting_the_future_off_changes_no_draw(walk, hours, explored):
    at = dt.datetime(2017, 8, 9, 18, tzinfo=dt.UTC)
    past = hours.filter(pl.col("ts") < at)
    again = walk(past, until=at, learning=ALLOWING, exploration_rate=RATE)
    assert [e for e in again if e["at"] <= at] == [e for e in explored if e["at"] <= at]


def test_a_signal_that_could_not_be_traded_anyway_has_no_chance():
    always = PaperSettings(exploration_rate=1.0)
    assert draw("a", always, admissible=False) == (False, 1.0)
    assert draw("a", always, admissible=True) == (True, 1.0)


def test_what_the_learning_book_refuses_has_no_chance_and_is_told(explored):
    """Refused before the draw: such a block is certain, every one of them is recorded, and nothing else is."""
    answers = first_answers(explored)
    refused = {e["signal_id"]: e for e in explored if e["type"] == "trade_blocked"}
    assert {e["reason"] for e in refused.values()} == {"trades_per_day"}
    assert all(answers[name]["propensity"] == 1.0 and answers[name]["decision"] == "blocked" for name in refused)
    certain = {name for name, answer in answers.items() if answer.get("propensity") == 1.0}
    assert len(refused) > 5
    assert len(certain - refused.keys()) < len(refused)  # the venue was halted, or another timeframe entered against it
    for name, event in refused.items():
        assert (event["book"], event["learning_book"], event["experiment_id"]) == (
            "learning",
            True,
            "guard_exploration",
        )
        assert (event["experiment_variant"], event["at"]) == (failing(answers[name])[0], answers[name]["at"])


def test_a_disabled_book_makes_every_block_certain(walk):
    """Asked before the draw, though every draw would admit."""
    off = wide_open(learning_book_enabled=False)
    events = walk(hourly_bars(5, 30), learning=off, exploration_rate=1.0)
    blocked = [a["propensity"] for a in first_answers(events).values() if failing(a)]
    assert len(blocked) > 10
    assert set(blocked) == {1.0}
    assert {e["reason"] for e in events if e["type"] == "trade_blocked"} == {"learning_disabled"}


def test_the_gate_says_how_large_and_how_long(walk, hours):
    """Defaults, beside research: an eighth of the exposure cap each, one bar of an hour, no shorts, no 4h bars."""
    events = walk(hours, exploration_rate=1.0)
    orders = [
        e for e in events if e["type"] == "order_submitted" and e.get("book") and e["order_id"].endswith("-entry")
    ]
    assert len(orders) > 20
    assert {order["side"] for order in orders} == {"buy"}
    assert all(order["qty"] * order["price"] == pytest.approx(45, rel=0.1) for order in orders)
    closed = [e for e in events if e["type"] == "trade_closed" and e.get("book")]
    assert {trade["timeframe"] for trade in closed} == {"1h"}
    assert all(trade["closed_at"] - trade["opened_at"] <= dt.timedelta(hours=1) for trade in closed)
    assert {e["reason"] for e in events if e["type"] == "trade_blocked"} >= {"short_not_allowed", "no_learn_zone"}


def test_a_disabled_or_blocked_learning_book_leaves_profit_trades_as_they_are(walk, hours, events):
    """Profit trades execute normally when Learning Book is disabled or blocked."""
    for learning in (wide_open(learning_book_enabled=False), wide_open(learning_manual_override_off=True)):
        walked = walk(hours, learning=learning, exploration_rate=RATE)
        of_profit = [
            {name: value for name, value in e.items() if name != "propensity"} for e in walked if e.get("book") is None
        ]
        assert repr(of_profit) == repr(events)
        assert {e["type"] for e in walked if e.get("book")} == {"trade_blocked"}


@given(seed=st.integers(0, 5), rate=st.floats(0.05, 0.95))
def test_draws_rest_on_seed_and_signal_alone(seed, rate):
    settings = PaperSettings(seed=seed, exploration_rate=rate)
    ids = [f"s{k}" for k in range(40)]
    forth = {i: draw(i, settings, admissible=True) for i in ids}
    assert {i: draw(i, settings, admissible=True) for i in reversed(ids)} == forth
    assert all(d.propensity == (rate if d.admitted else 1 - rate) for d in forth.values())


def test_many_draws_come_true_as_often_as_they_say():
    hits: dict[float, int] = defaultdict(int)
    for rate in (0.05, 0.3):
        settings = PaperSettings(exploration_rate=rate)
        hits[rate] = sum(draw(f"s{k}", settings, admissible=True).admitted for k in range(20_000))
    assert hits[0.05] == pytest.approx(1000, abs=4 * math.sqrt(950))
    assert hits[0.3] == pytest.approx(6000, abs=4 * math.sqrt(4200))
