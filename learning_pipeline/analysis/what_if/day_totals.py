"""The swap-set of one scenario by day: counts and money."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from learning_pipeline.analysis.what_if.capital import Bools, Floats, Ints, Orders, Room, micro, replay
from learning_pipeline.analysis.what_if.known import UNLABELLED, Known, Versions
from learning_pipeline.policy import APPROVED, SWAPS, UNKNOWN, swap_codes

N_STATES, N_SWAPS = 3, len(SWAPS)
KEPT, SWAPPED_IN, SWAPPED_OUT, STILL_BLOCKED, CANNOT_TELL = range(N_SWAPS)
"""Places of `SWAPS`."""


class DayTotals(NamedTuple):
    """One swap-set; the last axis are the days.

    Attributes
    ----------
    n : ndarray of shape (5, 3, n_days)
        Decisions by part of the swap-set and state of the outcome.
    pnl : ndarray of shape (5, n_days)
        Net PnL of the settled ones.
    low, high : ndarray of shape (n_days,)
        What the unknown ones may add to the delta, at least and at most.
    no_room : ndarray of shape (n_days,)
        Decisions that are approved under the change and not taken.
    """

    n: Ints
    pnl: Floats
    low: Floats
    high: Floats
    no_room: Ints


def unconstrained(known: Known, approved: Bools, answers: NDArray[np.int8], n_days: int) -> DayTotals:
    """With capital for everything; ``approved`` and ``answers`` are those of the rows of ``known``."""
    codes = swap_codes(approved, answers)
    rows = np.flatnonzero(codes == CANNOT_TELL)
    may_add = np.where(approved[rows], -known.pnl[rows], known.pnl[rows])
    low = money_by_day(known.day[rows], np.minimum(may_add, 0.0), n_days)
    high = money_by_day(known.day[rows], np.maximum(may_add, 0.0), n_days)
    n, pnl = _by_swap(known, codes, n_days)
    return DayTotals(n, pnl, low, high, np.zeros(n_days, dtype=np.int64))


def capital_aware(
    known: Known, base: Bools, asked: Bools, taken: Bools, answers: NDArray[np.int8], n_days: int
) -> DayTotals:
    """With the room of a book: ``base`` was taken as it was; of ``asked``, ``taken`` under the change."""
    told = np.where((answers == UNKNOWN) & (taken == base), UNKNOWN, taken.astype(np.int8))
    n, pnl = _by_swap(known, swap_codes(base, told), n_days)
    no_room = np.bincount(known.day[asked & ~taken], minlength=n_days)
    return DayTotals(n, pnl, np.zeros(n_days), np.zeros(n_days), no_room)


def wanted(approved: Bools, answers: NDArray[np.int8]) -> Bools:
    """Approved under a change; what cannot be told stays as it was."""
    return (answers == APPROVED) | ((answers == UNKNOWN) & approved)


def orders_of(known: Known, versions: Versions) -> Orders:
    """The decisions as orders, whether asked for or not."""
    rows = known.rows
    times = versions.decided_us[rows], known.exit_us
    return Orders(*times, versions.symbol[rows], versions.notional[rows], micro(known.pnl))


def taken_of(asked: Bools, known: Known, orders: Orders, room: Room) -> Bools:
    """Which of the decisions asked for there is room for. What cannot be simulated takes no room."""
    unlabelled = known.state == UNLABELLED
    rows = np.flatnonzero(asked & ~unlabelled)
    taken = asked & unlabelled
    taken[rows] = replay(Orders(*(x[rows] for x in orders)), room)
    return taken


def nothing(n_days: int) -> DayTotals:
    """Not one decision."""
    zero, none = np.zeros(n_days), np.zeros(n_days, dtype=np.int64)
    n = np.zeros((N_SWAPS, N_STATES, n_days), dtype=np.int64)
    return DayTotals(n, np.zeros((N_SWAPS, n_days)), zero, zero, none)


def _by_swap(known: Known, codes: NDArray[np.int8], n_days: int) -> tuple[Ints, Floats]:
    part = codes.astype(np.int64)
    n = np.bincount((part * N_STATES + known.state) * n_days + known.day, minlength=N_SWAPS * N_STATES * n_days)
    pnl = money_by_day(part * n_days + known.day, known.pnl, N_SWAPS * n_days)
    return n.reshape(N_SWAPS, N_STATES, n_days), pnl.reshape(N_SWAPS, n_days)


def money_by_day(day: Ints, pnl: Floats, n_days: int) -> Floats:
    """Sums by day, taken in the order of the rows; shape (n_days,)."""
    return np.bincount(day, weights=pnl, minlength=n_days).astype(np.float64, copy=False)
