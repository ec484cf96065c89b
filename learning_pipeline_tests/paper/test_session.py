"""What a whole walk hands over: the wire's columns, consistent numbers, the same again for the same seed."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict

import polars as pl
import pytest

from learning_pipeline.events import tables
from learning_pipeline.paper import PaperSettings
from learning_pipeline.paper.gates import OPS, RULES
from learning_pipeline.paper.plans import CATEGORIES

TABLE_OF = {
    "signal": tables.Signals,
    "decision": tables.DecisionReports,
    "order_submitted": tables.Orders,
    "fill": tables.Fills,
    "trade_closed": tables.Trades,
    "position": tables.Positions,
    "portfolio_snapshot": tables.Portfolio,
}
FILLED_BY_OTHERS = {"day", "event_id", "happened_at", "source", "session_id", "book", "pnl_mismatch"}


@pytest.fixture(scope="module")
def fills_of(of_type):
    by_trade = defaultdict(list)
    for fill in of_type("fill"):
        by_trade[fill["trade_id"]].append(fill)
    return by_trade


def test_the_walk_does_everything_a_bot_does(events, of_type):
    assert {event["type"] for event in events} == set(TABLE_OF)
    assert {event["decision"] for event in of_type("decision")} >= {"approved", "blocked", "expired"}
    assert {event["status"] for event in of_type("position")} == {"watchlist", "active", "dormant", "closed"}
    assert {event["strategy"] for event in of_type("signal")} == CATEGORIES.keys()
    assert {event["timeframe"] for event in of_type("signal")} == {"1h", "4h"}
    assert {event["did_trim"] for event in of_type("trade_closed")} == {True, False}
    assert {event["reached_s3"] for event in of_type("trade_closed")} == {True, False}


@pytest.mark.parametrize("kind", TABLE_OF)
def test_payloads_are_the_columns_of_the_table(kind, of_type):
    described = TABLE_OF[kind].columns_described()
    required = {name for name, (_, nullable, _) in described.items() if not nullable} - FILLED_BY_OTHERS
    for event in of_type(kind):
        sent = {**event, **event.get("market", {})}.keys() - {"type", "at", "market"}
        assert sent <= described.keys(), event
        assert sent >= required - {"scope"}, event
        assert not sent & FILLED_BY_OTHERS


def test_every_number_is_finite_and_every_instant_has_a_zone(events):
    def leaves(value):
        nested = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
        return [value] if nested is None else [leaf for item in nested for leaf in leaves(item)]

    for event in events:
        assert event["at"].tzinfo is not None
        assert all(math.isfinite(leaf) for leaf in leaves(event) if isinstance(leaf, float)), event


def test_ids_are_unique_and_no_position_has_two_states_at_one_instant(of_type):
    for kind, key in (
        ("signal", "signal_id"),
        ("order_submitted", "order_id"),
        ("fill", "fill_id"),
        ("trade_closed", "trade_id"),
    ):
        ids = [event[key] for event in of_type(kind)]
        assert len(ids) == len(set(ids)), kind
    states = [(event["position_id"], event["at"]) for event in of_type("position")]
    assert len(states) == len(set(states))


def test_same_seed_same_events_and_another_seed_others(walk, hours, events):
    assert repr(walk(hours)) == repr(events)
    assert repr(walk(hours, seed=1)) != repr(events)


def test_order_of_the_bars_does_not_matter(walk, hours, events):
    assert repr(walk(hours.sample(fraction=1.0, shuffle=True, seed=7))) == repr(events)


def test_every_signal_is_answered_at_its_instant(of_type):
    first = {}
    for answer in of_type("decision"):
        first.setdefault(answer["signal_id"], answer["at"])
    assert first == {signal["signal_id"]: signal["at"] for signal in of_type("signal")}


def test_every_gate_is_measured_on_every_decision_and_agrees_with_its_numbers(of_type):
    pattern_of = {signal["signal_id"]: signal["pattern_key"] for signal in of_type("signal")}
    for answer in of_type("decision"):
        stage = pattern_of[answer["signal_id"]].split(".")[2]
        assert [gate["name"] for gate in answer["gates"]] == [r.name for r in RULES if r.stage in (None, stage)]
        for gate in answer["gates"]:
            assert gate["passed"] is OPS[gate["op"]](gate["value"], gate["threshold"])
            assert gate["evaluated"] is True


def test_blocked_names_the_first_failure_and_the_others_failed_nowhere(of_type):
    for answer in of_type("decision"):
        failed = [gate["name"] for gate in answer["gates"] if not gate["passed"]]
        assert (answer["decision"] == "blocked") == bool(failed)
        if failed:
            assert answer["blocker_component"] == failed[0]
            assert answer["blocker_reason"]


def test_the_limit_on_positions_counts_the_whole_book(events):
    held: set[str] = set()
    for event in events:  # in the order in which the bot lived through them
        if event["type"] == "decision" and event["decision"] != "expired":
            gate = next(gate for gate in event["gates"] if gate["name"] == "max_open_positions")
            assert gate["value"] == len(held)
        if event["type"] == "order_submitted" and event["order_id"].endswith("-entry"):
            held.add(event["signal_id"])
        if event["type"] == "trade_closed" or event.get("decision") == "expired":
            held.remove(event["signal_id"])


def test_late_continuations_go_with_an_old_trend_and_only_they_have_dx(of_type):
    late = [signal for signal in of_type("signal") if ".S3." in signal["pattern_key"]]
    assert {signal["pattern_key"].split(".")[1] for signal in late} == {"uptrend", "downtrend"}
    for signal in late:
        assert signal["flags"]["with_trend"]
        assert signal["features"]["trend_age_bars"] > PaperSettings().late_trend_bars
    has_dx = {a["signal_id"] for a in of_type("decision") if any(gate["name"] == "dx" for gate in a["gates"])}
    assert has_dx == {signal["signal_id"] for signal in late}


def gate_of(answer, name):
    return next(gate for gate in answer["gates"] if gate["name"] == name)


def test_roi_threshold_measures_what_the_signal_carries(of_type):
    hoped = {signal["signal_id"]: signal["expected_roi"] for signal in of_type("signal")}
    for answer in of_type("decision"):
        assert gate_of(answer, "roi_threshold")["value"] == hoped[answer["signal_id"]]


def test_trend_strength_is_made_of_score_components_that_the_signal_carries(of_type):
    parts = {signal["signal_id"]: signal["score_components"] for signal in of_type("signal")}
    for answer in of_type("decision"):
        of_signal = parts[answer["signal_id"]]
        assert set(of_signal) == {"adx", "efficiency", "momentum", "location"}
        assert all(0 <= value <= 1 for value in of_signal.values())
        assert gate_of(answer, "ts")["value"] == 0.5 * of_signal["adx"] + 0.5 * of_signal["efficiency"]


def test_cooldown_is_the_time_since_the_last_loss_or_since_the_market_was_first_seen(events, hours, of_type):
    signals = {signal["signal_id"]: signal for signal in of_type("signal")}
    seen = dict(hours.group_by("symbol").agg(pl.col("ts").min()).iter_rows())
    lost: dict[tuple[str, str], dt.datetime] = {}
    fresh = 0
    for event in events:  # in the order in which the bot lived through them
        if event["type"] == "trade_closed" and event["pnl_usd"] <= 0:
            lost[event["symbol"], event["strategy"]] = event["closed_at"]
        if event["type"] == "decision" and event["decision"] != "expired":
            signal = signals[event["signal_id"]]
            key = signal["symbol"], signal["strategy"]
            minutes = (event["at"] - lost.get(key, seen[signal["symbol"]])) / dt.timedelta(minutes=1)
            assert gate_of(event, "cooldown")["value"] == pytest.approx(minutes)
            fresh += key not in lost
    assert fresh


def test_drawdown_is_the_fall_from_the_highest_of_the_last_days(of_type):
    """Asked where a signal and the day's snapshot share an instant: the snapshot is the equity that the guard saw."""
    snapshots = {snapshot["at"]: snapshot["equity_usd"] for snapshot in of_type("portfolio_snapshot")}
    falls = []
    for answer in of_type("decision"):
        equity = snapshots.get(answer["at"])
        if equity is not None:
            before = [equity_then for at, equity_then in snapshots.items() if at < answer["at"]]
            falls.append(1 - equity / max(equity, *before[-PaperSettings().drawdown_days :]))
            assert gate_of(answer, "drawdown_guard")["value"] == pytest.approx(falls[-1], abs=1e-12)
    assert min(falls) == 0 < max(falls)


def test_every_fill_has_its_order_and_comes_after_it(of_type):
    orders = {order["order_id"]: order for order in of_type("order_submitted")}
    for fill in of_type("fill"):
        order = orders[fill["order_id"]]
        assert fill["at"] >= order["at"]
        assert (fill["side"], fill["qty"], fill["symbol"]) == (order["side"], order["qty"], order["symbol"])


def test_entries_pay_no_more_than_their_limit(of_type):
    orders = {order["order_id"]: order for order in of_type("order_submitted")}
    entries = [fill for fill in of_type("fill") if fill["order_id"].endswith("-entry")]
    assert entries
    for fill in entries:
        side = 1 if fill["side"] == "buy" else -1
        assert side * (fill["price"] - orders[fill["order_id"]]["price"]) <= 0


def test_a_trades_numbers_are_those_of_its_fills(of_type, fills_of):
    for trade in of_type("trade_closed"):
        side = 1 if trade["side"] == "long" else -1
        opening, *closing = fills_of[trade["trade_id"]]
        assert (opening["side"] == "buy") == (side == 1)
        assert all(fill["side"] != opening["side"] for fill in closing)
        assert sum(fill["qty"] for fill in closing) == pytest.approx(trade["qty"], abs=1e-9)
        assert trade["qty"] == opening["qty"]
        assert trade["entry_price"] == opening["price"]
        weighted = sum(fill["qty"] * fill["price"] for fill in closing) / trade["qty"]
        assert trade["exit_price"] == pytest.approx(weighted, rel=1e-12)
        assert trade["fees_usd"] == pytest.approx(sum(fill["fee_usd"] for fill in (opening, *closing)), abs=1e-9)
        gross = side * (trade["exit_price"] - trade["entry_price"]) * trade["qty"]
        assert trade["pnl_usd"] == pytest.approx(gross - trade["fees_usd"], abs=1e-9)
        assert trade["roi"] == pytest.approx(trade["pnl_usd"] / (trade["qty"] * trade["entry_price"]), abs=1e-12)
        assert (trade["opened_at"], trade["closed_at"]) == (opening["at"], closing[-1]["at"])
        assert trade["did_trim"] == (len(closing) == 2)


def test_snapshots_add_up_to_the_trades(of_type):
    for snapshot in of_type("portfolio_snapshot"):
        closed = [trade for trade in of_type("trade_closed") if trade["at"] <= snapshot["at"]]
        done = {trade["trade_id"] for trade in closed}
        fees = sum(
            fill["fee_usd"] for fill in of_type("fill") if fill["at"] <= snapshot["at"] and fill["trade_id"] not in done
        )
        assert snapshot["cash_usd"] == pytest.approx(18_000 + sum(trade["pnl_usd"] for trade in closed) - fees)
        if len(done) == len({fill["trade_id"] for fill in of_type("fill") if fill["at"] <= snapshot["at"]}):
            assert (snapshot["equity_usd"], snapshot["exposure_usd"]) == (snapshot["cash_usd"], 0)


def test_a_snapshot_a_day_while_any_market_trades(of_type):
    days = [snapshot["at"].date() for snapshot in of_type("portfolio_snapshot")]
    assert days == sorted(set(days))
    assert len(days) == (days[-1] - days[0]).days + 1 == 52


def test_every_spread_says_that_it_is_modelled(of_type):
    for answer in of_type("decision"):
        market = answer["market"]
        assert answer["metadata"] == {"spread_model": "modelled"}
        assert market["spread"] == pytest.approx(market["price"] * market["spread_bps"] / 1e4)


def test_no_bars_give_no_events(walk, hours):
    assert walk(hours.head(0)) == []
