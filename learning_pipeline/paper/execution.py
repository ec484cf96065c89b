"""One trade from its entry to its last fill: pure rules over one bar at a time.

Per bar, for a long trade (a short one mirrored):

1. it opens at or through the stop: out at its open; else at or through the target: out at its open;
2. else ``low <= stop``: out at the stop, even where the target was touched too;
3. else the trim, then ``high >= target``: out at the target;
4. else, on the last bar of its life: out at the close.

Nobody can see the order of prices inside a bar, so the worse one is taken.
"""

from __future__ import annotations

from dataclasses import dataclass

from learning_pipeline.paper.signals import Signal


@dataclass(frozen=True)
class Exit:
    """A part of a trade that leaves, at a price before costs; a market order pays spread and slippage."""

    reason: str
    price: float
    qty: float
    is_market: bool


@dataclass
class Trade:
    """A trade under way; quantities in base units, ``best_r`` the best excursion so far in multiples of R."""

    signal: Signal
    trade_id: str
    opened_us: int
    qty: float
    entry_price: float
    open_qty: float
    fees_usd: float
    exit_value_usd: float = 0.0
    bars: int = 0
    best_r: float = 0.0
    did_trim: bool = False
    exits: int = 0

    def beyond(self, price: float, level: float) -> bool:
        """True where the price is at the level or past it in the trade's favour."""
        return self.signal.side * (price - level) >= 0

    def saw(self, price: float) -> None:
        """Remember the best excursion."""
        self.best_r = max(self.best_r, self.signal.side * (price - self.signal.entry) / self.signal.risk)


def exits_at_open(trade: Trade, price: float) -> list[Exit]:
    """What leaves when a bar opens at this price; the entry's own bar is not asked."""
    signal = trade.signal
    if trade.beyond(signal.stop, price):
        return [Exit("stop", price, trade.open_qty, is_market=True)]
    trade.saw(price)
    if trade.beyond(price, signal.target):
        return [Exit("target", price, trade.open_qty, is_market=False)]
    return _trim(trade, price, price)


def exits_in_bar(trade: Trade, high: float, low: float, close: float) -> list[Exit]:
    """What leaves inside a bar or at its close; counts the bar."""
    signal = trade.signal
    trade.bars += 1
    best, worst = (high, low) if signal.side > 0 else (low, high)
    if trade.beyond(signal.stop, worst):
        return [Exit("stop", signal.stop, trade.open_qty, is_market=True)]
    trade.saw(best)
    leaving = _trim(trade, best, trim_price(signal))
    left = trade.open_qty - sum(part.qty for part in leaving)
    if trade.beyond(best, signal.target):
        return [*leaving, Exit("target", signal.target, left, is_market=False)]
    if trade.bars >= signal.plan.ttl_bars:
        return [*leaving, Exit("ttl", close, left, is_market=True)]
    return leaving


def trim_price(signal: Signal) -> float:
    """Price of the early part exit; beyond any price where the plan has none."""
    trim_r = signal.plan.trim_r
    return signal.side * float("inf") if trim_r is None else signal.entry + signal.side * trim_r * signal.risk


def _trim(trade: Trade, best: float, price: float) -> list[Exit]:
    if trade.did_trim or not trade.beyond(best, trim_price(trade.signal)):
        return []
    trade.did_trim = True
    return [Exit("trim", price, trade.qty * trade.signal.plan.trim_fraction, is_market=False)]
