"""Locks of protections: that they were there is recorded, what they stopped is not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from learning_pipeline.adapters.freqtrade.gates import guard_of
from learning_pipeline.adapters.freqtrade.result import LockRow, instant
from learning_pipeline.adapters.imported import Event

GUARD_LOCKS = "guard_locks"
"""Name of the figure that stands for a guard of which nothing else is known."""


def lock_reports(strategy: str, locks: Sequence[LockRow]) -> list[Event]:
    """One figure per UTC day and guard: locks begun that day, told when the day's last one began.

    Locks block nothing provably: nearly all follow a closed trade and end before the next signal.
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
        f"{guard}: freqtrade records its {n:,} locks but not which signals they blocked, "
        "so the guard is not evaluable without a decision log"
        for guard, n in sorted(counted.items())
    ]
