"""Locks of pairs: when a protection kept freqtrade from entering, whether or not there was anything to enter."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from learning_pipeline.adapters.imported import Event

_GUARDS = (
    ("CooldownPeriod", r"Cooldown period for "),
    ("StoplossGuard", r"\d+ stoplosses in "),
    ("MaxDrawdown", r"\S+ passed \S+ in "),
    ("LowProfitPairs", r"\S+ < \S+ in "),
    ("AutoLock", r"Auto lock$"),
)


class Lock(NamedTuple):
    """A pair, or all of them (``*``), that may not be entered for a while."""

    pair: str
    side: str
    """``long``, ``short`` or ``*``."""

    reason: str
    locked_at: dt.datetime
    until: dt.datetime
    """On the candle grid: freqtrade rounds it up, so a lock may block no candle at all."""


def guard_of(reason: str) -> str:
    """The protection that gives such a reason; the reason's own first words for one that is not freqtrade's.

    >>> guard_of("0.08 passed 0.05 in 48 candles, locking for 6 candles."), guard_of("news at noon")
    ('MaxDrawdown', 'news at noon')
    """
    known = (guard for guard, pattern in _GUARDS if re.match(pattern, reason))
    return next(known, reason[:40].strip() or "unknown")


def lock_event(lock: Lock) -> Event:
    """An ``analytics_report`` called ``guard_locks``: its value is how many minutes were locked.

    No decision: that a pair was locked does not say that anything was blocked.
    """
    until = lock.until.isoformat().replace("+00:00", "Z")
    labels = {"guard": guard_of(lock.reason), "pair": lock.pair, "side": lock.side, "until": until}
    minutes = (lock.until - lock.locked_at) / dt.timedelta(minutes=1)
    payload = {"name": "guard_locks", "value": minutes, "labels": labels | {"reason": lock.reason}}
    return Event("analytics_report", lock.locked_at, payload)
