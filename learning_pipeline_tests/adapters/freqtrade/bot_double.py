"""As much of freqtrade as the mixin touches, for tests without it; the real one is asked by ``make test-freqtrade``."""

from __future__ import annotations

import datetime as dt
import json
import sys
import types
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from learning_pipeline.adapters.freqtrade.mixin_file import mixin_text

HOUR = dt.timedelta(hours=1)
NOON = dt.datetime(2024, 2, 1, 12, tzinfo=dt.UTC)
PAIR = "AAA/USDT"


class Market:
    """What the double's ``Trade`` and ``PairLocks`` answer, and the newest candle."""

    def __init__(self, folder: Path, mode: str = "live") -> None:
        self.open: list[Any] = []
        self.closed: list[Any] = []
        self.locks: list[Any] = []
        self.candle, self.wants = NOON - HOUR, 1
        runmode = SimpleNamespace(value=mode)
        self.dp = SimpleNamespace(
            runmode=runmode, current_whitelist=lambda: [PAIR], get_analyzed_dataframe=lambda *_: (self.frame(), NOON)
        )
        self.config = {"user_data_dir": str(folder), "max_open_trades": 1, "bot_name": "walker", "trading_mode": "spot"}

    def frame(self) -> pd.DataFrame:
        row = {
            "date": pd.Timestamp(self.candle),
            "close": 100.0,
            "rsi": 28.5,
            "enter_long": self.wants,
            "enter_tag": "dip",
        }
        return pd.DataFrame([row])

    def modules(self) -> dict[str, types.ModuleType]:
        made = {name: types.ModuleType(name) for name in ("freqtrade", "freqtrade.exchange", "freqtrade.persistence")}
        made["freqtrade.exchange"].timeframe_to_prev_date = lambda _, at: at.replace(minute=0, second=0, microsecond=0)  # type: ignore[attr-defined]
        made["freqtrade.exchange"].timeframe_to_next_date = lambda _, at: at + HOUR  # type: ignore[attr-defined]
        made["freqtrade.persistence"].Trade = SimpleNamespace(  # type: ignore[attr-defined]
            get_open_trades=lambda: self.open, get_trades_proxy=lambda **_: self.closed
        )
        made["freqtrade.persistence"].PairLocks = SimpleNamespace(  # type: ignore[attr-defined]
            get_pair_locks=lambda pair, *_: [lock for lock in self.locks if lock.pair == pair]
        )
        return made


class Strategy:
    """Stands for ``IStrategy``."""

    timeframe, stoploss, can_short = "1h", -0.1, False
    protections = ({"method": "StoplossGuard"},)

    def get_strategy_name(self) -> str:
        return type(self).__name__

    def bot_loop_start(self, current_time: dt.datetime, **_: Any) -> None:
        """Nothing."""

    def confirm_trade_entry(self, **_: Any) -> bool:
        return True

    def order_filled(self, **_: Any) -> None:
        """Nothing."""


def mixin(market: Market, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The class of the file that users copy, loaded as freqtrade loads it."""
    for name, module in market.modules().items():
        monkeypatch.setitem(sys.modules, name, module)
    module = types.ModuleType("learning_events")
    exec(compile(mixin_text(), "learning_events.py", "exec"), module.__dict__)
    return module.LearningEvents


def started(cls: type, market: Market) -> Any:
    """A bot with this strategy."""
    strategy = cls()
    strategy.dp, strategy.config = market.dp, market.config
    return strategy


def lines(folder: Path) -> list[dict[str, Any]]:
    files = sorted((folder / "learning_events").glob("*.jsonl"))
    return [json.loads(line) for path in files for line in path.read_text().splitlines()]


def position(at: dt.datetime, n: int = 1, pair: str = PAIR) -> Any:
    return SimpleNamespace(id=n, pair=pair, open_date_utc=at, is_short=False)
