"""The gate: every reason for a no, what an order is cut to, and how large it is without a size of its own."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.books.learning import Conditions, evaluate_learning_order
from learning_pipeline.books.learning.settings import LearningBookSettings
from learning_pipeline_tests.books.learning.rows import CALM, NOON, a_book, an_order, closed, filled, submitted
from learning_pipeline_tests.books.learning.settings import wide_open


def answer(order=None, book=None, conditions=CALM, now=NOON, **settings: Any):
    return evaluate_learning_order(order or an_order(), book or a_book(), wide_open(**settings), conditions, now)


def reason(*asked: Any, **settings: Any) -> tuple[str | None, str | None]:
    found = answer(*asked, **settings)
    assert found.allowed == (found.reason is None) == (found.qty is not None)
    return found.reason, found.detail


def held(n: int, **order: Any):
    """A book in which so many orders wait."""
    book = a_book()
    for k in range(n):
        book.apply(submitted(f"t{k}", **order))
    return book


def test_what_is_allowed_is_told_in_full():
    found = answer()
    assert found == (True, None, None, 1.0, 30.0, 2.0, 100.0)


def test_learning_trades_are_rejected_when_learning_book_enabled_is_false():
    """Learning trades are rejected when learning_book_enabled=false."""
    assert reason(learning_book_enabled=False) == ("learning_disabled", None)


@pytest.mark.parametrize("experiment_id", [None, ""])
def test_without_an_experiment_there_is_nothing_to_learn(experiment_id):
    assert reason(an_order(experiment_id=experiment_id)) == ("missing_experiment_id", None)


def test_the_daily_budget_holds_what_is_reserved_and_what_was_lost():
    """0.05 % of 10,000 are 5: two orders of 2 fit, a third does not; a loss of 3.5 leaves room for none of 2."""
    allowed = {"learning_daily_risk_budget_pct": 0.05}
    assert reason(None, held(1), **allowed) == (None, None)
    assert reason(None, held(2), **allowed) == ("daily_risk_budget", None)
    book = held(1)
    for move in (filled("t0", 1), closed("t0", 9, -3.5)):
        book.apply(move)
    assert reason(None, book, **allowed) == ("daily_risk_budget", None)


def test_a_gain_gives_nothing_back():
    book = held(2)
    book.apply(closed("t0", 5, -3.0))
    book.apply(closed("t1", 6, 50.0))
    assert (book.lost_usd, book.used_usd) == (3.0, 3.0)
    assert reason(None, book, learning_daily_risk_budget_pct=0.04) == ("daily_risk_budget", None)


def test_the_exposure_of_all_open_trades_is_capped():
    assert reason(None, held(1), learning_max_portfolio_exposure_pct=2.0) == (None, None)
    assert reason(None, held(2), learning_max_portfolio_exposure_pct=2.0) == ("portfolio_exposure", None)


def test_trades_are_counted_by_the_utc_day():
    book = held(2)
    assert reason(None, book, learning_max_trades_per_day=2) == ("trades_per_day", None)
    book.apply(closed("t0", 5, 1.0))
    assert reason(None, book, learning_max_trades_per_day=2) == ("trades_per_day", None), "a closed trade counts too"
    tomorrow = NOON + dt.timedelta(hours=12)
    assert reason(None, book, CALM, tomorrow, learning_max_trades_per_day=2) == (None, None)
    assert book.n_trades == 2, "asking changes nothing"


def test_shorts_are_for_those_who_allow_them():
    short = an_order(side="short", stop_price=102.0)
    assert reason(short, learning_allow_short=False) == ("short_not_allowed", None)
    assert reason(short) == (None, None)


def test_the_first_reason_in_the_order_of_the_contract_is_told():
    everything = {"learning_daily_risk_budget_pct": 0.0, "learning_max_portfolio_exposure_pct": 0.0}
    everything |= {"learning_max_trades_per_day": 0, "learning_allow_short": False}
    order, told = an_order(side="short"), []
    for cured in (*everything, None):
        told.append(reason(order, **everything)[0])
        everything.pop(cured, None)
    assert told == ["daily_risk_budget", "portfolio_exposure", "trades_per_day", "short_not_allowed", None]


def test_an_order_above_the_cap_is_cut_to_it_and_a_hold_is_shortened():
    """0.01 % of 10,000 are 1: half a unit; without a stop a hundredth."""
    found = answer(learning_max_position_risk_pct=0.01, learning_max_hold_minutes=20)
    assert (found.qty, found.hold_minutes, found.risk_usd, found.exposure_usd) == (0.5, 20.0, 1.0, 50.0)
    found = answer(an_order(stop_price=None), learning_max_position_risk_pct=0.01)
    assert (found.qty, found.risk_usd) == (pytest.approx(0.01), pytest.approx(1.0))


def test_sizing_modes():
    asked = an_order(qty=None, hold_minutes=None)
    assert answer(asked, learning_notional_usd=250.0).qty == 2.5
    fixed = answer(asked, learning_sizing_mode="fixed_fraction", learning_fixed_fraction=0.003)
    assert fixed.qty == pytest.approx(0.3)
    by_volatility = {"learning_sizing_mode": "vol_target", "learning_vol_target_pct": 0.01}
    assert answer(asked, **by_volatility).qty == pytest.approx(0.5), "1 USD a day at 2 % volatility is 50 USD"
    assert answer(asked).hold_minutes == 60 * 24 * 60


@pytest.mark.parametrize("equity_usd", [None, 0.0, -5.0])
def test_without_equity_nothing_is_allowed(equity_usd):
    assert reason(None, a_book(equity_usd)) == ("daily_risk_budget", "equity_unknown")


def test_a_volatility_of_nothing_sizes_nothing():
    still = msgspec.structs.replace(CALM, volatility=0.0)
    asked = an_order(qty=None)
    assert reason(asked, None, still, learning_sizing_mode="vol_target") == ("no_learn_zone", "data_quality_anomaly")


@pytest.mark.parametrize(
    "wrong", [{"price": 0.0}, {"price": math.nan}, {"stop_price": math.nan}, {"qty": -1.0}, {"qty": math.inf}]
)
def test_numbers_that_no_budget_would_stop_are_refused_loudly(wrong):
    with pytest.raises(ValueError, match="expected a number above 0"):
        answer(an_order(**wrong))


def test_words_and_times_that_are_none_are_refused_loudly():
    with pytest.raises(ValueError, match="side: expected long or short"):
        answer(an_order(side="buy"))
    with pytest.raises(ValueError, match="time zone"):
        answer(now=NOON.replace(tzinfo=None))


def test_settings_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="needs learning_notional_usd"):
        LearningBookSettings(learning_sizing_mode="notional")
    for window in ("2024-03-04T12:00Z/2024-03-04T11:00Z", "2024-03-04T12:00/2024-03-04T13:00Z", "tomorrow"):
        with pytest.raises(ValueError, match="expected START/END"):
            LearningBookSettings(learning_event_windows=(window,))


def test_the_defaults_are_the_seeds_example():
    told = LearningBookSettings().model_dump()
    assert {name: told[name] for name in list(told)[:9]} == {
        "learning_book_enabled": True,
        "learning_daily_risk_budget_pct": 0.50,
        "learning_max_position_risk_pct": 0.25,
        "learning_max_portfolio_exposure_pct": 2.0,
        "learning_max_trades_per_day": 12,
        "learning_sizing_mode": "fixed_fraction",
        "learning_notional_usd": None,
        "learning_max_hold_minutes": 60,
        "learning_allow_short": False,
    }


orders = st.builds(
    an_order,
    side=st.sampled_from(["long", "short"]),
    price=st.floats(0.01, 1e5),
    stop_price=st.none() | st.floats(0.01, 1e5),
    qty=st.none() | st.floats(1e-6, 1e6),
    hold_minutes=st.none() | st.floats(1, 1e5),
)


@given(wanted=st.lists(orders, max_size=12), budget=st.floats(0, 2), cap=st.floats(0.01, 1), exposure=st.floats(0, 5))
def test_whatever_is_asked_no_cap_is_ever_passed(wanted, budget, cap, exposure):
    """Orders that are let through, one after the other, stay inside every budget; and asking changes no book."""
    settings = LearningBookSettings(
        learning_daily_risk_budget_pct=budget,
        learning_max_position_risk_pct=cap,
        learning_max_portfolio_exposure_pct=exposure,
        learning_max_trades_per_day=4,
    )
    book = a_book()
    for k, order in enumerate(wanted):
        before = msgspec.to_builtins(book)
        found = evaluate_learning_order(order, book, settings, CALM, NOON)
        assert msgspec.to_builtins(book) == before
        if found.allowed:
            assert (order.side, found.hold_minutes <= 60) == ("long", True)
            assert found.risk_usd <= 100 * cap * (1 + 1e-12)
            book.apply(submitted(f"t{k}", qty=found.qty, price=order.price, stop=order.stop_price))
        assert book.used_usd <= 100 * budget + 1e-9
        assert book.exposure_usd <= 100 * exposure + 1e-9
        assert book.n_trades <= 4


def test_zones_are_asked_with_the_orders_own_conditions():
    assert reason(None, None, Conditions()) == ("no_learn_zone", "volatility_spike")
    assert reason(None, None, msgspec.structs.replace(CALM, in_force=("exchange_error",))) == (
        "no_learn_zone",
        "exchange_error",
    )
