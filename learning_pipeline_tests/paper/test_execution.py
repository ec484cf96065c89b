"""One trade, bar by bar: entry 100, stop 98, R = 2; a fade has its trim at 102 and its target at 104."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.paper.execution import Trade, exits_at_open, exits_in_bar
from learning_pipeline.paper.plans import Plan
from learning_pipeline.paper.signals import Signal

TRIMS = Plan(stop_atr=1.0, target_r=2.0, ttl_bars=3, trim_r=1.0, trim_fraction=0.5)
RUNS = Plan(stop_atr=1.0, target_r=2.0, ttl_bars=3)


def a_trade(plan: Plan = RUNS, side: int = 1) -> Trade:
    signal = Signal(
        signal_id="s",
        made_us=0,
        symbol="S",
        timeframe="1h",
        strategy="rsi_extremes",
        side=side,
        entry=100.0,
        stop=100.0 - side * 2,
        target=100.0 + side * 4,
        spread=0.0,
        plan=plan,
        halted=False,
        pattern_key="pm.range.S1.entry",
        scope={},
        episode_id="e",
        features={},
        flags={},
        score={},
        expected_roi=0.0,
        measured={},
        market_snapshot={},
    )
    return Trade(signal, "t", 0, qty=1.0, entry_price=100.0, open_qty=1.0, fees_usd=0.0)


def told(parts):
    return [(part.reason, part.price, part.qty, part.is_market) for part in parts]


@pytest.mark.parametrize(
    ("high", "low", "close", "expected"),
    [
        (101, 99, 100, []),
        (101, 98, 100, [("stop", 98, 1, True)]),
        (104, 98, 100, [("stop", 98, 1, True)]),  # both touched: the worse one is taken
        (104, 99, 100, [("target", 104, 1, False)]),
        (103.9, 99, 100, []),
    ],
)
def test_what_a_bar_does_to_a_long_trade(high, low, close, expected):
    assert told(exits_in_bar(a_trade(), high, low, close)) == expected


def test_a_short_trade_is_the_mirror_image():
    assert told(exits_in_bar(a_trade(side=-1), 102, 96, 100)) == [("stop", 102, 1, True)]
    assert told(exits_in_bar(a_trade(side=-1), 101, 96, 100)) == [("target", 96, 1, False)]
    assert told(exits_at_open(a_trade(side=-1), 103)) == [("stop", 103, 1, True)]


@pytest.mark.parametrize(
    ("price", "expected"),
    [(97, [("stop", 97, 1, True)]), (98, [("stop", 98, 1, True)]), (105, [("target", 105, 1, False)]), (103, [])],
)
def test_a_gap_is_filled_at_the_open(price, expected):
    assert told(exits_at_open(a_trade(), price)) == expected


def test_the_last_bar_of_its_life_closes_a_trade_at_the_close():
    trade = a_trade()
    reasons = [told(exits_in_bar(trade, 101, 99, 100.5)) for _ in range(3)]
    assert reasons == [[], [], [("ttl", 100.5, 1, True)]]


def test_a_trim_happens_once_and_the_rest_goes_on():
    trade = a_trade(TRIMS)
    assert told(exits_in_bar(trade, 102, 99, 101)) == [("trim", 102, 0.5, False)]
    assert trade.did_trim
    trade.open_qty = 0.5
    assert told(exits_in_bar(trade, 103, 99, 101)) == []
    assert told(exits_in_bar(trade, 101, 97, 101)) == [("stop", 98, 0.5, True)]


def test_trim_and_target_in_one_bar_sell_everything_once():
    assert told(exits_in_bar(a_trade(TRIMS), 105, 99, 101)) == [("trim", 102, 0.5, False), ("target", 104, 0.5, False)]


def test_a_gap_through_the_trim_sells_the_part_at_the_open():
    assert told(exits_at_open(a_trade(TRIMS), 103)) == [("trim", 103, 0.5, False)]


def test_a_bar_that_stops_a_trade_adds_nothing_to_its_best_excursion():
    trade = a_trade()
    exits_in_bar(trade, 103, 98, 100)
    assert trade.best_r == 0
    exits_in_bar(trade, 103, 99, 100)
    assert trade.best_r == 1.5


price = st.floats(90, 110)


@given(
    side=st.sampled_from([1, -1]),
    plan=st.sampled_from([RUNS, TRIMS]),
    bars=st.lists(st.tuples(price, price, price), max_size=5),
)
def test_parts_add_up_to_the_whole_at_prices_that_were_traded(side, plan, bars):
    trade, sold = a_trade(plan, side), 0.0
    for opens, other, close in bars:
        if trade.open_qty:
            high, low = max(opens, other, close), min(opens, other, close)
            parts = exits_at_open(trade, opens)
            trade.open_qty -= sum(part.qty for part in parts)
            if trade.open_qty:
                later = exits_in_bar(trade, high, low, close)
                trade.open_qty -= sum(part.qty for part in later)
                parts = [*parts, *later]
            assert all(low <= part.price <= high for part in parts)
            sold += sum(part.qty for part in parts)
    assert 0 <= sold <= 1
    assert sold == 1 - trade.open_qty
    assert sold == 1 or len(bars) < plan.ttl_bars
