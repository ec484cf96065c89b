"""Events whose signal was not known by the end of their day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from learning_pipeline.events.unmatched import find_unmatched
from learning_pipeline_tests.events.answers import DAY, HOUR, NOON, reports, rows, signals


def waiting(*at: dt.datetime, signal_at: dt.datetime = NOON, **event: Any) -> list[tuple[str, str]]:
    """(type, signal_id) of what waits among a report, a fill and a trade at each instant."""
    said = [{"at": instant, "signal_id": "s1", **event} for instant in at]
    found = find_unmatched(signals({"at": signal_at}), reports(*said), rows("fill", said), rows("trade_closed", said))
    return found.select("type", "signal_id").unique(maintain_order=True).rows()


EVERY = [("decision", "s1"), ("fill", "s1"), ("trade_closed", "s1")]


@pytest.mark.parametrize("at", [NOON, NOON + HOUR, NOON - HOUR, NOON + 90 * DAY])
def test_a_signal_of_the_day_or_before_is_there(at: dt.datetime) -> None:
    assert waiting(at) == []


@pytest.mark.parametrize("at", [NOON - DAY, NOON + 91 * DAY])
def test_a_signal_of_a_later_day_or_too_long_ago_is_not(at: dt.datetime) -> None:
    assert sorted(waiting(at)) == EVERY


def test_another_signal_does_not_help() -> None:
    assert {signal_id for _, signal_id in waiting(NOON, signal_id="s2")} == {"s2"}


def test_fills_and_trades_that_name_no_signal_wait_for_none() -> None:
    nameless = [{"at": NOON, "signal_id": ...}]
    found = find_unmatched(signals(), reports(), rows("fill", nameless), rows("trade_closed", nameless))
    assert found.is_empty()
