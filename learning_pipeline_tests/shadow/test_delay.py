"""Later entries: by hand, against a second walk bar by bar, and where an edge is planted that fades."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from learning_pipeline.shadow import ShadowSettings
from learning_pipeline_tests.shadow import slow
from learning_pipeline_tests.shadow.builders import HOUR, MONDAY, QUIET, bars, hourly, settled
from learning_pipeline_tests.shadow.test_settle import POLICIES, run, same
from learning_pipeline_tests.shadow.worlds import World, worlds

FREE = ShadowSettings(fee_bps=0, slippage_bps=0, delays=(1, 2, 3))
RISING = hourly(QUIET, (101, 102, 100, 101), (102, 103, 101, 103), (103, 105, 102, 104))


def entries(market, policy=FREE, **decision):
    """Prices at which the trade could be entered after 1, 2 and 3 bars."""
    return settled(market, policy, **decision).delayed["entry_price"].item().to_list()


def test_by_hand():
    """Entered at 100 it leaves at the target, 104, on the fourth bar: +4 on R = 2.

    Two bars later the entry is 102, the open of the third bar: the same target gives +2, which is 1 R, and 100 dollars
    earn 2 / 102 of themselves. With fees of .001 on 100 and on 100 x 104 / 102 they earn 0.2020 less.
    """
    row = settled(RISING, FREE).delayed.row(0, named=True)
    assert (row["delay_bars"], row["entry_price"]) == ([1, 2, 3], [101.0, 102.0, 103.0])
    assert row["net_r"] == pytest.approx([1.5, 1.0, 0.5])
    assert row["net_pnl_usd"] == pytest.approx([300 / 101, 200 / 102, 100 / 103])
    charged = settled(RISING, FREE.model_copy(update={"fee_bps": 10.0})).delayed["net_pnl_usd"].item()
    assert charged[1] == pytest.approx(200 / 102 - 0.1 - 0.1 * 104 / 102)


def test_a_short_is_mirrored():
    falling = hourly(QUIET, (99, 100, 98, 99), (98, 99, 95, 96))
    row = settled(falling, FREE, side="short", stop_price=102.0, target_price=96.0).delayed.row(0, named=True)
    assert row["entry_price"] == [99.0, 98.0, None]
    assert row["net_r"][:2] == pytest.approx([1.5, 1.0])
    assert row["net_r"][2] is None


@pytest.mark.parametrize(
    ("second", "third", "expected"),
    [
        ((100, 101, 97, 100), QUIET, [100.0, None, None]),
        ((100, 105, 99, 100), QUIET, [100.0, None, None]),
        ((97, 101, 97, 100), QUIET, [None, None, None]),
        ((98, 101, 98, 100), QUIET, [None, None, None]),
        ((105, 106, 99, 100), QUIET, [None, None, None]),
        (QUIET, QUIET, [100.0, 100.0, None]),
    ],
    ids=["stop passed", "target passed", "opens beyond the stop", "opens at it", "opens beyond the target", "ttl over"],
)
def test_what_is_over_cannot_be_entered_although_the_price_came_back(second, third, expected):
    assert entries(hourly(QUIET, second, third, QUIET), ttl_minutes=180.0) == expected


def test_the_delay_counts_in_the_signals_bars_and_the_entry_is_the_finest_bars_open():
    opens = [100.0, 101.0, 100.5, 101.5, 102.0, 102.5, 103.0, 103.5]
    flat = dict.fromkeys(("open", "high", "low", "close"), opens)
    started = pl.datetime_range(MONDAY, MONDAY + 3.5 * HOUR, "30m", eager=True, time_unit="us")
    halves = bars(pl.DataFrame({"symbol": "BTC/USDT", "timeframe": "30m", "ts": started, **flat}))
    assert entries(halves, ttl_minutes=240.0) == [100.5, 102.0, 103.0]
    assert entries(halves, ttl_minutes=200.0, decided_at=MONDAY + HOUR / 6) == [101.5, 102.5, None]


def test_over_a_weekend_the_entry_is_sundays_open():
    friday = MONDAY + dt.timedelta(days=4, hours=22)
    sunday = hourly((101, 102, 100, 101), (102, 102, 100, 101), start=friday + 48 * HOUR)
    market = pl.concat([hourly(QUIET, QUIET, start=friday), sunday])
    assert entries(market, ttl_minutes=3000.0, days=9, decided_at=friday) == [100.0, 101.0, 101.0]


@settings(max_examples=25, deadline=None)  # of eight decisions, by two policies
@given(worlds)
def test_every_later_entry_is_that_of_a_second_walk(w: World):
    bars = {symbol: part.to_dicts() for (symbol,), part in w.bars.partition_by("symbol", as_dict=True).items()}
    for policy in POLICIES:
        found = run(w, policy)
        by_version = {(d["signal_id"], d["day"]): d for d in w.decisions.to_dicts()}
        traded = found.outcomes.filter(pl.col("reason").is_null())
        assert traded["signal_id"].equals(found.delayed["signal_id"])
        for outcome, late in zip(traded.to_dicts(), found.delayed.to_dicts(), strict=True):
            of_signal = [d for (s, day), d in by_version.items() if s == late["signal_id"] and day <= late["day"]]
            decision = max(of_signal, key=lambda d: d["day"])
            for k, delay in enumerate(policy.delays):
                expected = slow.entered_later(decision, bars[decision["symbol"]], policy, outcome, delay)
                ours = [late[name][k] for name in ("entry_price", "net_pnl_usd", "net_r")]
                assert ours == ([None] * 3 if expected is None else pytest.approx(expected, rel=1e-12, abs=1e-12))


@settings(max_examples=25, deadline=None)
@given(worlds)
def test_a_trade_that_is_over_stays_over_and_delays_change_no_outcome(w: World):
    policy = ShadowSettings(delays=tuple(range(1, 12)))
    found = run(w, policy)
    for prices in found.delayed["entry_price"].to_list():
        known = [price is not None for price in prices]
        assert known == sorted(known, reverse=True)
    without = run(w, ShadowSettings(delays=()))
    assert same(without.outcomes, found.outcomes)
    assert without.delayed.height == 0
    assert policy.policy_hash() == ShadowSettings().policy_hash()


@pytest.mark.parametrize("delays", [(0,), (-1,), (2, 1), (1, 1), (1001,)])
def test_delays_are_whole_bars_each_once_shortest_first(delays):
    with pytest.raises(ValidationError):
        ShadowSettings(delays=delays)
