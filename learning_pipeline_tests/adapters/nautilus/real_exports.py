"""Real exports of the installed nautilus_trader, from a small backtest: run by its own Python, not by the tests'.

``python real_exports.py FOLDER`` writes reports, events, the log as JSON, a bar catalog, and ``truth.json``: what the
package itself says of positions and bars, independently of those files.
"""

from __future__ import annotations

import json
import random
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig, StrategyConfig
from nautilus_trader.model.currencies import USD, USDT
from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide, TimeInForce
from nautilus_trader.model.identifiers import InstrumentId, TraderId, Venue
from nautilus_trader.model.objects import Money
from nautilus_trader.persistence.catalog import ParquetDataCatalog
from nautilus_trader.test_kit.providers import TestInstrumentProvider
from nautilus_trader.trading.strategy import Strategy

MINUTE = 60 * 10**9
START = pd.Timestamp("2024-03-01", tz="UTC").value
BUY, SELL = OrderSide.BUY, OrderSide.SELL
_SPECS = {60: "1-HOUR-LAST-EXTERNAL", 15: "15-MINUTE-MID-EXTERNAL", 5: "5-MINUTE-BID-EXTERNAL"}


class ScriptConfig(StrategyConfig, frozen=True):
    """What is traded, on which bars, in which size."""

    instrument_id: InstrumentId
    bar_type: BarType
    qty: Decimal


class Script(Strategy):
    """Every fate that an order can have, on fixed bars."""

    def __init__(self, config: ScriptConfig) -> None:
        super().__init__(config)
        self.n = 0
        self.told: list[dict[str, Any]] = []

    def on_start(self) -> None:
        self.instrument = self.cache.instrument(self.config.instrument_id)
        self.subscribe_bars(self.config.bar_type)

    def on_bar(self, bar: Bar) -> None:
        self.n += 1
        price, steps = float(bar.close), self._steps()
        steps.get(self.n % 40, lambda _: None)(price)

    def _steps(self) -> dict[int, Any]:
        ends = self.clock.utc_now() + pd.Timedelta(minutes=90)
        return {
            1: lambda _: self.market(BUY),
            3: lambda _: self.market(BUY),
            5: lambda _: self.market(SELL),
            6: lambda _: self.market(BUY, 2),
            8: lambda _: self.market(SELL, 6),  # through zero where positions are netted
            10: lambda _: self.market(BUY, 3),
            11: lambda _: self.close_all_positions(self.config.instrument_id),
            13: lambda _: self.market(BUY, 10**6),  # denied: too large
            14: lambda price: self.limit(BUY, price * 1.05, post_only=True),  # rejected
            16: lambda price: self.limit(BUY, price * 0.5, time_in_force=TimeInForce.GTD, expire_time=ends),
            19: lambda price: self.limit(BUY, price * 0.5),
            21: lambda _: self.cancel_all_orders(self.config.instrument_id),
            22: self.bracket,
            30: lambda _: self.leave(),
            32: lambda _: self.market(SELL, 40),  # larger than the top of the book: several fills
            34: lambda _: self.close_all_positions(self.config.instrument_id),
        }

    def market(self, side: OrderSide, times: int = 1) -> None:
        self.submit_order(self.order_factory.market(self.config.instrument_id, side, self.qty(times)))

    def limit(self, side: OrderSide, price: float, times: int = 1, **more: Any) -> None:
        limit = self.instrument.make_price(price)
        self.submit_order(self.order_factory.limit(self.config.instrument_id, side, self.qty(times), limit, **more))

    def bracket(self, price: float) -> None:
        stop, target = self.instrument.make_price(price * 0.995), self.instrument.make_price(price * 1.005)
        levels = {"sl_trigger_price": stop, "tp_price": target}
        self.submit_order_list(self.order_factory.bracket(self.config.instrument_id, BUY, self.qty(1), **levels))

    def leave(self) -> None:
        self.close_all_positions(self.config.instrument_id)
        self.cancel_all_orders(self.config.instrument_id)

    def qty(self, times: int) -> Any:
        return self.instrument.make_qty(self.config.qty * times)

    def on_event(self, event: Any) -> None:
        self.told.append(type(event).to_dict(event))


class Greedy(Script):
    """Only wants what its cash account cannot pay: the risk engine checks the money of cash accounts alone."""

    def _steps(self) -> dict[int, Any]:
        return {1: lambda price: self.limit(BUY, price * 0.999)}


def _truth_of(position: Any) -> dict[str, Any]:
    """A closed position with its own fills; those of one that was flipped end and begin with a part of a fill."""
    fills = [
        [str(fill.client_order_id), fill.order_side.name, str(fill.last_qty), str(fill.last_px), str(fill.commission)]
        for fill in position.events
    ]
    return {
        "opening_order_id": str(position.opening_order_id),
        "entry": position.entry.name,
        "realized_pnl": str(position.realized_pnl),
        "ts_opened": position.ts_opened,
        "ts_closed": position.ts_closed,
        "fills": fills,
    }


def walk(bar_type: BarType, instrument: Any, first: float, step: float, minutes: int) -> list[Bar]:
    """A random walk of 240 bars, stamped with their close."""
    chance, price, bars = random.Random(7), first, []
    for k in range(1, 241):
        start, price = price, max(first / 2, price + chance.gauss(0, step))
        top, bottom = max(start, price) + abs(chance.gauss(0, step)), min(start, price) - abs(chance.gauss(0, step))
        prices = [instrument.make_price(x) for x in (start, top, bottom, price)]
        close_ns = START + k * minutes * MINUTE
        bars.append(Bar(bar_type, *prices, instrument.make_qty(chance.randint(1, 40) + 0.5), close_ns, close_ns))
    return bars


def main(folder: Path) -> None:
    """Run the backtest and write what it left."""
    logging = LoggingConfig(
        log_level="ERROR", log_level_file="INFO", log_file_format="json", log_directory=str(folder), log_file_name="bot"
    )
    engine = BacktestEngine(BacktestEngineConfig(trader_id=TraderId("TESTER-001"), logging=logging))
    perp = TestInstrumentProvider.btcusdt_perp_binance()
    pairs = [TestInstrumentProvider.default_fx_ccy("AUD/USD", Venue(venue)) for venue in ("SIM", "CASH")]
    scripts, bars = [], []
    for instrument, kind, oms, account, money, qty, minutes in [
        (perp, Script, OmsType.NETTING, AccountType.MARGIN, Money(10**6, USDT), "0.5", 60),
        (pairs[0], Script, OmsType.HEDGING, AccountType.MARGIN, Money(10**6, USD), "10000", 15),
        (pairs[1], Greedy, OmsType.NETTING, AccountType.CASH, Money(1000, USD), "10000", 5),
    ]:
        base = None if account == AccountType.CASH else money.currency
        engine.add_venue(instrument.venue, oms, account, [money], base_currency=base)
        engine.add_instrument(instrument)
        bar_type = BarType.from_str(f"{instrument.id}-{_SPECS[minutes]}")
        first, step = (62_000.0, 150.0) if instrument is perp else (0.65, 0.0008)
        bars.append(walk(bar_type, instrument, first, step, minutes))
        engine.add_data(bars[-1])
        name = {"strategy_id": f"S{minutes}", "order_id_tag": f"{minutes:03d}"}
        config = ScriptConfig(instrument_id=instrument.id, bar_type=bar_type, qty=Decimal(qty), **name)
        scripts.append(kind(config))
        engine.add_strategy(scripts[-1])
    engine.run()
    write(folder, engine, scripts, bars, [perp, *pairs])


def write(folder: Path, engine: Any, scripts: list[Script], bars: list[list[Bar]], instruments: list[Any]) -> None:
    """Each kind of export in a folder of its own."""
    trader = engine.trader
    reports = {
        "orders": trader.generate_orders_report(),
        "fills": trader.generate_fills_report(),
        "positions": trader.generate_positions_report(),
        "account_BINANCE": trader.generate_account_report(Venue("BINANCE")),
        "account_SIM": trader.generate_account_report(Venue("SIM")),
        "account_CASH": trader.generate_account_report(Venue("CASH")),
    }
    for name in ("csv", "parquet", "events"):
        (folder / name).mkdir(parents=True)
    for name, frame in reports.items():
        frame.to_csv(folder / "csv" / f"{name}.csv")
        frame.drop(columns="info", errors="ignore").to_parquet(folder / "parquet" / f"{name}.parquet")
    told = [event for script in scripts for event in script.told]
    (folder / "events" / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in told))
    catalog = ParquetDataCatalog(str(folder / "catalog"))
    catalog.write_data(instruments)
    for series in bars:
        catalog.write_data(series)
    numbers = {str(s[0].bar_type.instrument_id): [_numbers(bar) for bar in s] for s in bars}
    n_closed = sum(event["type"] == "PositionClosed" for event in told)
    held = [*engine.cache.position_snapshots(), *engine.cache.positions_closed()]
    positions = [_truth_of(position) for position in held]
    (folder / "truth.json").write_text(json.dumps({"positions": positions, "n_closed": n_closed, "bars": numbers}))


def _numbers(bar: Bar) -> list[Any]:
    return [*(str(x) for x in (bar.open, bar.high, bar.low, bar.close, bar.volume)), bar.ts_event]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
