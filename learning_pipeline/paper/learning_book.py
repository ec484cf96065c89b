"""The bot's learning book: its orders pass the gate that everybody's pass, and what they risk is counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from learning_pipeline.books.learning import Conditions, LearningOrder, RiskBook, evaluate_learning_order
from learning_pipeline.books.learning.moves import Closed, Died, Filled, Snapshot, Submitted
from learning_pipeline.books.learning.settings import LearningBookSettings
from learning_pipeline.contracts import timeframe_length
from learning_pipeline.paper.book import Book, entry_order_id, trade_id
from learning_pipeline.paper.execution import Trade
from learning_pipeline.paper.market import instant
from learning_pipeline.paper.recording import Recording
from learning_pipeline.paper.settings import PaperSettings
from learning_pipeline.paper.signals import Signal

MINUTE = dt.timedelta(minutes=1)


class LearningBook(Book):
    """A book of trades by exploration: the arm of a trade is the gate that blocked its signal.

    ``risk`` moves by what is recorded, at the instants that are recorded, so that whoever reads the events later comes
    to the same state.
    """

    def __init__(self, recorder: Recording, settings: PaperSettings, learning: LearningBookSettings) -> None:
        super().__init__(recorder, settings, settings.notional_usd)
        self.risk = RiskBook()
        self._learning = learning
        self._experiment = settings.exploration_experiment
        self._granted: dict[str, tuple[Signal, float]] = {}
        self._arms: dict[str, str] = {}

    def day(self, at_us: int, equity_usd: float) -> None:
        """Hear the profit book's equity; the first time of a day counts, when the day's snapshot is taken."""
        self.risk.apply(Snapshot(at_us, equity_usd))

    def grants(self, at_us: int, signal: Signal, limit: float, arm: str) -> bool:
        """Ask the gate for an entry at a limit; a refusal is recorded, with the book's tags.

        Where not even one bar fits into the longest hold, this bot cannot trade it: there is no order to refuse then.
        """
        self._arms[signal.signal_id] = arm
        bar_minutes = timeframe_length(signal.timeframe) / MINUTE
        if bar_minutes > self._learning.learning_max_hold_minutes:
            return False
        wanted = LearningOrder(
            experiment_id=self._experiment,
            experiment_variant=arm,
            side=signal.side_word,
            price=limit,
            stop_price=signal.stop,
            hold_minutes=signal.plan.ttl_bars * bar_minutes,
        )
        answer = evaluate_learning_order(wanted, self.risk, self._learning, measured(signal), instant(at_us))
        if answer.qty is None or answer.hold_minutes is None:
            why = {"reason": answer.reason, "detail": answer.detail, "playbook_id": signal.strategy}
            self._recorder.trade_blocked(at=instant(at_us), signal_id=signal.signal_id, **why, **self._tagged(signal))
            return False
        plan = replace(signal.plan, ttl_bars=int(answer.hold_minutes // bar_minutes))
        self._granted[signal.signal_id] = replace(signal, plan=plan), answer.qty
        return True

    def granted(self, signal: Signal) -> Signal:
        """The signal with the life that the gate granted it."""
        return self._granted[signal.signal_id][0]

    def order_entry(self, at_us: int, signal: Signal, limit: float) -> None:
        """Record the order of an entry and reserve its risk."""
        super().order_entry(at_us, signal, limit)
        self.risk.apply(
            Submitted(
                at_us, entry_order_id(signal), signal.signal_id, trade_id(signal), self._experiment,
                self._arms[signal.signal_id], signal.strategy, signal.symbol, signal.side, self._entry_qty(signal),
                limit, signal.stop,
            )
        )  # fmt: skip

    def missed(self, at_us: int, signal: Signal) -> None:
        """Give back the risk of an entry that could not be had."""
        self.risk.apply(Died(at_us, signal.signal_id))

    def _fill(self, at_us: int, signal: Signal, order_id: str, side: int, qty: float, price: float) -> float:
        fee = super()._fill(at_us, signal, order_id, side, qty, price)
        self.risk.apply(Filled(at_us, order_id, trade_id(signal), side, qty, price, fee))
        return fee

    def _close(self, at_us: int, market: str, trade: Trade, reason: str) -> dict[str, Any]:
        said = super()._close(at_us, market, trade, reason)
        self.risk.apply(Closed(at_us, trade.trade_id, trade.signal.signal_id, self._experiment, said["pnl_usd"]))
        return said

    def _entry_qty(self, signal: Signal) -> float:
        return self._granted[signal.signal_id][1]

    def _tagged(self, signal: Signal) -> Mapping[str, Any]:
        return {
            "book": "learning",
            "learning_book": True,
            "experiment_id": self._experiment,
            "experiment_variant": self._arms[signal.signal_id],
        }


def measured(signal: Signal) -> Conditions:
    """What this bot knows of market and feed: it hears a bar the instant it closes, and counts no faults."""
    return Conditions(
        volatility=signal.market_snapshot["volatility"],
        spread_bps=signal.market_snapshot["spread_bps"],
        relative_volume=signal.features.get("relative_volume"),
        feed_latency_seconds=0.0,
    )
