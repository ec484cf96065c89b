"""Account states -> portfolio snapshots."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby

from learning_pipeline.adapters.dollars import USD_LIKE
from learning_pipeline.adapters.nautilus.row import moment
from learning_pipeline.adapters.nautilus.session import Balance
from learning_pipeline.contracts.imported import Event


def snapshot_events(balances: Iterable[Balance]) -> list[Event]:
    """What all accounts together held, whenever one of them changed; from when each of them is known.

    None at all where an account holds anything but dollars: its equity is not told in dollars then. Equity is the
    balance: what open positions are worth is not in it.
    """
    ordered = sorted(balances, key=lambda balance: balance.at_ns)
    if any(balance.currency not in USD_LIKE and balance.total for balance in ordered):
        return []
    accounts = {balance.account_id for balance in ordered}
    known: dict[tuple[str, str], Balance] = {}
    events = []
    for at, states in groupby(ordered, key=lambda balance: moment(balance.at_ns)):
        known |= {(balance.account_id, balance.currency): balance for balance in states}
        if {account for account, _ in known} == accounts:
            equity = sum((balance.total for balance in known.values()), Decimal(0))
            cash = sum((balance.free for balance in known.values()), Decimal(0))
            events.append(Event("portfolio_snapshot", at, {"equity_usd": float(equity), "cash_usd": float(cash)}))
    return events
