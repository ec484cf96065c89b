"""Small exports as NautilusTrader 1.231 writes them: field by field as its ``to_dict`` and its reports have them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

START = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
MINUTE = 60 * 10**9
PERP = "BTCUSDT-PERP.BINANCE"
WHO = {"trader_id": "TESTER-001", "strategy_id": "NET-001", "instrument_id": PERP}
Event = dict[str, Any]


def ns(minute: float) -> int:
    """Nanoseconds of a minute of the story."""
    return int(START.timestamp()) * 10**9 + int(minute * MINUTE)


def at(minute: float) -> dt.datetime:
    return START + dt.timedelta(minutes=minute)


def _event(kind: str, n: int | None, minute: float, **fields: Any) -> Event:
    order = {} if n is None else {"client_order_id": order_id(n)}
    times = {"event_id": f"e-{kind}-{n}-{minute}", "ts_event": ns(minute), "ts_init": ns(minute)}
    return {"type": kind, **WHO, **order, **times, **fields}


def order_id(n: int) -> str:
    return f"O-20240301-000000-001-001-{n}"


def made(n: int, side: str, qty: str, minute: float, **fields: Any) -> Event:
    """An order without a price, unless ``options`` gives one."""
    plain = {"order_type": "MARKET", "time_in_force": "GTC", "post_only": False, "reduce_only": False}
    empty = dict.fromkeys(["order_list_id", "linked_order_ids", "parent_order_id", "exec_spawn_id", "tags"])
    more = {"quote_quantity": False, "options": {}, "reconciliation": False, **plain, **empty}
    return _event("OrderInitialized", n, minute, **{"order_side": side, "quantity": qty, **more, **fields})


def limit(price: str) -> Event:
    options = {"price": price, "display_qty": None, "expire_time_ns": 0}
    return {"order_type": "LIMIT", "options": options}


def stop(price: str) -> Event:
    options = {"trigger_price": price, "trigger_type": "DEFAULT", "expire_time_ns": 0}
    return {"order_type": "STOP_MARKET", "options": options}


def submitted(n: int, minute: float) -> Event:
    return _event("OrderSubmitted", n, minute, account_id="BINANCE-001")


def answered(kind: str, n: int, minute: float, **fields: Any) -> Event:
    """``OrderAccepted``, ``OrderDenied``, ``OrderRejected``, ``OrderCanceled`` or ``OrderExpired``."""
    return _event(kind, n, minute, **fields)


def filled(n: int, side: str, qty: str, price: str, minute: float, fee: str, **fields: Any) -> Event:
    trade = f"T-63ce245a0c482a31-{n:03d}"
    what = {"order_side": side, "order_type": "MARKET", "last_qty": qty, "last_px": price, "currency": "USDT"}
    where = {"venue_order_id": f"BINANCE-1-{n:03d}", "account_id": "BINANCE-001", "position_id": f"{PERP}-NET-001"}
    rest = {"commission": fee, "liquidity_side": "TAKER", "info": {}, "reconciliation": False}
    return _event("OrderFilled", n, minute, **{"trade_id": trade, **what, **where, **rest, **fields})


def closed(
    opening: int, entry: str, peak: str, opens: str, closes: str, pnl: str, minutes: tuple[float, float]
) -> Event:
    """``PositionClosed``: it has no ``ts_event``."""
    opened, ended = minutes
    prices = {"avg_px_open": float(opens), "avg_px_close": float(closes), "realized_pnl": pnl, "realized_return": 0.0}
    sizes = {"signed_qty": 0.0, "quantity": "0.000", "peak_qty": peak, "last_qty": peak, "last_px": closes}
    ids = {"position_id": f"{PERP}-NET-001", "opening_order_id": order_id(opening), "closing_order_id": order_id(9)}
    times = {"ts_opened": ns(opened), "ts_closed": ns(ended), "duration_ns": ns(ended) - ns(opened)}
    event = _event("PositionClosed", None, ended, entry=entry, side="FLAT", currency="USDT", **ids, **sizes, **prices)
    del event["ts_event"]
    return {**event, **times}


def opened(n: int, minute: float, signed: float) -> Event:
    """``PositionOpened``, of which only the position's id matters."""
    ids = {"position_id": f"{PERP}-NET-001", "opening_order_id": order_id(n)}
    return _event("PositionOpened", None, minute, signed_qty=signed, **ids)


DENIAL = "NOTIONAL_EXCEEDS_FREE_BALANCE: free_balance=1000.00000000 USDT, notional=5000.00000000 USDT"
REJECTION = "POST_ONLY LIMIT BUY order limit px of 110.0 would have been a TAKER: bid=104.0, ask=104.0"


def story() -> list[Event]:
    """A long that is scaled into, trimmed and flipped to a short, which is closed; five orders that never traded; and
    a bracket whose stop is hit.

    By hand: long 2 at 101, out 1 at 105 and 1 at 104, fees 0.411: 6.589. Short 2 at 104, out at 103, fees 0.414:
    1.586. Bracket: long 1 at 100, out at 95, fees 0.195: -5.195.
    """
    return [
        made(1, "BUY", "1.000", 1), submitted(1, 1), filled(1, "BUY", "1.000", "100.0", 1, "0.10000000 USDT"),
        opened(1, 1, 1.0),
        made(2, "BUY", "1.000", 2), submitted(2, 2), filled(2, "BUY", "1.000", "102.0", 2, "0.10200000 USDT"),
        made(3, "SELL", "1.000", 3), submitted(3, 3), filled(3, "SELL", "1.000", "105.0", 3, "0.10500000 USDT"),
        made(4, "SELL", "3.000", 4), submitted(4, 4), filled(4, "SELL", "3.000", "104.0", 4, "0.31200000 USDT"),
        closed(1, "BUY", "2.000", "101.0", "104.5", "6.58900000 USDT", (1, 4)),
        opened(4, 4, -2.0), made(5, "BUY", "2.000", 5, reduce_only=True), submitted(5, 5),
        filled(5, "BUY", "2.000", "103.0", 5, "0.20600000 USDT"),
        closed(4, "SELL", "2.000", "104.0", "103.0", "1.58600000 USDT", (4, 5)),
        made(6, "BUY", "50.000", 6), answered("OrderDenied", 6, 6, reason=DENIAL),
        made(7, "BUY", "1.000", 7, **limit("110.0")), submitted(7, 7),
        answered("OrderRejected", 7, 7, reason=REJECTION, account_id="BINANCE-001", due_post_only=True),
        made(8, "SELL", "1.000", 8, **limit("150.0")), submitted(8, 8), answered("OrderAccepted", 8, 8),
        answered("OrderExpired", 8, 28),
        made(9, "BUY", "1.000", 9, **limit("50.0")), submitted(9, 9), answered("OrderAccepted", 9, 9),
        answered("OrderCanceled", 9, 10),
        made(10, "BUY", "1.000", 11, order_list_id="OL-1", linked_order_ids=[order_id(11), order_id(12)]),
        made(11, "SELL", "1.000", 11, **stop("95.0"), reduce_only=True, parent_order_id=order_id(10)),
        made(12, "SELL", "1.000", 11, **limit("110.0"), reduce_only=True, parent_order_id=order_id(10)),
        submitted(10, 11), submitted(11, 11), submitted(12, 11),
        filled(10, "BUY", "1.000", "100.0", 11, "0.10000000 USDT"),
        answered("OrderAccepted", 11, 11), answered("OrderAccepted", 12, 11),
        filled(11, "SELL", "1.000", "95.0", 13, "0.09500000 USDT"), answered("OrderCanceled", 12, 13),
        closed(10, "BUY", "1.000", "100.0", "95.0", "-5.19500000 USDT", (11, 13)),
    ]  # fmt: skip


def write_log(path: Path, events: Sequence[Event]) -> Path:
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return path


def write_printed(path: Path, events: Sequence[Event]) -> Path:
    """The JSON log of ``log_file_format="json"``, with lines in it that are no events."""
    printed = [_printed(event) for event in events]
    lines = [f"{_log_line('-->[CMD] SubmitOrder(x)', 0)}\n", *(f"{line}\n" for line in printed)]
    path.write_text("".join(lines))
    return path


def _log_line(message: str, nanoseconds: int) -> str:
    stamp = dt.datetime.fromtimestamp(nanoseconds // 10**9, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000000000Z")
    who = {"trader_id": "TESTER-001", "level": "INFO", "color": "NORMAL", "component": "NET"}
    return json.dumps({"timestamp": stamp, **who, "message": message})


def _printed(event: Event) -> str:
    """``<--[EVT] OrderFilled(instrument_id=..., last_px=100.0 USDT, ...)``."""
    hidden = {"type", "trader_id", "strategy_id", "event_id", "ts_init", "last_qty", "info", "reconciliation"}
    if event["type"] == "OrderFilled":
        hidden -= {"last_qty"}
        event = {**event, "last_px": f"{event['last_px']} {event['currency']}"}
    names = {"order_side": "side", "order_type": "type"} if event["type"] == "OrderInitialized" else {}
    shown = {names.get(name, name): value for name, value in event.items() if name not in hidden}
    fields = ", ".join(f"{name}={_worded(name, value)}" for name, value in shown.items())
    return _log_line(f"<--[EVT] {event['type']}({fields})", event["ts_init"])


def _worded(name: str, value: Any) -> str:
    return f"'{value}'" if name == "reason" else str(value)


def _stamp(nanoseconds: int) -> str:
    """As pandas prints a column of times."""
    return str(dt.datetime.fromtimestamp(nanoseconds // 10**9, dt.UTC))


def fill_rows(events: Sequence[Event]) -> list[Event]:
    """``generate_fills_report``: sorted by the text of the order id, so that 10 comes before 2."""
    fills = [event for event in events if event["type"] == "OrderFilled"]
    rows = [{**fill, "ts_event": _stamp(fill["ts_event"]), "ts_init": _stamp(fill["ts_init"])} for fill in fills]
    plain = [{name: str(value) for name, value in row.items() if name != "type"} for row in rows]
    return sorted(plain, key=lambda row: row["client_order_id"])


def position_rows(events: Sequence[Event]) -> list[Event]:
    """``generate_positions_report``: netting positions are snapshots, whose ids are new in every run."""
    rows = []
    for n, event in enumerate(event for event in events if event["type"] == "PositionClosed"):
        opened, ended = event["ts_opened"], event["ts_closed"]
        fees = [e for e in events if e["type"] == "OrderFilled" and opened <= e["ts_event"] <= ended]
        total = sum(Decimal(fee["commission"].split()[0]) for fee in fees)
        snapshot = f"{event['position_id']}-31d56b91-da8d-41b3-b262-{n:012d}"
        times = {"ts_opened": _stamp(opened), "ts_last": str(ended), "ts_closed": _stamp(ended)}
        row = {**event, **times, "position_id": snapshot, "commissions": str([f"{total} USDT"]), "is_snapshot": "True"}
        rows.append({name: str(value) for name, value in row.items() if name not in _NOT_REPORTED})
    return rows


_NOT_REPORTED = {"type", "signed_qty", "event_id", "last_qty", "last_px", "currency"}
_STATUS = {"OrderDenied": "DENIED", "OrderRejected": "REJECTED", "OrderAccepted": "ACCEPTED", "OrderFilled": "FILLED"}
_STATUS |= {"OrderCanceled": "CANCELED", "OrderExpired": "EXPIRED", "OrderSubmitted": "SUBMITTED"}


def order_rows(events: Sequence[Event]) -> list[Event]:
    """``generate_orders_report``: the last state of each order, without reasons."""
    rows = {}
    for event in events:
        name = event.get("client_order_id")
        if event["type"] == "OrderInitialized":
            rows[name] = _order_row(event)
        elif name in rows:
            rows[name] |= {"status": _STATUS[event["type"]], "ts_last": str(event["ts_event"])}
            if event["type"] == "OrderFilled":
                told = {"filled_qty": event["last_qty"], "avg_px": event["last_px"]}
                rows[name] |= {**told, "commissions": str([event["commission"]]), "position_id": event["position_id"]}
    return [rows[name] for name in sorted(rows)]


def _order_row(event: Event) -> Event:
    options = event["options"]
    what = {"type": event["order_type"], "side": event["order_side"], "quantity": event["quantity"]}
    flags = {"is_reduce_only": str(event["reduce_only"]), "is_quote_quantity": "False"}
    none = dict.fromkeys(["position_id", "avg_px", "commissions", "exec_spawn_id"], "")
    prices = {"price": options.get("price", ""), "trigger_price": options.get("trigger_price", "")}
    state = {"filled_qty": "0.000", "status": "INITIALIZED", "parent_order_id": event["parent_order_id"] or ""}
    times = {"ts_init": str(event["ts_init"]), "ts_last": str(event["ts_init"])}
    return {"client_order_id": event["client_order_id"], **WHO, **what, **flags, **none, **prices, **state, **times}


def write_report(path: Path, rows: list[Event]) -> Path:
    frame = pl.DataFrame(rows)
    frame.write_parquet(path) if path.suffix == ".parquet" else frame.write_csv(path)
    return path


def write_account(path: Path) -> Path:
    """``generate_account_report``: the index of times has no name."""
    states = [(0.0, "1000.00000000", "1000.00000000"), (1.0, "999.90000000", "989.90000000"), (1.0, "999.90", "990.00")]
    rows = [
        {"": _stamp(ns(minute)), "total": total, "locked": "0.00000000", "free": free, "currency": "USDT"}
        | {"account_id": "BINANCE-001", "account_type": "MARGIN", "base_currency": "USDT", "info": "{}"}
        for minute, total, free in states
    ]
    return write_report(path, rows)
