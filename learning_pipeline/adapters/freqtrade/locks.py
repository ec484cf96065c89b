"""Locks of protections: that they were there is recorded, what they stopped is not."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from learning_pipeline.adapters.freqtrade.gates import guard_of
from learning_pipeline.adapters.freqtrade.result import LockRow, instant
from learning_pipeline.adapters.imported import Event

GUARD_LOCKS = "guard_locks"
"""Name of the figure that stands for a guard of which nothing else is known: how many locks began."""


class Lock(NamedTuple):
    """A pair, or all of them (``*``), that may not be entered for a while."""

    pair: str
    side: str
    """``long``, ``short`` or ``*``."""

    reason: str
    locked_at: dt.datetime
    until: dt.datetime
    """On the candle grid: freqtrade rounds it up, so a lock may block no candle at all."""


def lock_event(lock: Lock) -> Event:
    """One lock that began, for a bot that goes on: a day's sum would change as the day does.

    No decision: that a pair was locked does not say that anything was blocked.
    """
    until = lock.until.isoformat().replace("+00:00", "Z")
    labels = {"guard": guard_of(lock.reason), "pair": lock.pair, "side": lock.side, "until": until}
    payload = {"name": GUARD_LOCKS, "value": 1.0, "labels": labels | {"reason": lock.reason}}
    return Event("analytics_report", lock.locked_at, payload)


def lock_reports(strategy: str, locks: Sequence[LockRow]) -> list[Event]:
    """One figure per UTC day and guard: locks begun that day, told when the day's last one began.

    Nearly all follow a closed trade and end before the next signal.
    """
    begun = defaultdict(list)
    for lock in locks:
        at = instant(lock.lock_timestamp)
        begun[at.date(), guard_of(lock.reason)].append(at)
    return [
        Event(
            "analytics_report",
            max(begins),
            {"name": GUARD_LOCKS, "value": float(len(begins)), "labels": {"guard": guard, "strategy": strategy}},
        )
        for (_, guard), begins in sorted(begun.items())
    ]


def lock_gaps(locks: Sequence[LockRow]) -> list[str]:
    """One sentence per guard."""
    counted = Counter(guard_of(lock.reason) for lock in locks)
    return [
        f"{guard}: freqtrade records {n:,} of its locks but not which signals they blocked, "
        "so the guard is not evaluable without a decision log"
        for guard, n in sorted(counted.items())
    ]
