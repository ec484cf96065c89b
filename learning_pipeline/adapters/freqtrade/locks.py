"""Locks of pairs: when a protection kept freqtrade from entering, whether or not there was anything to enter."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from learning_pipeline.adapters.freqtrade.gates import guard_of
from learning_pipeline.adapters.imported import Event

GUARD_LOCKS = "guard_locks"
"""Name of the figure that stands for a guard of which nothing else is known."""


class Lock(NamedTuple):
    """A pair, or all of them (``*``), that may not be entered for a while."""

    pair: str
    side: str
    """``long``, ``short`` or ``*``."""

    reason: str
    locked_at: dt.datetime
    until: dt.datetime
    """On the candle grid: freqtrade rounds it up, so a lock may block no candle at all."""


def lock_events(locks: Sequence[Lock], **labels: str) -> list[Event]:
    """One ``analytics_report`` per lock, of value 1: that a guard came into force.

    No decision: locks block nothing provably. Nearly all follow a closed trade and end before the next signal.
    """
    return [_event(lock, labels) for lock in dict.fromkeys(locks)]


def lock_gaps(locks: Sequence[Lock]) -> list[str]:
    """One sentence per guard."""
    counted = Counter(guard_of(lock.reason) for lock in locks)
    return [
        f"{guard}: freqtrade records its locks ({n:,}) but not which signals they blocked, "
        "so the guard is not evaluable without a decision log"
        for guard, n in sorted(counted.items())
    ]


def _event(lock: Lock, labels: dict[str, str]) -> Event:
    until = lock.until.isoformat().replace("+00:00", "Z")
    told = {"guard": guard_of(lock.reason), "pair": lock.pair, "side": lock.side, "until": until} | labels
    payload = {"name": GUARD_LOCKS, "value": 1.0, "labels": told | {"reason": lock.reason}}
    return Event("analytics_report", lock.locked_at, payload)
