"""One final answer per signal and day, from what was known by that day's end."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from learning_pipeline.events.decisions import NEVER_DECIDED
from learning_pipeline_tests.events.answers import (
    DAY,
    HOUR,
    NOON,
    answer,
    decided,
    reports,
    signals,
)

WORDS = ["blocked", "cancelled", "expired", "approved"]


@pytest.mark.parametrize("strong", range(4))
@pytest.mark.parametrize("weak", range(4))
def test_blocked_before_cancelled_before_expired_before_approved(strong: int, weak: int) -> None:
    found = answer({"decision": WORDS[weak], "at": NOON + HOUR}, {"decision": WORDS[strong], "at": NOON})
    assert found["decision"] == WORDS[min(strong, weak)]


def test_decided_at_is_the_first_blocking_report() -> None:
    found = answer(
        {"decision": "approved", "at": NOON},
        {"decision": "blocked", "at": NOON + HOUR, "blocker_component": "spread", "blocker_reason": "wide"},
        {"decision": "blocked", "at": NOON + 2 * HOUR, "blocker_component": "halo"},
        {"decision": "approved", "at": NOON + 3 * HOUR},
    )
    assert (found["decided_at"], found["known_at"]) == (NOON + HOUR, NOON + 3 * HOUR)
    assert (found["blocker_component"], found["reason"]) == ("spread", "wide")


@pytest.mark.parametrize("word", WORDS[1:])
def test_decided_at_is_the_last_report_where_none_blocks(word: str) -> None:
    found = answer({"decision": word, "at": NOON}, {"decision": "approved", "at": NOON + HOUR})
    assert (found["decision"], found["decided_at"]) == (word, NOON + HOUR)


def test_the_signal_after_its_report_is_known_since_the_signal() -> None:
    found = answer({"decision": "approved", "at": NOON - HOUR})
    assert (found["decided_at"], found["known_at"]) == (NOON - HOUR, NOON)


def test_a_report_after_midnight_is_a_second_version() -> None:
    said = reports({"decision": "approved"}, {"decision": "blocked", "at": NOON + DAY})
    answers, _ = decided(signals({}), said)
    assert answers.select("day", "decision", "decided_at").rows() == [
        (NOON.date(), "approved", NOON),
        ((NOON + DAY).date(), "blocked", NOON + DAY),
    ]


def test_a_report_at_midnight_belongs_to_the_day_it_opens() -> None:
    midnight = NOON + 12 * HOUR
    answers, _ = decided(signals({}), reports({"decision": "approved", "at": midnight}))
    assert answers["day"].to_list() == [midnight.date()]


def test_blocked_by_is_every_gate_that_failed_in_any_report() -> None:
    two = [{"name": "ts", "passed": False}, {"name": "halo", "passed": True}, {"name": "dx", "passed": False}]
    found = answer(
        {"decision": "blocked", "gates": two, "blocker_component": "ts"},
        {"decision": "blocked", "gates": [{"name": "slope", "passed": False}], "at": NOON + HOUR},
    )
    assert (found["blocked_by"], found["gates_complete"]) == (["dx", "slope", "ts"], True)


def test_an_approved_signal_is_blocked_by_nothing() -> None:
    # A bot may act against a gate that only warns.
    found = answer({"decision": "approved", "gates": [{"name": "ts", "passed": False}]})
    assert found["blocked_by"] == []


def test_a_blocker_alone_leaves_the_other_gates_unknown() -> None:
    found = answer({"decision": "blocked", "blocker_component": "spread"})
    assert (found["blocked_by"], found["gates_complete"]) == (["spread"], False)


@pytest.mark.parametrize(
    ("ttl", "end"),
    [
        ({"ttl_bars": 3}, NOON + 3 * HOUR),
        ({"ttl_bars": 3, "timeframe": "1d"}, NOON + 3 * DAY),
        ({"ttl_bars": 2, "ttl_minutes": 5}, NOON + 2 * HOUR),
        ({"ttl_minutes": 0.5}, NOON + dt.timedelta(seconds=30)),
        ({}, NOON + DAY),
    ],
)
def test_a_signal_without_a_report_expires_with_its_ttl(ttl: dict[str, Any], end: dt.datetime) -> None:
    late = NOON + 5 * DAY
    answers, gates = decided(signals(ttl), reports(), now=end)
    row = answers.row(0, named=True)
    assert (row["decision"], row["reason"], row["decided_at"], row["known_at"]) == ("expired", NEVER_DECIDED, end, end)
    assert (row["blocked_by"], row["gates_complete"], gates.height) == ([], False, 0)
    assert decided(signals(ttl), reports(), now=end - dt.timedelta(microseconds=1))[0].is_empty()
    assert decided(signals(ttl), reports(), now=late)[0].equals(answers)


@pytest.mark.parametrize("ttl", [{"ttl_bars": 2**63 - 1, "timeframe": "999999w"}, {"ttl_minutes": 1e300}])
def test_a_ttl_without_end_ends_where_no_report_would_be_joined(ttl: dict[str, Any]) -> None:
    answers, _ = decided(signals(ttl), reports(), days=100)
    assert answers["decided_at"].to_list() == [NOON + 90 * DAY]
    assert answers["decision"].to_list() == ["expired"]


def test_a_report_on_the_day_of_expiry_counts() -> None:
    answers, _ = decided(signals({"ttl_bars": 1}), reports({"decision": "approved", "at": NOON + 5 * HOUR}))
    assert answers["decision"].to_list() == ["approved"]


def test_a_report_after_the_day_of_expiry_is_a_second_version() -> None:
    answers, _ = decided(signals({"ttl_bars": 1}), reports({"decision": "approved", "at": NOON + DAY}))
    assert answers["decision"].to_list() == ["expired", "approved"]
    assert answers["reason"].to_list() == [NEVER_DECIDED, None]


def test_a_report_more_than_ninety_days_away_is_not_joined() -> None:
    far = reports({"decision": "approved", "at": NOON + 91 * DAY})
    answers, _ = decided(signals({}), far, days=100)
    assert answers["reason"].to_list() == [NEVER_DECIDED]
    near = reports({"decision": "approved", "at": NOON + 90 * DAY})
    assert decided(signals({}), near, days=100)[0]["decision"].to_list() == ["expired", "approved"]


def test_a_report_on_an_unknown_signal_waits() -> None:
    assert decided(signals({}), reports({"decision": "approved", "signal_id": "s9"}))[0]["reason"].to_list() == [
        NEVER_DECIDED
    ]


@pytest.mark.parametrize(
    ("signal", "market", "entry", "notional", "spread"),
    [
        ({}, {"price": 101.0}, 101.0, None, None),
        ({}, ..., 100.0, None, None),
        ({"entry_price": ..., "qty": 2}, ..., None, None, None),
        ({"qty": 2}, {"price": 101.0}, 101.0, 202.0, None),
        ({"qty": 2, "notional_usd": 50.0}, {"price": 101.0}, 101.0, 50.0, None),
        ({}, {"price": 200.0, "spread_bps": 5.0}, 200.0, None, 0.1),
        ({}, {"price": 200.0, "spread_bps": 5.0, "spread": 0.3}, 200.0, None, 0.3),
        ({"qty": 1e300}, {"price": 1e300, "spread_bps": 1e300}, 1e300, None, None),
    ],
)
def test_price_size_and_spread(
    signal: dict[str, Any], market: Any, entry: float | None, notional: float | None, spread: float | None
) -> None:
    found = answer({"decision": "approved", "market": market}, **signal)
    assert (found["entry_price"], found["notional_usd"]) == (entry, notional)
    assert found["spread"] == (None if spread is None else pytest.approx(spread))


def test_the_deciding_report_speaks_first_and_others_fill_in() -> None:
    found = answer(
        {"decision": "approved", "market": {"price": 99.0, "spread": 0.2}},
        {"decision": "blocked", "at": NOON + HOUR, "market": {"price": 98.0}},
        {"decision": "blocked", "at": NOON + 2 * HOUR, "market": {"price": 97.0, "spread": 0.4}},
    )
    assert (found["entry_price"], found["spread"]) == (98.0, 0.4)


@pytest.mark.parametrize(("word", "expected"), [("blocked", None), ("expired", 0.1), ("cancelled", 0.1)])
def test_a_propensity_stays_with_what_was_drawn(word: str, expected: float | None) -> None:
    """An approval by chance that expires later was still approved by chance; a block that followed was not drawn."""
    found = answer({"decision": "approved", "propensity": 0.1}, {"decision": word, "at": NOON + HOUR})
    assert found["propensity"] == expected


def test_of_reports_of_one_instant_the_smaller_event_id_speaks_first_in_any_order() -> None:
    said = reports(
        {"decision": "blocked", "blocker_component": "spread", "market": {"price": 98.0}},
        {"decision": "blocked", "blocker_component": "halo", "market": {"price": 97.0}},
    )
    for order in (said, said.reverse()):
        found = decided(signals({}), order)[0].row(0, named=True)
        assert (found["blocker_component"], found["entry_price"]) == ("spread", 98.0)


def test_the_newest_report_speaks_first_where_none_blocks() -> None:
    said = [{"decision": "approved", "at": NOON + k * HOUR, "market": {"price": 100.0 + k}} for k in (1, 3, 2)]
    assert answer(*said)["entry_price"] == 103.0


def test_what_the_signal_said_is_kept() -> None:
    found = answer({"decision": "approved"}, book="research", experiment_id="x1", stop_price=98.0, episode_id="p1")
    kept = ["book", "experiment_id", "stop_price", "episode_id", "symbol", "timeframe", "strategy", "side", "scope"]
    assert [found[name] for name in kept] == [
        "research",
        "x1",
        98.0,
        "p1",
        "BTC/USDT",
        "1h",
        "trend",
        "long",
        '{"chain":"sol","regime":"up"}',
    ]


def test_nothing_decided_is_empty() -> None:
    answers, gates = decided(signals(), reports())
    assert answers.is_empty()
    assert gates.is_empty()
