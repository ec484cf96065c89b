"""Thirteen zones: the last value that is fine, the first that is not, and what holds where nothing is known."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from learning_pipeline.books.learning import ZONES, Conditions, standing_zones, zones_in_force
from learning_pipeline_tests.books.learning.rows import CALM, NOON, a_book, closed
from learning_pipeline_tests.books.learning.settings import wide_open

MEASURED = {
    "volatility_spike": ("volatility", {"learning_max_volatility": 0.05}, 0.05, 0.0501),
    "liquidity_thin": ("relative_volume", {"learning_min_relative_volume": 0.2}, 0.2, 0.19),
    "spread_wide": ("spread_bps", {"learning_max_spread_bps": 5.0}, 5.0, 5.1),
    "feed_latency": ("feed_latency_seconds", {"learning_max_feed_latency_seconds": 3.0}, 3.0, 3.1),
    "exchange_error": ("n_exchange_errors", {"learning_max_exchange_errors": 2}, 2, 3),
    "data_gap": ("n_gap_bars", {"learning_max_data_gap_bars": 1}, 1, 2),
    "slippage_anomaly": ("slippage_bps", {"learning_max_slippage_bps": 9.0}, 9.0, 9.5),
    "data_quality_anomaly": ("n_bad_rows", {"learning_max_bad_rows": 1}, 1, 2),
}
CLOSED_WHERE_UNKNOWN = {"volatility_spike", "spread_wide", "feed_latency"}


def zones(conditions=CALM, book=None, now=NOON, **settings):
    return zones_in_force("e1", book or a_book(), wide_open(**settings), conditions, now)


def test_there_are_thirteen_and_each_has_its_rule():
    counted = {"scheduled_event_window", "manual_override_off"}
    counted |= {"daily_loss_limit", "experiment_loss_limit", "consecutive_loss_limit"}
    assert len(ZONES) == 13
    assert set(ZONES) == MEASURED.keys() | counted


@pytest.mark.parametrize("zone", MEASURED)
def test_measured_zones_begin_behind_their_limit(zone):
    name, settings, fine, over = MEASURED[zone]
    assert zones(msgspec.structs.replace(CALM, **{name: fine}), **settings) == []
    assert zones(msgspec.structs.replace(CALM, **{name: over}), **settings) == [zone]
    unknown = zones(msgspec.structs.replace(CALM, **{name: None}), **settings)
    assert unknown == ([zone] if zone in CLOSED_WHERE_UNKNOWN else [])


def test_a_calendar_window_holds_from_its_start_to_before_its_end():
    window = {"learning_event_windows": ("2024-03-04T12:00Z/2024-03-04T14:00+01:00",)}
    minute = dt.timedelta(minutes=1)
    found = [bool(zones(now=NOON + k * minute, **window)) for k in (-1, 0, 59, 60)]
    assert found == [False, True, True, False]


def test_a_person_switches_learning_off():
    assert zones(learning_manual_override_off=True) == ["manual_override_off"]


def lost(*results: float, experiment_id: str = "e1"):
    book = a_book()
    for k, pnl in enumerate(results):
        book.apply(closed(f"t{k}", k, pnl, experiment_id=experiment_id))
    return book


def test_the_losses_of_the_day_close_the_day():
    limit = {"learning_daily_loss_limit_pct": 0.1}
    assert zones(book=lost(-9.9), **limit) == []
    assert zones(book=lost(-9.0, 30.0, -1.0), **limit) == ["daily_loss_limit"], "gains give nothing back"
    book = lost(-20.0)
    book.begin(book.day + 1)
    assert zones(book=book, **limit) == []


def test_the_net_loss_of_an_experiment_closes_it_alone_and_for_good():
    limit = {"learning_experiment_loss_limit_pct": 0.1}
    assert zones(book=lost(-9.0, 30.0, -30.0), **limit) == []
    assert zones(book=lost(-12.0, experiment_id="e2"), **limit) == []
    book = lost(-12.0)
    assert zones(book=book, **limit) == ["experiment_loss_limit"]
    book.begin(book.day + 1)
    assert (zones(book=book, **limit), book.experiments) == (["experiment_loss_limit"], {"e1": -12.0})


def test_losses_in_a_row_are_counted_from_the_last_gain_of_the_day():
    limit = {"learning_max_consecutive_losses": 2}
    assert zones(book=lost(-1.0, -1.0, 1.0, -1.0), **limit) == []
    assert zones(book=lost(1.0, -1.0, -1.0), **limit) == ["consecutive_loss_limit"]
    assert zones(book=lost(-1.0, 0.0), **limit) == ["consecutive_loss_limit"], "no gain is a loss"


def test_without_equity_a_loss_limit_cannot_be_told_and_the_budget_refuses():
    assert zones(book=a_book(None)) == []


def test_not_a_number_is_not_known():
    assert zones(Conditions(volatility=float("nan"), spread_bps=1.0, feed_latency_seconds=0.0)) == ["volatility_spike"]


def test_what_a_bot_says_itself_holds_and_zones_come_in_one_order():
    said = Conditions(in_force=("manual_override_off", "data_gap"))
    assert zones(said) == ["volatility_spike", "spread_wide", "feed_latency", "data_gap", "manual_override_off"]
    assert standing_zones(None, a_book(), wide_open(learning_manual_override_off=True), NOON) == ["manual_override_off"]
