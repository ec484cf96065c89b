"""A trade of freqtrade as events."""

import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning_pipeline.adapters.imported import Imported
from learning_pipeline.events.closed_by_fills import disagreements, trades_from_fills
from learning_pipeline_tests.adapters.freqtrade.exports import (
    HOUR,
    NOON,
    of_type,
    parsed,
    read,
    result,
    trade,
    write_zip,
)


def one_import(tmp_path: Any, *trades: dict[str, Any], **over: Any) -> Imported:
    return read(write_zip(tmp_path, {"Dips": result(*trades, **over)}))[0]


def test_a_trade_is_a_signal_a_decision_two_orders_two_fills_and_a_close(tmp_path: Any) -> None:
    one = one_import(tmp_path, trade())
    told = [event.type for event in one.events]
    assert told == ["signal", "decision", *["order_submitted", "fill"] * 2, "trade_closed"]
    signal, decision = one.events[:2]
    assert signal.at == decision.at == NOON
    assert signal.payload["stop_price"] == 90.0
    assert signal.payload["pattern_key"] == "dip"
    assert decision.payload["gates"] == [{"name": "max_open_trades", "passed": True, "threshold": 3.0, "op": "<"}]
    closed = one.events[-1].payload
    # 2 x (110 - 100) less 0.1 % of 200 and of 220
    assert closed["pnl_usd"] == 19.58
    assert closed["roi"] == pytest.approx(19.58 / 200)
    assert not closed["did_trim"]


def test_the_target_is_the_first_step_of_the_roi_table_net_of_both_fees(tmp_path: Any) -> None:
    target = of_type(one_import(tmp_path, trade()), "signal")[0].payload["target_price"]
    gained = target * (1 - 0.001) / (100.0 * (1 + 0.001)) - 1
    assert gained == pytest.approx(0.1)


@pytest.mark.parametrize("table", [{"0": 10}, {"0": 1.0}, {"0": 0}, {"30": 0.01}, {}, {"0": -1}])
def test_a_table_that_means_never_gives_no_target(tmp_path: Any, table: dict[str, float]) -> None:
    one = one_import(tmp_path, trade(), minimal_roi=table)
    assert "target_price" not in of_type(one, "signal")[0].payload


def test_a_short_with_leverage_and_funding_adds_up(tmp_path: Any) -> None:
    fills = ((0, True, 3.0, 50.0), (8, False, 3.0, 45.0))
    one = one_import(
        tmp_path, trade(fills=fills, is_short=True, leverage=5.0, funding_fees=-0.3), trading_mode="futures"
    )
    closed = of_type(one, "trade_closed")[0].payload
    assert closed["side"] == "short"
    assert closed["pnl_usd"] == pytest.approx(15.0 - 0.285 - 0.3)
    assert closed["fees_usd"] == pytest.approx(0.585)
    assert closed["roi"] == pytest.approx((15.0 - 0.585) / 150)  # unlevered
    assert of_type(one, "signal")[0].payload["target_price"] < 50 * (1 - 0.1 / 5)
    assert not parsed(one).frames["trade_closed"]["pnl_mismatch"].any()


def test_additions_and_trims_are_weighted_by_quantity(tmp_path: Any) -> None:
    fills = ((0, True, 1.0, 100.0), (2, True, 3.0, 80.0), (4, False, 2.0, 90.0), (9, False, 2.0, 95.0))
    one = one_import(tmp_path, trade(fills=fills))
    closed, signal = of_type(one, "trade_closed")[0].payload, of_type(one, "signal")[0].payload
    assert (closed["qty"], closed["entry_price"], closed["exit_price"]) == (4.0, 85.0, 92.5)
    assert closed["did_trim"]
    # What the signal knew is the first entry, not what was added later.
    assert (signal["qty"], signal["entry_price"]) == (1.0, 100.0)
    assert parsed(one).frames["trade_closed"]["pnl_mismatch"].to_list() == [False]


def test_an_open_trade_has_no_close(tmp_path: Any) -> None:
    fills = ((0, True, 2.0, 100.0), (1, True, 1.0, 90.0))
    still = trade(fills=fills, is_open=True, close_timestamp=None, close_rate=None, profit_abs=None, exit_reason=None)
    one = one_import(tmp_path, still)
    assert not of_type(one, "trade_closed")
    assert len(of_type(one, "fill")) == 2


def test_a_stop_on_the_wrong_side_is_left_out(tmp_path: Any) -> None:
    one = one_import(tmp_path, trade(initial_stop_loss_abs=101.0))
    assert "stop_price" not in of_type(one, "signal")[0].payload


def test_an_entry_within_a_candle_was_wanted_at_its_open(tmp_path: Any) -> None:
    one = one_import(tmp_path, trade(NOON + dt.timedelta(minutes=17)))
    assert of_type(one, "signal")[0].at == NOON
    assert of_type(one, "decision")[0].at == NOON + dt.timedelta(minutes=17)


AMOUNTS = st.floats(0.01, 1e6).map(lambda x: float(f"{x:.4g}"))
PRICES = st.floats(1e-6, 1e5).map(lambda x: float(f"{x:.6g}"))


@st.composite
def closed_trades(draw: st.DrawFn) -> dict[str, Any]:
    """Trades with one to three entries whose exits take out exactly what went in."""
    entries = draw(st.lists(st.tuples(AMOUNTS, PRICES), min_size=1, max_size=3))
    whole = sum(int(amount * 10_000) for amount, _ in entries)
    cut = draw(st.integers(1, whole))
    exits = [part / 10_000 for part in (cut, whole - cut) if part]
    fills = [(k, True, int(amount * 10_000) / 10_000, price) for k, (amount, price) in enumerate(entries)]
    fills += [(k + 5, False, amount, draw(PRICES)) for k, amount in enumerate(exits)]
    return trade(fills=tuple(fills), is_short=draw(st.booleans()))


@settings(max_examples=25, deadline=None)
@given(made=closed_trades())
def test_every_trade_passes_the_parser_and_agrees_with_its_own_fills(tmp_path_factory: Any, made: Any) -> None:
    one = one_import(tmp_path_factory.mktemp("made"), made)
    read_again = parsed(one)
    assert read_again.refusals == []
    frames = {word: frame.drop("line_no") for word, frame in read_again.frames.items()}
    assert frames["trade_closed"]["pnl_usd"].to_list() == [made["profit_abs"]]
    assert not frames["trade_closed"]["pnl_mismatch"].any()
    day = NOON.date()
    by_fills = trades_from_fills(
        frames["fill"], frames["order_submitted"], frames["signal"], day, (NOON + 12 * HOUR).date()
    ).unique("trade_id")
    assert by_fills.height == 1
    assert disagreements(frames["trade_closed"].unique("trade_id"), by_fills.select(pl.all())).rows() == []
