"""What a trade came to: its numbers when it is finished, its open profit before."""

from __future__ import annotations

from typing import Any

from learning_pipeline.paper.execution import Trade
from learning_pipeline.paper.market import instant
from learning_pipeline.paper.settings import PaperSettings
from learning_pipeline.paper.signals import kind


def result(trade: Trade, settings: PaperSettings) -> dict[str, Any]:
    """Numbers of a finished trade; pnl is net of fees, roi unlevered."""
    out = trade.exit_value_usd / trade.qty
    pnl = trade.signal.side * (out - trade.entry_price) * trade.qty - trade.fees_usd
    return {
        "qty": trade.qty,
        "entry_price": trade.entry_price,
        "exit_price": out,
        "fees_usd": trade.fees_usd,
        "pnl_usd": pnl,
        "roi": pnl / (trade.qty * trade.entry_price),
        "did_trim": trade.did_trim,
        "reached_s3": trade.best_r >= settings.s3_r - 1e-9,
    }


def told(trade: Trade) -> dict[str, Any]:
    """Words of a finished trade, those of its signal."""
    return {"trade_id": trade.trade_id, "opened_at": instant(trade.opened_us), **kind(trade.signal)}


def open_pnl(trade: Trade, mark: float) -> float:
    """Profit of what has left and of what is still held at a price, before fees."""
    realised = trade.exit_value_usd - trade.entry_price * (trade.qty - trade.open_qty)
    return trade.signal.side * (realised + trade.open_qty * (mark - trade.entry_price))
