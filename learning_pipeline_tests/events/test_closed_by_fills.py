"""Closed trades from fills: partial fills, scale-ins, trims, fees, re-entries; and whom they differ from."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning_pipeline.events.closed_by_fills import disagreements, trades_from_fills
from learning_pipeline.events.tables import Fills, Orders, Signals, Trades, TradesFromFills
from learning_pipeline_tests.allocation.rows import DAY, HOUR, START, closed

MANY = START.date(), (START + 90 * DAY).date()
SIGNAL = {"signal_id": "s", "day": START.date(), "happened_at": START, "timeframe": "1h", "strategy": "alpha"}


def fill(side: str, qty: float, price: float, hours: float, fee: float = 0.0, **more: Any) -> dict[str, Any]:
    at = START + hours * HOUR
    name = f"{side}{qty}@{price}/{hours}"
    envelope = {"day": at.date(), "happened_at": at, "event_id": name, "source": "bot", "session_id": "bot"}
    what = {"fill_id": name, "order_id": f"o-{side}-{hours}", "trade_id": "t", "symbol": "X", "book": "profit"}
    return {**envelope, **what, "side": side, "qty": qty, "price": price, "fee_usd": fee, "signal_id": "s", **more}


def trades(
    fills: list[dict[str, Any]],
    orders: list[dict[str, Any]] | None = None,
    signals: list[dict[str, Any]] | None = None,
    days: tuple[dt.date, dt.date] = MANY,
) -> list[dict[str, Any]]:
    told = Signals.frame([SIGNAL] if signals is None else signals)
    return trades_from_fills(Fills.frame(fills), Orders.frame(orders or []), told, *days).to_dicts()


def test_scale_in_partial_fills_trim_and_fees_by_hand() -> None:
    fills = [
        fill("buy", 1.0, 100.0, 0, 0.1, order_id="in"),
        fill("buy", 1.0, 102.0, 1, 0.1, order_id="in"),
        fill("buy", 2.0, 104.0, 2, 0.2, order_id="more"),
        fill("sell", 1.0, 110.0, 3, 0.1, order_id="trim"),
        fill("sell", 3.0, 106.0, 4, 0.3, order_id="out"),
    ]
    (trade,) = trades(fills)
    spent, got, fees = 100 + 102 + 208, 110 + 318, 0.8
    assert (trade["qty"], trade["entry_price"], trade["exit_price"]) == (4.0, spent / 4, got / 4)
    assert trade["fees_usd"] == pytest.approx(fees, abs=1e-12)
    assert trade["pnl_usd"] == pytest.approx(got - spent - fees, abs=1e-12)
    assert trade["roi"] == pytest.approx((got - spent - fees) / spent, abs=1e-15)
    assert (trade["side"], trade["did_trim"], trade["n_fills"]) == ("long", True, 5)
    assert (trade["opened_at"], trade["closed_at"]) == (START, START + 4 * HOUR)
    assert (trade["timeframe"], trade["strategy"], trade["signal_id"]) == ("1h", "alpha", "s")


def test_a_short_earns_when_the_price_falls_and_one_order_in_parts_is_no_trim() -> None:
    exits = [fill("buy", 0.5, 90.0, h, order_id="out") for h in (1, 2)]
    (trade,) = trades([fill("sell", 1.0, 100.0, 0), *exits])
    assert (trade["side"], trade["pnl_usd"], trade["roi"], trade["did_trim"]) == ("short", 10.0, 0.1, False)


def test_an_open_trade_is_none_and_one_that_closes_later_is_of_that_day() -> None:
    opened, out = fill("buy", 1.0, 100.0, 0), fill("sell", 1.0, 101.0, 50)
    assert trades([opened]) == trades([opened, fill("sell", 0.5, 101.0, 1)]) == []
    (trade,) = trades([opened, out])
    assert trade["day"] == (START + 2 * DAY).date()


def test_a_fill_after_the_close_belongs_to_the_trade_which_is_told_anew_once_it_is_flat_again() -> None:
    fills = [
        fill("buy", 1.0, 100.0, 0),
        fill("sell", 1.0, 101.0, 1),
        fill("buy", 1.0, 100.0, 30),
        fill("sell", 1.0, 103.0, 60),
    ]
    found = trades(fills)
    assert [(row["day"].day, row["pnl_usd"], row["qty"]) for row in found] == [(4, 1.0, 1.0), (6, 4.0, 2.0)]


def test_a_fill_that_is_sent_twice_counts_once() -> None:
    fills = [fill("buy", 1.0, 100.0, 0), fill("sell", 1.0, 101.0, 1)]
    (once,) = trades(fills)
    again = fills[1] | {"event_id": "again", "happened_at": START + 2 * HOUR}
    assert trades([*fills, again]) == [once]


def test_the_signal_may_be_named_by_the_order_alone_and_an_old_one_is_not_joined() -> None:
    fills = [fill("buy", 1.0, 100.0, 0, signal_id=None, order_id="in"), fill("sell", 1.0, 101.0, 1, signal_id=None)]
    order = {"order_id": "in", "signal_id": "s", "day": START.date(), "happened_at": START}
    assert [row["timeframe"] for row in trades(fills, [order])] == ["1h"]
    assert [row["timeframe"] for row in trades(fills)] == [None]
    old = SIGNAL | {"day": (START - 91 * DAY).date()}
    assert [row["timeframe"] for row in trades(fills, [order], [old])] == [None]
    unborn = SIGNAL | {"day": (START + DAY).date()}
    assert [row["timeframe"] for row in trades(fills, [order], [unborn])] == [None]


@st.composite
def lives(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Fills of a few trades over ten days, each closed in the end; quantities of whole units."""
    rows = []
    for k in range(draw(st.integers(1, 4))):
        side = draw(st.sampled_from(["buy", "sell"]))
        ins = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
        outs = [1] * sum(ins) if draw(st.booleans()) else [sum(ins)]
        hours = sorted(
            draw(st.lists(st.integers(0, 240), min_size=len(ins) + len(outs), max_size=len(ins) + len(outs)))
        )
        sides = [side] * len(ins) + [{"buy": "sell", "sell": "buy"}[side]] * len(outs)
        for n, (hour, way, qty) in enumerate(zip(hours, sides, [*ins, *outs], strict=True)):
            price = 100 + draw(st.integers(-20, 20)) / 4
            rows.append(
                fill(way, float(qty), price, hour, 0.25, trade_id=f"t{k}", event_id=f"{k}-{n:02}", fill_id=f"{n}")
            )
    return rows


@settings(max_examples=40)  # of up to ten days each
@given(rows=lives(), seed=st.integers(0, 99))
def test_money_is_what_went_out_and_came_in_and_days_may_be_asked_for_one_by_one(
    rows: list[dict[str, Any]], seed: int
) -> None:
    shuffled = random.Random(seed).sample(rows, len(rows))
    found = trades(shuffled)
    newest = {row["trade_id"]: row for row in found}
    for trade_id in {row["trade_id"] for row in rows}:
        own = [row for row in rows if row["trade_id"] == trade_id]
        cash = sum((1 if row["side"] == "sell" else -1) * row["qty"] * row["price"] - row["fee_usd"] for row in own)
        assert newest[trade_id]["pnl_usd"] == pytest.approx(cash, abs=1e-9)
    days = sorted({row["day"] for row in rows})
    one_by_one = [trades([row for row in rows if row["day"] <= day], days=(day, day)) for day in days]
    assert sorted((row for part in one_by_one for row in part), key=lambda row: (row["trade_id"], row["day"])) == found


def test_trades_that_are_told_otherwise_are_named_with_what_differs() -> None:
    fills = [fill("buy", 1.0, 100.0, 0, 0.1), fill("sell", 1.0, 101.0, 1, 0.1)]
    derived = trades_from_fills(Fills.frame(fills), Orders.frame(), Signals.frame(), *MANY)
    same = closed("t", "1h", 0.008, START + HOUR, exit_price=101.0, fees_usd=0.2, pnl_usd=0.8)
    wrong = [
        same | {"trade_id": "money", "pnl_usd": 0.82},
        same | {"trade_id": "size", "qty": 2.0, "side": "short"},
        same | {"trade_id": "cent", "pnl_usd": 0.809},
        same | {"trade_id": "reported only"},
    ]
    copies = [derived.with_columns(trade_id=pl.lit(name)) for name in ("money", "size", "cent")]
    told = disagreements(Trades.frame([same, *wrong]), pl.concat([derived, *copies]))
    assert dict(told.iter_rows()) == {"money": "pnl_usd", "size": "qty, side"}
    assert disagreements(Trades.frame([same]), TradesFromFills.frame()).is_empty()
