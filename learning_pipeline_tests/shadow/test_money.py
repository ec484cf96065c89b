"""Costs, worked by hand."""

from __future__ import annotations

import pytest

from learning_pipeline.shadow import ShadowSettings, settle
from learning_pipeline_tests.shadow.builders import MONDAY, decisions, hourly, no_pending

POLICY = ShadowSettings(fee_bps=10, slippage_bps=2, notional_usd=100)
QUIET = (100, 101, 99, 100)


def outcome(*prices, **decision):
    row = {"decided_at": MONDAY, "entry_price": 100.0, "stop_price": 98.0, "target_price": 104.0, "ttl_bars": 2}
    market = hourly(*prices)
    now = market["known_at"].max()
    found, *_ = settle(no_pending(), decisions(row | decision), market, POLICY, MONDAY.date(), now.date(), now)
    return found.row(0, named=True)


def test_long_stopped():
    """Entry 100, stop 98, notional 500: qty 5, gross -10, -0.02 of notional.

    Fees .001 x (500 + 490) = 0.99; half of the spread 0.1 twice x 5 = 0.5; slippage .0002 x 490 = 0.098.
    Net -11.588; of notional -0.023176; per unit -2.3176, R 2: -1.1588 R.
    """
    row = outcome(QUIET, (100, 100, 97, 97), notional_usd=500.0, spread=0.1)
    assert row["outcome"] == "hit_stop"
    assert row["gross_roi"] == pytest.approx(-0.02)
    assert row["net_pnl_usd"] == pytest.approx(-11.588)
    assert row["net_roi"] == pytest.approx(-0.023176)
    assert row["net_r"] == pytest.approx(-1.1588)
    assert (row["success"], row["spread_known"], row["notional_usd"]) == (False, True, 500.0)


def test_long_at_target_pays_half_the_spread_once_and_no_slippage():
    """Notional 500, target 104: gross 20; fees .001 x (500 + 520) = 1.02; spread 0.05 x 5 = 0.25; net 18.73."""
    row = outcome(QUIET, (100, 105, 99, 104), notional_usd=500.0, spread=0.1)
    assert row["outcome"] == "hit_target"
    assert row["net_pnl_usd"] == pytest.approx(18.73)
    assert row["net_r"] == pytest.approx(18.73 / 5 / 2)


def test_short_expired_without_spread_and_size():
    """Out at 99, notional 100 by setting: gross 1; fees .001 x 199 = 0.199; slippage .0002 x 99 = 0.0198."""
    row = outcome(QUIET, (100, 101, 99, 99), side="short", stop_price=104.0, target_price=90.0)
    assert row["outcome"] == "ttl_expired"
    assert row["gross_roi"] == pytest.approx(0.01)
    assert row["net_pnl_usd"] == pytest.approx(1 - 0.199 - 0.0198)
    assert row["net_r"] == pytest.approx((1 - 0.199 - 0.0198) / 4)
    assert (row["success"], row["spread_known"], row["notional_usd"]) == (True, False, 100.0)


def test_costs_can_turn_a_gain_into_a_failure():
    row = outcome(QUIET, (100, 101, 99, 100.1))
    assert row["gross_roi"] > 0
    assert row["success"] is False
