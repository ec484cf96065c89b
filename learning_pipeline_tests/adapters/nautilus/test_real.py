"""Exports of the real package, against what the package itself says; `make test-nautilus` runs it."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from learning_pipeline.adapters.imported import Imported
from learning_pipeline.adapters.nautilus import imported
from learning_pipeline.adapters.nautilus.row import moment, money_of
from learning_pipeline.market.parse import parse_bars
from learning_pipeline_tests.adapters.delivered import parsed

PYTHON = os.environ.get("NAUTILUS_PYTHON", "")
pytestmark = pytest.mark.skipif(not PYTHON, reason="NAUTILUS_PYTHON names no Python that has nautilus_trader")
KINDS = ["events", "log", "csv", "parquet"]


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("real")
    program = Path(__file__).with_name("real_exports.py")
    subprocess.run([PYTHON, str(program), str(folder)], check=True, capture_output=True)
    (folder / "log").mkdir()
    (log,) = folder.glob("bot.json*")
    log.rename(folder / "log" / log.name)
    return folder


@pytest.fixture(scope="module")
def truth(exports: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((exports / "truth.json").read_text())
    return told


@pytest.fixture(scope="module")
def read(exports: Path) -> dict[str, Imported]:
    return {kind: by_kind(exports, kind) for kind in KINDS}


def by_kind(exports: Path, kind: str) -> Imported:
    """Fills, positions and orders of one kind of file, with the bars of the catalog."""
    (found,) = (each for each in imported([exports / kind, exports / "catalog"]) if each.events)
    return found


def weighted(fills: list[list[str]], side: str) -> tuple[Decimal, Decimal]:
    """Quantity and average price of a position's fills on one side."""
    own = [(Decimal(qty), Decimal(price)) for _, fill_side, qty, price, _ in fills if fill_side == side]
    total = sum((qty for qty, _ in own), Decimal(0))
    return total, sum((qty * price for qty, price in own), Decimal(0)) / total


def expected(position: dict[str, Any]) -> tuple[Any, ...]:
    other = {"BUY": "SELL", "SELL": "BUY"}[position["entry"]]
    qty, entry = weighted(position["fills"], position["entry"])
    _, leave = weighted(position["fills"], other)
    fees = sum((money.amount for *_, fee in position["fills"] if (money := money_of(fee))), Decimal(0))
    earned = money_of(position["realized_pnl"])
    assert earned is not None
    times = moment(position["ts_opened"]), moment(position["ts_closed"])
    numbers = tuple(map(float, (qty, entry, leave, fees, earned.amount)))
    return ({"BUY": "long", "SELL": "short"}[position["entry"]], *times, *numbers)


@pytest.mark.parametrize("kind", KINDS)
def test_every_closed_position_is_a_trade_to_the_last_digit(
    kind: str, read: dict[str, Imported], truth: dict[str, Any]
) -> None:
    """The package's own positions and their fills; 1.221 keeps none that was flipped, here computed from the fills."""
    trades = parsed(read[kind])["trade_closed"]
    names = "side", "opened_at", "closed_at", "qty", "entry_price", "exit_price", "fees_usd", "pnl_usd"
    told = {row[0]: row[1:] for row in trades.select("trade_id", *names).iter_rows()}
    assert len(told) == truth["n_closed"] >= len(truth["positions"]) > 60
    for position in truth["positions"]:
        (key,) = (each for each in told if each.endswith(f"/{position['opening_order_id']}"))
        words, numbers = told[key][:3], told[key][3:]
        assert words == expected(position)[:3], key
        assert numbers[:4] == pytest.approx(expected(position)[3:7], rel=1e-15, abs=0), key
        assert numbers[4] == pytest.approx(expected(position)[7], abs=1e-9), key
    assert not trades["pnl_mismatch"].any()


def test_every_kind_of_file_tells_the_same(read: dict[str, Imported]) -> None:
    """Reports have no reasons and no times of acceptance; signals, orders, fills and trades are the same."""
    for name in ["signal", "order_submitted", "fill", "trade_closed"]:
        frames = {kind: parsed(read[kind])[name].drop("line_no").sort("event_id") for kind in KINDS}
        rounded = [frame.with_columns(pl.col(pl.Float64).round(9)) for frame in frames.values()]
        assert all(frame.equals(rounded[0]) for frame in rounded[1:]), name


def test_every_order_has_its_fate(exports: Path, read: dict[str, Imported]) -> None:
    """Told independently: the last state of each order in the order report, of those that only open."""
    orders = pl.read_csv(exports / "csv" / "orders.csv", infer_schema=False)
    decisions = parsed(read["events"])["decision"]
    fate = Counter(decisions.group_by("signal_id").agg(pl.col("decision").sort_by("happened_at").last())["decision"])
    refused = orders.filter(pl.col("status").is_in(["DENIED", "REJECTED"]))
    unfilled = orders.filter((pl.col("filled_qty").cast(pl.Float64) == 0) & (pl.col("is_reduce_only") == "False"))
    assert fate["blocked"] == refused.height > 0
    assert fate["cancelled"] == unfilled.filter(pl.col("status") == "CANCELED").height > 0
    assert fate["expired"] == unfilled.filter(pl.col("status") == "EXPIRED").height > 0
    coded = decisions.filter(pl.col("blocker_component") == "NOTIONAL_EXCEEDS_FREE_BALANCE")
    assert coded.height > 0
    assert coded["gates"].str.contains('"threshold":').all()


def test_every_bar_is_the_one_that_was_written(exports: Path, truth: dict[str, Any]) -> None:
    (found,) = imported([exports / "catalog"])
    assert found.bars is not None
    for symbol, bars in truth["bars"].items():
        own = found.bars.filter(pl.col("symbol") == symbol)
        length = {"1h": 3600, "15m": 900, "5m": 300}[own["timeframe"][0]] * 10**9
        rows = own.select("ts", "open", "high", "low", "close", "volume").rows()
        assert rows == [(moment(close_ns - length), *map(float, prices)) for *prices, close_ns in bars]
    assert parse_bars(found.bars).refused.is_empty()


def test_balances_end_with_what_the_accounts_hold(exports: Path, read: dict[str, Imported]) -> None:
    ends = [pl.read_csv(exports / "csv" / f"account_{venue}.csv")["total"][-1] for venue in ("BINANCE", "SIM", "CASH")]
    snapshots = parsed(read["csv"])["portfolio_snapshot"].sort("happened_at")
    assert snapshots["equity_usd"][-1] == pytest.approx(sum(ends))
