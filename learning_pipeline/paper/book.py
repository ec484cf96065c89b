"""A book: entries under way, open trades and money, and the events that their changes make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from learning_pipeline.paper.cooldown import Cooldown
from learning_pipeline.paper.costs import exit_price, fee_usd
from learning_pipeline.paper.drawdown import Drawdown
from learning_pipeline.paper.execution import Exit, Trade
from learning_pipeline.paper.market import instant
from learning_pipeline.paper.recording import Recording
from learning_pipeline.paper.results import open_pnl, result, told
from learning_pipeline.paper.settings import PaperSettings
from learning_pipeline.paper.signals import Signal

NO_TAGS: Mapping[str, Any] = {}


class Book:
    """All trades of all markets; one limit and one purse. ``tags`` say whose book it is, in every event of it."""

    def __init__(
        self, recorder: Recording, settings: PaperSettings, notional_usd: float, tags: Mapping[str, Any] = NO_TAGS
    ) -> None:
        self._recorder = recorder
        self._settings = settings
        self._notional_usd = notional_usd
        self._tags = tags
        self._open: dict[str, list[Trade]] = {}
        self._n_open = 0
        self._cash_usd = settings.capital_usd
        self._cooldown = Cooldown()
        self._drawdown = Drawdown(settings.drawdown_days)

    @property
    def n_open(self) -> int:
        """Open trades."""
        return self._n_open

    def trades(self, market: str) -> list[Trade]:
        """Open trades of a market, oldest first."""
        return list(self._open.get(market, ()))

    def measured(self, at_us: int, signal: Signal, watched_us: int, marks: dict[str, float]) -> dict[str, float]:
        """Values of the guards that look at the account, as it stands when a signal comes."""
        return {
            "cooldown": self._cooldown.minutes(at_us, signal.symbol, signal.strategy, watched_us),
            "drawdown_guard": self._drawdown.now(self.equity(marks)),
        }

    def equity(self, marks: dict[str, float]) -> float:
        """Cash and open profit, quote money; open trades are marked at the symbol's last close."""
        open_usd = sum(open_pnl(trade, marks[trade.signal.symbol]) for trade in self._held())
        return self._cash_usd - self._fees_paid() + open_usd

    def order(self, at_us: int, order_id: str, signal: Signal, side: int, qty: float, price: float | None) -> None:
        """Record an order; the trade is named after its signal."""
        self._recorder.order_submitted(
            at=instant(at_us),
            order_id=order_id,
            signal_id=signal.signal_id,
            trade_id=trade_id(signal),
            symbol=signal.symbol,
            side=_word(side),
            qty=qty,
            price=price,
            playbook_id=signal.strategy,
            **self._tagged(signal),
        )

    def order_entry(self, at_us: int, signal: Signal, limit: float) -> None:
        """Record the order of an entry."""
        self.order(at_us, entry_order_id(signal), signal, signal.side, self._entry_qty(signal), limit)

    def enter(self, at_us: int, market: str, signal: Signal, price: float) -> None:
        """Fill an entry at a price."""
        qty = self._entry_qty(signal)
        fee = self._fill(at_us, signal, entry_order_id(signal), signal.side, qty, price)
        trade = Trade(signal, trade_id(signal), at_us, qty, price, qty, fee)
        self._open.setdefault(market, []).append(trade)
        self._n_open += 1
        self._position(at_us, trade)

    def leave(self, at_us: int, market: str, trade: Trade, parts: list[Exit], spread_bps: float) -> None:
        """Fill what leaves a trade, and close the trade with its last part."""
        for part in parts:
            trade.exits += 1
            order_id = f"{trade.trade_id}-exit{trade.exits}"
            price = exit_price(part, trade.signal.side, spread_bps, order_id, self._settings)
            self.order(at_us, order_id, trade.signal, -trade.signal.side, part.qty, None if part.is_market else price)
            trade.fees_usd += self._fill(at_us, trade.signal, order_id, -trade.signal.side, part.qty, price)
            trade.exit_value_usd += part.qty * price
            trade.open_qty = 0.0 if part.reason != "trim" else trade.open_qty - part.qty
        if parts:  # once, after the last part: two states of one position at one instant contradict each other
            self._position(at_us, trade)
        if trade.open_qty == 0.0:
            self._close(at_us, market, trade, parts[-1].reason)

    def snapshot(self, at_us: int, marks: dict[str, float]) -> None:
        """Record the money; open trades are marked at the symbol's last close.

        Positions are held on margin: cash is capital plus the net profit of closed trades, less the fees paid on open
        ones; the profit of a trimmed part counts as open until its trade closes.
        """
        equity = self.equity(marks)
        self._drawdown.day(equity)
        self._recorder.portfolio_snapshot(
            at=instant(at_us),
            equity_usd=equity,
            cash_usd=self._cash_usd - self._fees_paid(),
            exposure_usd=sum(trade.open_qty * marks[trade.signal.symbol] for trade in self._held()),
        )

    def _held(self) -> list[Trade]:
        return [trade for trades in self._open.values() for trade in trades]

    def _fees_paid(self) -> float:
        return sum(trade.fees_usd for trade in self._held())

    def _fill(self, at_us: int, signal: Signal, order_id: str, side: int, qty: float, price: float) -> float:
        fee = fee_usd(qty, price, self._settings)
        self._recorder.fill(
            at=instant(at_us),
            fill_id=f"{order_id}-fill",
            order_id=order_id,
            trade_id=trade_id(signal),
            signal_id=signal.signal_id,
            symbol=signal.symbol,
            side=_word(side),
            qty=qty,
            price=price,
            fee_usd=fee,
            playbook_id=signal.strategy,
            **self._tagged(signal),
        )
        return fee

    def _position(self, at_us: int, trade: Trade) -> None:
        held_pct = 100 * trade.open_qty * trade.entry_price / self._settings.capital_usd
        self._recorder.position(
            at=instant(at_us),
            position_id=trade.trade_id,
            token=trade.signal.symbol,
            timeframe=trade.signal.timeframe,
            status="active" if trade.open_qty else "closed",
            total_allocation_pct=held_pct,
            qty=trade.open_qty,
            playbook_id=trade.signal.strategy,
            **self._tagged(trade.signal),
        )

    def missed(self, at_us: int, signal: Signal) -> None:
        """Hear that an entry could not be had; a book that counts what it risks forgets the order."""

    def _tagged(self, signal: Signal) -> Mapping[str, Any]:  # noqa: ARG002  # a book may tag trades one by one
        return self._tags

    def _close(self, at_us: int, market: str, trade: Trade, reason: str) -> dict[str, Any]:
        self._open[market].remove(trade)
        self._n_open -= 1
        facts = result(trade, self._settings)
        self._cash_usd += facts["pnl_usd"]
        if facts["pnl_usd"] <= 0:
            self._cooldown.lost(at_us, trade.signal.symbol, trade.signal.strategy)
        said = facts | told(trade)
        self._recorder.trade_closed(
            at=instant(at_us), closed_at=instant(at_us), exit_reason=reason, **said, **self._tagged(trade.signal)
        )
        return said

    def _entry_qty(self, signal: Signal) -> float:
        """Size of the entry, base units: the notional at the signal's price."""
        return self._notional_usd / signal.entry


def trade_id(signal: Signal) -> str:
    """Id of the trade that a signal may become."""
    return f"{signal.signal_id}-trade"


def entry_order_id(signal: Signal) -> str:
    """Id of the entry order."""
    return f"{signal.signal_id}-entry"


def _word(side: int) -> str:
    return "buy" if side > 0 else "sell"
