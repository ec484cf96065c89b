"""What freqtrade's backtest JSON holds, as far as it is read; words of 2021 to 2026."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from learning_pipeline.errors import BadInput

# Bounds keep out infinities; milliseconds are those of 1990 to 2100, as for every event.
Positive = Annotated[float, Meta(gt=0, lt=1e30)]
Rate = Annotated[float, Meta(ge=-1, le=1)]
Number = Annotated[float, Meta(gt=-1e30, lt=1e30)]
Milliseconds = Annotated[int, Meta(ge=631_152_000_000, lt=4_102_444_800_000)]
Name = Annotated[str, Meta(min_length=1)]


class OrderRow(Struct, gc=False):
    """An order of a trade; there are none before 2022."""

    amount: Positive
    safe_price: Positive
    ft_is_entry: bool
    order_filled_timestamp: Milliseconds | None = None
    ft_order_tag: str | None = None


class TradeRow(Struct, gc=False):
    """A trade; ``buy_tag`` and ``sell_reason`` are the words before 2022.3."""

    pair: Name
    amount: Positive
    open_rate: Positive
    open_timestamp: Milliseconds
    fee_open: Rate
    fee_close: Rate
    close_rate: Positive | None = None
    close_timestamp: Milliseconds | None = None
    profit_abs: Number | None = None
    is_open: bool = False
    is_short: bool | None = None
    leverage: Positive | None = None
    funding_fees: Number | None = None
    enter_tag: str | None = None
    buy_tag: str | None = None
    exit_reason: str | None = None
    sell_reason: str | None = None
    initial_stop_loss_abs: Number | None = None
    orders: list[OrderRow] | None = None


class LockRow(Struct, gc=False):
    """A lock of a pair (``*``: all) by a protection."""

    pair: str
    lock_timestamp: Milliseconds
    lock_end_timestamp: Milliseconds
    reason: str | None = None
    side: str | None = None


class StrategyResult(Struct, gc=False):
    """The backtest of one strategy."""

    trades: list[TradeRow]
    timeframe: str
    stake_currency: Name
    locks: list[LockRow] = []
    rejected_signals: int | None = None
    max_open_trades: Number | None = None
    stake_amount: Number | str | None = None
    minimal_roi: dict[str, Number] = {}
    stoploss: Number | None = None
    trading_mode: str | None = None
    timeframe_detail: str | None = None
    backtest_start: str | None = None
    backtest_end: str | None = None

    @property
    def slots(self) -> float | None:
        """Trades that may be open at once; None: no limit (freqtrade's -1)."""
        return self.max_open_trades if self.max_open_trades and self.max_open_trades > 0 else None

    @property
    def is_futures(self) -> bool:
        """Whether positions are leveraged and may be short."""
        return (self.trading_mode or "spot").lower() != "spot"

    @property
    def fees(self) -> tuple[float, float] | None:
        """Rates of entry and exit; None where no trade tells them."""
        return (self.trades[0].fee_open, self.trades[0].fee_close) if self.trades else None

    @property
    def leverage(self) -> float | None:
        """Leverage of every trade; None where they differ, or where it cannot be known."""
        seen = {trade.leverage or 1.0 for trade in self.trades} or ({1.0} if not self.is_futures else set())
        return seen.pop() if len(seen) == 1 else None


class _Results(Struct, gc=False):
    strategy: dict[Name, StrategyResult]


class RunMeta(Struct, gc=False):
    """What ``.meta.json`` says of a strategy's run."""

    run_id: Annotated[str, Meta(pattern=r"^[0-9a-f]{12,64}\Z")]


def strategy_results(content: bytes, where: str) -> dict[str, StrategyResult]:
    """Results by strategy.

    Raises
    ------
    BadInput
        It is no JSON, or not what a backtest writes.
    """
    try:
        return msgspec.json.decode(content, type=_Results).strategy
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        raise BadInput(f"expected the JSON of a freqtrade backtest, found in {where}: {e}") from e


def run_ids(content: bytes) -> dict[str, str]:
    """Run id by strategy; empty where the file is not one of freqtrade's."""
    try:
        metas = msgspec.json.decode(content, type=dict[str, RunMeta])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return {strategy: meta.run_id for strategy, meta in metas.items()}


def instant(milliseconds: int) -> dt.datetime:
    """An instant of freqtrade's; exact, where ``fromtimestamp`` would round."""
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=milliseconds)
