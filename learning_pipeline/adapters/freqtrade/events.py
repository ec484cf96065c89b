"""A trade as events: what was wanted, what was decided, ordered and filled, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator

from learning_pipeline.adapters.freqtrade.candle import candle_open
from learning_pipeline.adapters.freqtrade.entry import Entry, entry_events, known
from learning_pipeline.adapters.freqtrade.gates import slots_gate
from learning_pipeline.adapters.freqtrade.trade import Order, Trade
from learning_pipeline.contracts.imported import Event


def trade_events(trade: Trade) -> list[Event]:
    """Events of one trade, in the order in which they happened; none where nothing was ever filled."""
    if not trade.entries:
        return []
    return [*entry_events(trade_entry(trade)), *_orders(trade), *_close(trade)]


def trade_entry(trade: Trade) -> Entry:
    """What was wanted and approved: as much as its first entry; what was added later was not known then."""
    first = trade.entries[0]
    return Entry(
        signal_id=trade.signal_id,
        pair=trade.pair,
        timeframe=trade.timeframe,
        strategy=trade.strategy or "unknown",
        side=trade.side,
        made_at=candle_open(trade.opened_at, trade.timeframe),
        decided_at=trade.opened_at,
        price=first.price,
        enter_tag=trade.enter_tag,
        stop_price=trade.stop_price,
        target_price=trade.target_price,
        qty=first.amount,
        features=trade.features,
        gates=trade.gates or (slots_gate(trade.max_open_trades, None, passed=True),),
    )


def _orders(trade: Trade) -> Iterator[Event]:
    for order in trade.orders:
        named = {"order_id": order.order_id, "signal_id": trade.signal_id, "trade_id": trade.trade_id}
        what = {"symbol": trade.pair, "side": order.side, "qty": order.amount, "price": order.price}
        yield Event("order_submitted", order.submitted_at, known({**named, **what}))
        if order.filled_at and order.price:
            fee = {"fill_id": f"{order.order_id}/fill", "fee_usd": order.amount * order.price * _fee_rate(trade, order)}
            yield Event("fill", order.filled_at, {**named, **what, **fee})


def _close(trade: Trade) -> Iterator[Event]:
    """The close, if there is one with a price.

    ``pnl_usd`` is freqtrade's own figure; ``roi`` is unlevered and of all that was entered, so it is freqtrade's
    ``profit_ratio`` only for a trade without leverage, trims or additions, and to the fee on the entry.
    """
    if trade.closed_at is None or trade.pnl is None or not trade.exits:
        return
    payload = {
        "trade_id": trade.trade_id,
        "signal_id": trade.signal_id,
        "symbol": trade.pair,
        "timeframe": trade.timeframe,
        "strategy": trade.strategy,
        "side": trade.side,
        "qty": trade.qty,
        "entry_price": trade.entry_price,
        "exit_price": trade.exit_price,
        "opened_at": trade.entries[0].filled_at,
        "closed_at": trade.closed_at,
        "fees_usd": trade.fees_usd,
        "pnl_usd": trade.pnl,
        "roi": trade.pnl / (trade.qty * trade.entry_price),
        "did_trim": len(trade.exits) > 1,
        "pattern_key": trade.enter_tag or None,
        "exit_reason": trade.exit_reason,
    }
    yield Event("trade_closed", trade.closed_at, known(payload))


def _fee_rate(trade: Trade, order: Order) -> float:
    return trade.fee_open if order.is_entry else trade.fee_close
