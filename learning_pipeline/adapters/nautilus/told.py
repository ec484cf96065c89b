"""What cannot be said of an import from NautilusTrader, in sentences, and what was taken of it, in numbers."""

from __future__ import annotations

from collections.abc import Sequence

from learning_pipeline.adapters.nautilus.trader import Trader
from learning_pipeline.adapters.nautilus.trades import Trade
from learning_pipeline.contracts.imported import Event

OWN_FILTERS = (
    "What a strategy's own filters refused before it made an order is not recorded: "
    "blocked decisions are orders that the risk engine denied or the venue rejected."
)


NO_PRICE = "decisions have no price: market orders that were not filled, without bars of that time."
NO_REASON = "refusals have no reason: an order report has none; a file of events has."
NO_FEE = "fills are left out: their fee is not told, or is in a currency whose price is not."
NO_PROFIT = "closed trades are left out: their fees or profit are not told in dollars."
NO_FILLS = "trades have running averages as prices and the most held as quantity: their fills are not among the files."
NO_DOLLARS = "Account balances are left out: not all of them are dollars."
NO_OPEN_PROFIT = "Equity is the account's balance: what open positions are worth is not in it."


def gaps_of(trader: Trader, events: Sequence[Event], trades: Sequence[Trade], n_fills_left_out: int) -> tuple[str, ...]:
    """Sentences about what the files do not hold."""
    decisions = [event.payload for event in events if event.type == "decision"]
    own_price = {
        event.payload["signal_id"] for event in events if event.type == "signal" and event.payload["entry_price"]
    }
    numbers = {
        NO_PRICE: len({d["signal_id"] for d in decisions if "market" not in d} - own_price),
        NO_REASON: sum(d["decision"] == "blocked" and not d.get("blocker_reason") for d in decisions),
        NO_FEE: n_fills_left_out,
        NO_PROFIT: sum(trade.pnl is None or trade.fees is None for trade in trades),
        NO_FILLS: sum(trade.did_trim is None for trade in trades),
    }
    foreign = [
        f"{name} is left out: its money is {money}, no dollar." for name, money in sorted(trader.foreign.items())
    ]
    told = [OWN_FILTERS] if decisions else []
    told += [f"{n} {sentence}" for sentence, n in numbers.items() if n]
    if trader.balances:
        has_snapshots = any(event.type == "portfolio_snapshot" for event in events)
        told.append(NO_OPEN_PROFIT if has_snapshots else NO_DOLLARS)
    return (*told, *foreign)


def counts_of(trader: Trader, events: Sequence[Event], trades: Sequence[Trade]) -> tuple[tuple[str, int], ...]:
    """What the files hold, then what was made of it."""
    words = ["signal", "decision", "order_submitted", "fill", "trade_closed", "portfolio_snapshot"]
    held = [("orders", len(trader.orders)), ("fills", len(trader.fills)), ("closed positions", len(trader.closed))]
    made = [(f"{word} events", sum(event.type == word for event in events)) for word in words]
    computed = len(trades) - len(trader.closed)
    return tuple((name, n) for name, n in [*held, ("trades computed from fills", computed), *made] if n)
