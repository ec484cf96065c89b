"""Expired and cancelled signals, simulated as they were made and not as they were given up."""

from __future__ import annotations

import datetime as dt

import pytest

from learning_pipeline.events.tables import Signals
from learning_pipeline.shadow import ShadowSettings, as_made, settle
from learning_pipeline_tests.shadow.builders import HOUR, LEVELS, MONDAY, QUIET, decisions, hourly, no_pending

FREE = ShadowSettings(fee_bps=0, slippage_bps=0, notional_usd=100)
MARKET = hourly(QUIET, (100, 105, 99, 103), (103, 104, 102, 103), (103, 103, 97, 97), QUIET)
LATE = {"decided_at": MONDAY + 3 * HOUR, "entry_price": 103.0}


def signals(**row):
    given = {"signal_id": "s1", "happened_at": MONDAY, "entry_price": 100.0}
    return Signals.frame([given | row])


def outcome(decision, signal=None, now=MONDAY + 5 * HOUR):
    made = as_made(decisions(LEVELS | LATE | {"ttl_minutes": 240.0} | decision), signals(**(signal or {})))
    return settle(no_pending(), made, MARKET, FREE, MONDAY.date(), now.date(), now).outcomes


@pytest.mark.parametrize("word", ["expired", "cancelled"])
def test_by_hand(word):
    """Made at 100 at midnight the signal reaches its target, 104, in the second hour: +4 of 100, 2 R.

    It was given up at three, at 103: from there on, stopped at 98, the same levels lose 5. That nobody would take it
    was known at three only, and so is what it missed.
    """
    row = outcome({"decision": word}).row(0, named=True)
    assert (row["outcome"], row["decided_at"], row["exit_at"]) == ("hit_target", MONDAY, MONDAY + HOUR)
    assert (row["net_pnl_usd"], row["net_r"]) == pytest.approx((4.0, 2.0))
    assert row["known_at"] == MONDAY + 3 * HOUR
    given_up = decisions(LEVELS | LATE | {"ttl_minutes": 240.0, "decision": word})
    later = MONDAY + 5 * HOUR
    found = settle(no_pending(), given_up, MARKET, FREE, MONDAY.date(), later.date(), later)
    assert found.outcomes["net_pnl_usd"].item() == pytest.approx(-5 / 103 * 100)


def test_what_was_taken_or_blocked_is_not_missed():
    assert outcome({"decision": "approved"}).height == 0
    assert outcome({"decision": "blocked"}).height == 0


def test_without_a_price_of_its_own_there_is_nothing_to_take_it_at():
    row = outcome({"decision": "expired"}, {"entry_price": None, "qty": 2.0}).row(0, named=True)
    assert (row["reason"], row["net_pnl_usd"]) == ("no_price", None)


def test_the_size_is_taken_at_the_signals_price():
    of_qty = outcome({"decision": "expired", "notional_usd": 206.0}, {"qty": 2.0}).row(0, named=True)
    assert of_qty["notional_usd"] == 200.0
    named = outcome({"decision": "expired"}, {"qty": 2.0, "notional_usd": 50.0}).row(0, named=True)
    assert named["notional_usd"] == 50.0


def test_an_expiry_still_open_is_pending():
    now = MONDAY + 3 * HOUR
    asked = decisions(LEVELS | {"decision": "expired", "decided_at": now, "target_price": 120.0})
    found = settle(no_pending(), as_made(asked, signals()), MARKET, FREE, MONDAY.date(), now.date(), now)
    assert (found.outcomes.height, found.pending["decided_at"].to_list()) == (0, [MONDAY])


def test_every_other_column_is_the_decisions():
    asked = decisions(LEVELS | LATE | {"decision": "expired", "spread": 0.5, "reason": "too late"})
    made = as_made(asked, signals(happened_at=MONDAY - dt.timedelta(days=1)))
    changed = {name for name in asked.columns if not asked[name].equals(made[name], null_equal=True)}
    assert changed == {"decided_at", "entry_price"}
