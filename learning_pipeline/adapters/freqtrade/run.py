"""The run of one strategy: what its ids are made of, its trades, and what it wanted beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from learning_pipeline.adapters.freqtrade.entry import Entry
from learning_pipeline.adapters.freqtrade.levels import sound_stop, stop_at, target_at
from learning_pipeline.adapters.freqtrade.result import OrderRow, StrategyResult, TradeRow, instant
from learning_pipeline.adapters.freqtrade.trade import Order, Trade


class Run(NamedTuple):
    """A backtest of one strategy."""

    strategy: str
    run_id: str
    result: StrategyResult

    @property
    def name(self) -> str:
        """Strategy and run, short."""
        return f"{self.strategy}:{self.run_id[:12]}"

    def wanted(self, pair: str, at: dt.datetime, is_short: bool, price: float, enter_tag: str | None) -> Entry:
        """An entry that no trade came of, at the open of a candle, with the barriers that a trade would have had."""
        result, leverage = self.result, self.result.leverage
        stop = target = None
        if leverage and result.stoploss:
            stop = stop_at(price, result.stoploss, leverage, is_short)
        if leverage and result.fees:
            target = target_at(price, result.minimal_roi, result.fees, leverage, is_short)
        side = "short" if is_short else "long"
        stake = (
            result.stake_amount if isinstance(result.stake_amount, float | int) and result.stake_amount > 0 else None
        )
        return Entry(
            signal_id=entry_id(self.name, pair, at, side),
            pair=pair,
            timeframe=result.timeframe,
            strategy=self.strategy,
            side=side,
            made_at=at,
            decided_at=at,
            price=price,
            enter_tag=enter_tag,
            stop_price=sound_stop(stop, price, is_short),
            target_price=target,
            notional_usd=stake * leverage if stake and leverage else None,
        )


def entry_id(name: str, pair: str, at: dt.datetime, side: str) -> str:
    """Id of what was wanted of a pair at a candle; a strategy wants one thing of a pair at a time."""
    return f"{name}:{pair}:{at.isoformat().replace('+00:00', 'Z')}:{side}"


def run_trades(run: Run) -> list[Trade]:
    """Trades of a run, in the order of the file."""
    return [_trade(run, row) for row in run.result.trades]


def _trade(run: Run, row: TradeRow) -> Trade:
    is_short, leverage = bool(row.is_short), row.leverage or 1.0
    opened_at = instant(row.open_timestamp)
    trade_id = entry_id(run.name, row.pair, opened_at, "short" if is_short else "long")
    fees = (row.fee_open, row.fee_close)
    return Trade(
        trade_id=trade_id,
        signal_id=trade_id,
        pair=row.pair,
        timeframe=run.result.timeframe,
        strategy=run.strategy,
        is_short=is_short,
        enter_tag=row.enter_tag or row.buy_tag or None,
        opened_at=opened_at,
        closed_at=None if row.is_open or row.close_timestamp is None else instant(row.close_timestamp),
        fee_open=row.fee_open,
        fee_close=row.fee_close,
        funding_fees=row.funding_fees or 0.0,
        pnl=row.profit_abs,
        exit_reason=row.exit_reason or row.sell_reason or None,
        leverage=leverage,
        stop_price=sound_stop(row.initial_stop_loss_abs, row.open_rate, is_short),
        target_price=target_at(row.open_rate, run.result.minimal_roi, fees, leverage, is_short),
        orders=tuple(_orders(trade_id, row)),
        max_open_trades=run.result.slots,
    )


def _orders(trade_id: str, row: TradeRow) -> Iterator[Order]:
    """Orders of a trade; before 2022 they are told by its rates alone."""
    for n, order in enumerate(row.orders or _told(row), 1):
        filled = order.order_filled_timestamp
        yield Order(
            order_id=f"{trade_id}/{n}",
            submitted_at=instant(row.open_timestamp if filled is None else filled),
            filled_at=None if filled is None else instant(filled),
            is_entry=order.ft_is_entry,
            side="buy" if order.ft_is_entry != bool(row.is_short) else "sell",
            amount=order.amount,
            price=order.safe_price,
            tag=order.ft_order_tag or None,
        )


def _told(row: TradeRow) -> Iterator[OrderRow]:
    yield OrderRow(row.amount, row.open_rate, ft_is_entry=True, order_filled_timestamp=row.open_timestamp)
    if row.close_rate is not None and row.close_timestamp is not None and not row.is_open:
        yield OrderRow(row.amount, row.close_rate, ft_is_entry=False, order_filled_timestamp=row.close_timestamp)
