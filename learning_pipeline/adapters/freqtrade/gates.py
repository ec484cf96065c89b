"""What may stop an entry of freqtrade, in the order in which it asks.

A position in the pair, a lock of a protection, a free slot, and the strategy's own word (``Backtesting.backtest_loop``
and ``_enter_trade``). What stands after the first that fails was not evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

ALREADY_OPEN = "already_open"
"""One position per pair."""

MAX_OPEN_TRADES = "max_open_trades"
"""A free slot: what freqtrade calls a rejected signal has none."""

CONFIRM = "confirm_trade_entry"
"""The strategy's own veto."""

LOCK = "lock"
"""A lock whose reason names no protection of freqtrade's: by hand, or by a strategy."""

_GUARDS = (
    (r"^Cooldown period", "CooldownPeriod"),
    (r"stoplosses in ", "StoplossGuard"),
    (r" passed .* in .*locking", "MaxDrawdown"),
    (r" < .* in .*locking", "LowProfitPairs"),
    (r"^Auto lock$", "AutoLock"),
)


def guard_of(reason: str | None) -> str:
    """The protection that a lock's reason is worded by.

    >>> guard_of("0.11 passed 0.1 in 1440 minutes, locking for 300 minutes.")
    'MaxDrawdown'
    """
    return next((guard for pattern, guard in _GUARDS if re.search(pattern, reason or "")), LOCK)


def slots_gate(slots: float | None, open_trades: float | None, passed: bool) -> dict[str, Any]:
    """The gate of a free slot, with what was compared as far as it is known and says the same as ``passed``."""
    gate: dict[str, Any] = {"name": MAX_OPEN_TRADES, "passed": passed}
    if slots is None:
        return gate
    if open_trades is not None and (open_trades < slots) == passed:
        gate["value"] = float(open_trades)
    return {**gate, "threshold": slots, "op": "<"}


def gates_up_to(
    failed: str | None, guards: Sequence[str], slots: float | None, open_trades: float | None
) -> tuple[dict[str, Any], ...]:
    """Every gate of an entry: passed before the one that failed, not evaluated after it.

    Parameters
    ----------
    failed : str or None
        The gate that stopped the entry; None: all passed.
    guards : Sequence
        Protections whose locks are asked together: of those beside the one that failed nothing is known.
    slots, open_trades : float or None
        Trades that may be, and that were open.
    """
    stages = [[ALREADY_OPEN], list(guards), [MAX_OPEN_TRADES], [CONFIRM]]
    last = next((k for k, names in enumerate(stages) if failed in names), len(stages))
    gates = []
    for k, names in enumerate(stages):
        for name in names:
            passed = k < last if name != failed else False
            gate: dict[str, Any] = {"name": name, "passed": passed}
            if name == MAX_OPEN_TRADES and k <= last:
                gate = slots_gate(slots, open_trades, passed)
            gates.append(gate if passed or name == failed else {"name": name, "passed": False, "evaluated": False})
    return tuple(gates)
