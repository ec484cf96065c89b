"""Run by the Python that has freqtrade: its bot, loop by loop, on a clock and a market of ours; restarted half-way.

``python dry_run.py FOLDER``: the folder becomes a ``user_data`` whose ``strategies`` are there already.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[4]))
from learning_pipeline_tests.adapters.freqtrade.real.offline import PAIRS, START, candles, markets

WARM, N_LIVED = 30, 110
LOOPS = (dt.timedelta(seconds=5), dt.timedelta(minutes=25), dt.timedelta(minutes=50))
"""Since the close of the candle: freqtrade asks again while the candle stands."""


def main(folder: Path) -> None:
    import time_machine

    config = configuration(folder)
    frames = {pair: candles(seed) for seed, pair in enumerate(PAIRS)}
    (folder / "closes.json").write_text(json.dumps({pair: frame["close"].tolist() for pair, frame in frames.items()}))
    first = START + dt.timedelta(hours=WARM)
    with time_machine.travel(first, tick=False) as clock:
        patch_exchange(frames)
        bot = started(config)
        for n in range(N_LIVED):
            if n == N_LIVED // 2:
                bot.cleanup()
                bot = started(config)
            for since in LOOPS:
                clock.move_to(first + n * dt.timedelta(hours=1) + since)
                bot.process()
        bot.cleanup()


def configuration(folder: Path) -> dict[str, Any]:
    from freqtrade.configuration import Configuration
    from freqtrade.enums import RunMode

    told = {
        "stake_currency": "USDT", "stake_amount": 100, "dry_run_wallet": 1000, "dry_run": True, "max_open_trades": 2,
        "trading_mode": "spot", "timeframe": "1h", "db_url": f"sqlite:///{folder / 'tradesv3.dryrun.sqlite'}",
        "exchange": {"name": "binance", "pair_whitelist": PAIRS, "pair_blacklist": [], "enable_ws": False},
        "pairlists": [{"method": "StaticPairList"}], "entry_pricing": {"price_side": "same"}, "bot_name": "walker",
        "exit_pricing": {"price_side": "same"}, "unfilledtimeout": {"entry": 10, "exit": 10, "unit": "minutes"},
        "strategy": "Guarded", "initial_state": "running", "user_data_dir": str(folder),
    }  # fmt: skip
    (folder / "live.json").write_text(json.dumps(told))
    arguments = {"config": [str(folder / "live.json")], "user_data_dir": str(folder), "strategy": "Guarded"}
    return Configuration(arguments, RunMode.DRY_RUN).get_config()


def started(config: dict[str, Any]) -> Any:
    from copy import deepcopy

    from freqtrade.enums import State
    from freqtrade.freqtradebot import FreqtradeBot

    bot = FreqtradeBot(deepcopy(config))
    bot.state = State.RUNNING
    bot.startup()
    return bot


def patch_exchange(frames: dict[str, Any]) -> None:
    """Everything that would ask the exchange: markets, candles, prices, order books, fees."""
    from freqtrade.exchange import Exchange

    def price(pair: str) -> float:
        """On the way from the open to the close of the candle that forms."""
        now, frame = dt.datetime.now(dt.UTC), frames[pair]
        n = int((now - START) / dt.timedelta(hours=1))
        gone = (now - START) / dt.timedelta(hours=1) - n
        return round(frame["open"].iat[n] * (1 - gone) + frame["close"].iat[n] * gone, 2)

    async def reload(self: Any, reload: bool = False) -> None:
        self._api_async.set_markets(markets(self._api_async))

    def refresh(self: Any, wanted: Any, **_: Any) -> dict[Any, Any]:
        closed = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
        for pair, timeframe, kind in wanted:
            frame = frames[pair]
            self._klines[pair, timeframe, kind] = frame[frame["date"] <= closed]
        return {}

    def book(self: Any, pair: str, limit: int = 100) -> Any:
        at = price(pair)
        return {"symbol": pair, "asks": [[at, 1e6]], "bids": [[at, 1e6]], "timestamp": None, "datetime": None}

    def ticker(self: Any, pair: str) -> Any:
        return {"symbol": pair, "last": price(pair), "ask": price(pair), "bid": price(pair)}

    Exchange._api_reload_markets = reload
    Exchange.refresh_latest_ohlcv = refresh
    Exchange.fetch_l2_order_book = book
    Exchange.fetch_ticker = ticker
    Exchange.get_tickers = lambda self, *_, **__: {pair: ticker(self, pair) for pair in PAIRS}
    Exchange.get_rate = lambda self, pair, *_, **__: price(pair)
    Exchange.get_rates = lambda self, pair, *_, **__: (price(pair), price(pair))
    Exchange.get_fee = lambda self, *_, **__: 0.001


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
