"""The run of one strategy, and its trades."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from learning_pipeline.adapters.freqtrade.levels import sound_stop, target_at
from learning_pipeline.adapters.freqtrade.result import OrderRow, StrategyResult, TradeRow, instant
from learning_pipeline.adapters.freqtrade.trade import Order, Trade


class Run(NamedTuple):
    """A backtest of one strategy, and what its ids are made of."""

    strategy: str
    run_id: str
    result: StrategyResult

    @property
    def name(self) -> str:
        """Strategy and run, short."""
        return f"{self.strategy}:{self.run_id[:12]}"

    def entry_id(self, pair: str, milliseconds: int, is_short: bool) -> str:
        """Id of what was wanted on a pair at a candle; a strategy wants one thing of a pair at a time."""
        at = instant(milliseconds).isoformat().replace("+00:00", "Z")
        return f"{self.name}:{pair}:{at}:{'short' if is_short else 'long'}"


def run_trades(run: Run) -> list[Trade]:
    """Trades of a run, in the order of the file."""
    return [_trade(run, row) for row in run.result.trades]


def _trade(run: Run, row: TradeRow) -> Trade:
    is_short, leverage = bool(row.is_short), row.leverage or 1.0
    entry_id = run.entry_id(row.pair, row.open_timestamp, is_short)
    fees = (row.fee_open, row.fee_close)
    return Trade(
        trade_id=entry_id,
        signal_id=entry_id,
        pair=row.pair,
        timeframe=run.result.timeframe,
        strategy=run.strategy,
        is_short=is_short,
        enter_tag=row.enter_tag or row.buy_tag or None,
        opened_at=instant(row.open_timestamp),
        closed_at=None if row.is_open or row.close_timestamp is None else instant(row.close_timestamp),
        fee_open=row.fee_open,
        fee_close=row.fee_close,
        funding_fees=row.funding_fees or 0.0,
        pnl=row.profit_abs,
        exit_reason=row.exit_reason or row.sell_reason or None,
        leverage=leverage,
        stop_price=sound_stop(row.initial_stop_loss_abs, row.open_rate, is_short),
        target_price=target_at(row.open_rate, run.result.minimal_roi, fees, leverage, is_short),
        orders=tuple(_orders(entry_id, row)),
        max_open_trades=run.result.slots,
    )


def _orders(trade_id: str, row: TradeRow) -> Iterator[Order]:
    """Orders of a trade; before 2022 they are told by its rates alone."""
    for n, order in enumerate(_told(row) if row.orders is None else row.orders, 1):
        filled = order.order_filled_timestamp
        yield Order(
            order_id=f"{trade_id}/{n}",
            submitted_at=instant(row.open_timestamp if filled is None else filled),
            filled_at=None if filled is None else instant(filled),
            is_entry=order.ft_is_entry,
            side=order.ft_order_side,
            amount=order.amount,
            price=order.safe_price,
            tag=order.ft_order_tag or None,
        )


def _told(row: TradeRow) -> Iterator[OrderRow]:
    entry, exit_ = ("sell", "buy") if row.is_short else ("buy", "sell")
    yield OrderRow(row.amount, row.open_rate, entry, ft_is_entry=True, order_filled_timestamp=row.open_timestamp)
    if row.close_rate is not None and row.close_timestamp is not None and not row.is_open:
        yield OrderRow(row.amount, row.close_rate, exit_, ft_is_entry=False, order_filled_timestamp=row.close_timestamp)
