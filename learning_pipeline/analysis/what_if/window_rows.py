"""From swap-sets by day to the rows of one as_of and window."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from learning_pipeline.analysis.rows import Rows, stamped
from learning_pipeline.analysis.what_if.capital import Bools, Floats, Ints
from learning_pipeline.analysis.what_if.day_totals import (
    CANNOT_TELL,
    N_SWAPS,
    SWAPPED_IN,
    SWAPPED_OUT,
    DayTotals,
    nothing,
)
from learning_pipeline.analysis.what_if.known import PENDING, SETTLED, UNLABELLED
from learning_pipeline.analysis.what_if.questions import NO_CHANGE
from learning_pipeline.analysis.what_if.tables import MODES
from learning_pipeline.analysis.what_if.view import Found
from learning_pipeline.analysis.windows import EPOCH
from learning_pipeline.policy import SWAPS
from learning_pipeline.stats import TotalIntervals, benjamini_hochberg, running_total, total_intervals

COUNTS = ["n_kept", "n_swapped_in", "n_swapped_out", "n_still_blocked", "n_unknown", "n_no_room"]
COUNTS += ["n_pending", "n_unlabelled", "n_trials"]
SWAP_COUNTS = ["n", "n_settled", "n_pending", "n_unlabelled"]


class _Sums(NamedTuple):
    """The scenarios of one window: counts of shape (k, 5, 3) and (k,), money of shape (k,)."""

    n: Ints
    n_no_room: Ints
    delta: Floats
    at_low: TotalIntervals
    at_high: TotalIntervals


def what_if_rows(found: Sequence[tuple[Found, Found]], baselines: Floats, as_of: dt.date, window: int) -> Rows:
    """Columns of `WhatIf` for the scenarios, by their number, in both modes.

    Parameters
    ----------
    found : sequence of pairs of Found
        Per scenario: unconstrained, capital-aware; over at least the window's days.
    baselines : ndarray of shape (2, n_days)
        Net PnL by day of what was taken as it was, in each mode.
    """
    every = [of_mode for pair in found for of_mode in pair]
    mode = np.tile(np.arange(len(MODES)), len(found))
    # What unknown decisions may add is not known where their room in the book is not.
    bounded = mode == 0
    sums = _sums([some.totals for some in every], window)
    evaluated = np.array([some.totals is not None for some in every])
    n_moved = sums.n[:, [SWAPPED_IN, SWAPPED_OUT]].sum(axis=1)
    blind = evaluated & (n_moved.sum(axis=-1) == 0) & (sums.n[:, CANNOT_TELL].sum(axis=-1) > 0)
    evaluated &= bounded | ~blind
    n_settled = n_moved[:, SETTLED] + sums.n[:, CANNOT_TELL, SETTLED] * bounded
    before, delta = running_total(baselines[:, -window:])[mode], np.where(blind, np.nan, sums.delta)
    columns = {
        **dict(zip(COUNTS, sums.n.sum(axis=-1).T, strict=False)),
        "n_no_room": sums.n_no_room,
        "n_pending": n_moved[:, PENDING],
        "n_unlabelled": n_moved[:, UNLABELLED],
        "n_trials": np.array([some.answer.n_trials or np.nan for some in every]),
        "baseline_net_pnl_usd": before,
        "scenario_net_pnl_usd": before + delta,
        "delta_usd": delta,
        "delta_low_usd": np.where(bounded, sums.at_low.total, np.nan),
        "delta_high_usd": np.where(bounded, sums.at_high.total, np.nan),
        **_sureness(sums, n_settled > 0),
    }
    shown = {name: np.where(evaluated, x, np.nan) for name, x in columns.items()}
    shown["q_value"] = np.stack([benjamini_hochberg(p) for p in shown["p_value"].reshape(-1, len(MODES)).T]).T.ravel()
    words = _words(every, evaluated, blind) | {"mode": np.array(MODES)[mode]}
    return stamped(np.repeat(np.arange(len(found)), len(MODES)), (as_of - EPOCH).days, window) | shown | words


def swap_rows(found: list[Found], as_of: dt.date, window: int) -> Rows:
    """Columns of `SwapSets` for the scenarios that can be evaluated, by their number."""
    shown = np.array([k for k, some in enumerate(found) if some.totals is not None], dtype=np.int64)
    totals = [some.totals for some in found if some.totals is not None]
    n = np.array([t.n[..., -window:] for t in totals]).reshape(-1, 3, window).sum(axis=-1)
    money = total_intervals(np.array([t.pnl[:, -window:] for t in totals]).reshape(-1, window), window)
    settled = n[:, SETTLED] > 0
    return stamped(np.repeat(shown, N_SWAPS), (as_of - EPOCH).days, window) | {
        "swap": np.tile(SWAPS, len(totals)),
        **dict(zip(SWAP_COUNTS, [n.sum(axis=1), n[:, SETTLED], n[:, PENDING], n[:, UNLABELLED]], strict=True)),
        "net_pnl_usd": money.total,
        "ci_low_usd": np.where(settled, money.low, np.nan),
        "ci_high_usd": np.where(settled, money.high, np.nan),
    }


def _sums(totals: list[DayTotals | None], window: int) -> _Sums:
    some = [t or nothing(window) for t in totals]
    delta, low, high = (np.stack([x[-window:] for x in xs]) for xs in zip(*map(_money, some), strict=True))
    at_low = total_intervals(delta + low, window)
    return _Sums(
        n=np.stack([t.n[..., -window:] for t in some]).sum(axis=-1),
        n_no_room=np.stack([t.no_room[-window:] for t in some]).sum(axis=-1),
        delta=running_total(delta),
        at_low=at_low,
        at_high=total_intervals(delta + high, window) if (low != high).any() else at_low,
    )


def _money(totals: DayTotals) -> tuple[Floats, Floats, Floats]:
    """By day: the delta, and what may be added to it."""
    return totals.pnl[SWAPPED_IN] - totals.pnl[SWAPPED_OUT], totals.low, totals.high


def _sureness(sums: _Sums, settled: Bools) -> dict[str, Floats]:
    """Interval and p that hold wherever in its bounds the delta lies."""
    low, high = sums.at_low, sums.at_high
    larger = np.maximum(low.p, high.p)
    across = (low.total < 0) & (high.total > 0)
    return {
        "ci_low_usd": np.where(settled, low.low, np.nan),
        "ci_high_usd": np.where(settled, high.high, np.nan),
        "p_value": np.where(across & ~np.isnan(larger), 1.0, larger),
    }


def _words(found: list[Found], evaluated: Bools, blind: Bools) -> dict[str, NDArray[np.str_]]:
    """Texts, empty where there is nothing to say."""
    reason = [NO_CHANGE if unseen else some.reason for some, unseen in zip(found, blind, strict=True)]
    return {
        "status": np.where(evaluated, np.where(blind, "bounds_only", "ok"), "not_evaluable"),
        "reason": np.array([words or "" for words in reason]),
        "fitted_weights": np.array([some.answer.weights or "" for some in found]),
    }
