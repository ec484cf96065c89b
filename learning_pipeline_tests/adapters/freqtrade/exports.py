"""Exports in freqtrade's format, with numbers made by the test."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.feather

from learning_pipeline.adapters.freqtrade import FreqtradeOptions, imported
from learning_pipeline.contracts.imported import Event, Imported
from learning_pipeline.events.parse import Parsed, parse_lines
from learning_pipeline.stores.envelope import encode, enveloped

NOON = dt.datetime(2024, 2, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
BASE = "backtest-result-2024-06-01_00-00-00"
RUN_ID = "0123456789abcdef0123456789abcdef01234567"


def milliseconds(at: dt.datetime) -> int:
    return int(at.timestamp() * 1000)


def order(at: dt.datetime, is_entry: bool, amount: float, price: float, is_short: bool = False) -> dict[str, Any]:
    return {
        "amount": amount,
        "safe_price": price,
        "ft_order_side": "buy" if is_entry != is_short else "sell",
        "order_filled_timestamp": milliseconds(at),
        "ft_is_entry": is_entry,
        "ft_order_tag": None,
        "cost": amount * price,
    }


def trade(
    at: dt.datetime = NOON, fills: tuple[tuple[int, bool, float, float], ...] = (), **over: Any
) -> dict[str, Any]:
    """A closed trade; fills are (hours after the open, is entry, amount, price). Money in exact decimals."""
    fills = fills or ((0, True, 2.0, 100.0), (3, False, 2.0, 110.0))
    is_short, fee = over.get("is_short", False), Decimal("0.001")
    funding = Decimal(str(over.get("funding_fees", 0.0)))
    costs = [(is_entry, Decimal(str(amount)) * Decimal(str(price))) for _, is_entry, amount, price in fills]
    spent, got = (sum(cost for is_entry, cost in costs if is_entry == which) for which in (True, False))
    pnl = (spent - got if is_short else got - spent) - (spent + got) * fee + funding
    entries = [amount for _, is_entry, amount, _ in fills if is_entry]
    closed = at + HOUR * fills[-1][0]
    made = {
        "pair": "AAA/USDT", "amount": fills[-1][2], "open_rate": float(spent) / sum(entries),
        "close_rate": fills[-1][3],
        "open_timestamp": milliseconds(at), "close_timestamp": milliseconds(closed), "fee_open": 0.001,
        "fee_close": 0.001, "profit_abs": float(pnl), "profit_ratio": float(pnl / spent), "exit_reason": "roi",
        "enter_tag": "dip", "is_open": False, "is_short": is_short, "leverage": 1.0, "funding_fees": float(funding),
        "initial_stop_loss_abs": fills[0][3] * (1.1 if is_short else 0.9), "trade_duration": 180,
        "orders": [order(at + HOUR * h, is_entry, amount, price, is_short) for h, is_entry, amount, price in fills],
    }  # fmt: skip
    return {**made, **over}


def result(*trades: dict[str, Any], **over: Any) -> dict[str, Any]:
    made = {
        "trades": list(trades), "locks": [], "rejected_signals": 0, "timeframe": "1h", "max_open_trades": 3,
        "stake_currency": "USDT", "stake_amount": 200, "minimal_roi": {"0": 0.1, "60": 0.02}, "stoploss": -0.1,
        "trading_mode": "spot", "timeframe_detail": "", "backtest_start": "2024-02-01 00:00:00",
        "backtest_end": "2024-03-01 00:00:00", "total_trades": len(trades),
    }  # fmt: skip
    return {**made, **over}


def write_zip(
    folder: Path, results: dict[str, dict[str, Any]], base: str = BASE, members: dict[str, bytes] | None = None
) -> Path:
    """A backtest's zip with its meta beside it; other members are named without the base."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{base}.zip"
    told = {"strategy": results, "strategy_comparison": []}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{base}.json", json.dumps(told))
        archive.writestr(f"{base}_config.json", "{}")
        for name, content in (members or {}).items():
            archive.writestr(f"{base}_{name}", content)
    meta = {name: {"run_id": RUN_ID, "timeframe": "1h", "backtest_start_ts": 1706745600} for name in results}
    (folder / f"{base}.meta.json").write_text(json.dumps(meta))
    return path


def read(path: Path, **options: Any) -> list[Imported]:
    return list(imported([path], FreqtradeOptions(**options)))


def of_type(one: Imported, event_type: str) -> list[Event]:
    return [event for event in one.events if event.type == event_type]


def parsed(one: Imported) -> Parsed:
    """The events as they are delivered, read again by the parser that every bot's lines pass."""
    lines = [encode(enveloped(*event, one.source, None)) + b"\n" for event in one.events]
    return parse_lines(b"".join(lines))


def frame_of(rows: list[tuple[str, dt.datetime, float, str | None]]) -> Any:
    """A pandas frame as freqtrade exports it: candles, then pair and tag."""
    import pandas as pd

    pairs, dates, prices, tags = ([row[k] for row in rows] for k in range(4))
    stamps = pd.to_datetime(pd.Series(dates, dtype="object"), utc=True).dt.as_unit("ms")
    candles = {"date": stamps, "open": prices, "high": [price * 1.5 for price in prices], "rsi": [30.0] * len(rows)}
    return pd.DataFrame({**candles, "pair": pairs, "enter_tag": tags})


def joblib_bytes(value: Any) -> bytes:
    import joblib

    sink = io.BytesIO()
    joblib.dump(value, sink)
    return sink.getvalue()


def feather(frame: pl.DataFrame) -> bytes:
    sink = io.BytesIO()
    pyarrow.feather.write_feather(frame.to_arrow(), sink, compression="lz4")
    return sink.getvalue()
