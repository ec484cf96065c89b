"""Run by the Python that has freqtrade: candles, a backtest and a database by freqtrade itself, without a network.

``python offline.py FOLDER``: the folder becomes a ``user_data`` whose ``strategies`` are there already.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import sys
import zipfile
from pathlib import Path
from typing import Any

PAIRS = [f"{coin}/USDT" for coin in ("BTC", "ETH", "SOL", "XRP", "DOGE", "LINK")]
START, N_CANDLES = dt.datetime(2024, 1, 1, tzinfo=dt.UTC), 900
FORMATS = {"BTC/USDT": "feather", "ETH/USDT": "parquet", "SOL/USDT": "json", "XRP/USDT": "jsongz"}


def candles(seed: int) -> Any:
    """A random walk of hours, to the cent."""
    import pandas as pd

    chance, price, rows = random.Random(seed), 100.0, []
    for n in range(N_CANDLES):
        close = round(price * (1 + chance.gauss(0, 0.012)), 2)
        high, low = max(price, close) + chance.randint(0, 60) / 100, min(price, close) - chance.randint(0, 60) / 100
        rows.append((START + n * dt.timedelta(hours=1), price, round(high, 2), round(low, 2), close, 1000.0 + n))
        price = close
    frame = pd.DataFrame(rows, columns=["date", "open", "high", "low", "close", "volume"])
    frame["date"] = frame["date"].dt.as_unit("ms")
    return frame


def write_candles(folder: Path) -> None:
    """Feather for the backtest; and each format by freqtrade's own writer, in a folder of its own."""
    from freqtrade.data.history.datahandlers import get_datahandler
    from freqtrade.enums import CandleType

    for seed, pair in enumerate(PAIRS):
        frame = candles(seed)
        for kind, place in ((FORMATS.get(pair, "feather"), "formats"), ("feather", "binance")):
            (folder / "data" / place).mkdir(parents=True, exist_ok=True)
            get_datahandler(folder / "data" / place, kind).ohlcv_store(pair, "1h", frame, CandleType.SPOT)


def markets(api: Any) -> dict[str, Any]:
    """Six spot markets with a tick of a cent."""
    made = {}
    for pair in PAIRS:
        base, quote = pair.split("/")
        names = {"id": base + quote, "symbol": pair, "base": base, "quote": quote, "baseId": base, "quoteId": quote}
        kind = {"type": "spot", "spot": True, "margin": False, "swap": False, "future": False, "option": False}
        limits = {"amount": {"min": 0.0001, "max": 1e6}, "price": {"min": 0.01, "max": 1e6}, "cost": {"min": 1.0}}
        rules = {"precision": {"amount": 0.0001, "price": 0.01}, "limits": limits, "taker": 0.001, "maker": 0.001}
        made[pair] = {**names, **kind, **rules, "active": True, "contract": False, "percentage": True, "info": {}}
    return made


def backtest(folder: Path) -> None:
    """The result zip, as ``freqtrade backtesting --enable-protections`` writes it."""
    from freqtrade.commands.optimize_commands import start_backtesting
    from freqtrade.exchange import Exchange

    async def without_network(self: Any, reload: bool = False) -> None:
        self._api_async.set_markets(markets(self._api_async))

    Exchange._api_reload_markets = without_network
    config = {
        "stake_currency": "USDT", "stake_amount": 100, "dry_run_wallet": 1000, "dry_run": True, "max_open_trades": 2,
        "trading_mode": "spot", "timeframe": "1h", "dataformat_ohlcv": "feather",
        "exchange": {"name": "binance", "key": "", "secret": "", "pair_whitelist": PAIRS, "pair_blacklist": []},
        "pairlists": [{"method": "StaticPairList"}], "entry_pricing": {"price_side": "same"},
        "exit_pricing": {"price_side": "same"}, "unfilledtimeout": {"entry": 10, "exit": 10, "unit": "minutes"},
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config))
    arguments = {
        "config": [str(folder / "config.json")], "user_data_dir": str(folder), "strategy": "Guarded",
        "datadir": str(folder / "data" / "binance"), "export": "signals", "enable_protections": True,
        "backtest_cache": "none", "fee": 0.001,
    }  # fmt: skip
    start_backtesting(arguments)


def database(folder: Path) -> None:
    """The backtest's trades as a bot's database, by freqtrade's own models."""
    from freqtrade.persistence import Order, PairLocks, Trade, enable_database_use, init_db

    (path,) = (folder / "backtest_results").glob("*.zip")
    with zipfile.ZipFile(path) as archive:  # freqtrade's own reader loses the last digit
        result = json.loads(archive.read(f"{path.stem}.json"))["strategy"]["Guarded"]
    init_db(f"sqlite:///{folder / 'tradesv3.sqlite'}")
    for n, told in enumerate(result["trades"], 1):
        opened, closed = (dt.datetime.fromtimestamp(told[f"{x}_timestamp"] / 1000, dt.UTC) for x in ("open", "close"))
        same = ("pair", "amount", "open_rate", "close_rate", "fee_open", "fee_close", "enter_tag", "exit_reason")
        trade = Trade(
            **{name: told[name] for name in same}, id=n, exchange="binance", stake_amount=told["stake_amount"],
            open_date=opened, close_date=closed, is_open=False, close_profit_abs=told["profit_abs"], timeframe=60,
            strategy="Guarded", stake_currency="USDT", base_currency=told["pair"].split("/")[0], leverage=1.0,
            is_short=False, trading_mode="spot", initial_stop_loss=told["initial_stop_loss_abs"],
        )  # fmt: skip
        for k, each in enumerate(told["orders"]):
            at = dt.datetime.fromtimestamp(each["order_filled_timestamp"] / 1000, dt.UTC)
            price, amount, side = each["safe_price"], each["amount"], each["ft_order_side"]
            trade.orders.append(
                Order(
                    ft_order_side=side, ft_pair=told["pair"], ft_is_open=False, ft_amount=amount, ft_price=price,
                    order_id=f"dry_run_{n}_{k}", status="closed", symbol=told["pair"], order_type="limit", side=side,
                    price=price, average=price, amount=amount, filled=amount, remaining=0.0, cost=amount * price,
                    order_date=at, order_filled_date=at, order_update_date=at,
                )
            )  # fmt: skip
        Trade.session.add(trade)
    enable_database_use()
    PairLocks.timeframe = "1h"
    PairLocks.lock_pair("*", START + dt.timedelta(hours=6), "by hand", now=START)
    Trade.commit()


if __name__ == "__main__":
    home = Path(sys.argv[1]).resolve()
    write_candles(home)
    backtest(home)
    database(home)
