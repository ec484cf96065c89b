"""From day sums by guard to the rows of some days and one window."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from learning_pipeline.analysis.rows import Rows, stamped, window_sums
from learning_pipeline.analysis.windows import Floats, Ints
from learning_pipeline.stats import TotalIntervals, benjamini_hochberg, total_intervals

MAX_Q = 0.05
MIN_CLUSTERS = 10
COUNTS = ["window_days", "n_blocked", "n_marginal", "n_pending", "n_unlabelled", "n_unknown", "n_clusters"]


def guard_rows(by_day: Mapping[str, Floats], as_ofs: Ints, window: int) -> Rows:
    """Columns of `GuardEffectiveness` for the guards that blocked something in the window.

    Parameters
    ----------
    by_day : dict of ndarray of shape (n_as_ofs, n_guards, window)
        Day sums by measure, the last day is as_of.
    as_ofs : ndarray of shape (n_as_ofs,)
        The days, since 1970.
    window : int
        Days.

    Returns
    -------
    Rows
        One per day and guard shown.
    """
    day, shown = np.nonzero(by_day["n_blocked"].any(axis=-1))
    days = {name: x[day, shown] for name, x in by_day.items()}
    sums = window_sums(days)
    open_ended = sums["n_first_unknown"] > 0
    judged = _gross(sums) | _marginal(sums, open_ended) | _basis(days, open_ended, day, window)
    return stamped(shown, as_ofs[day], window) | judged


def _gross(sums: dict[str, Floats]) -> Rows:
    return {
        "n_blocked": sums["n_blocked"],
        "n_pending": sums["n_blocked"] - sums["n_settled"] - sums["n_unlabelled"],
        "n_unlabelled": sums["n_unlabelled"],
        "n_unknown": sums["n_unknown"],
        "missed_profit_usd": sums["missed"],
        "avoided_loss_usd": sums["avoided"],
        "net_saved_usd": sums["avoided"] - sums["missed"],
        "net_saved_roi": sums["roi"],
        "shapley_usd": sums["shapley"],
    }


def _marginal(sums: dict[str, Floats], open_ended: NDArray[np.bool_]) -> Rows:
    """What it alone blocked; a bound where it was first to block decisions whose other gates are not all known."""
    return {
        "marginal_net_saved_usd": np.where(open_ended, np.nan, sums["alone"]),
        "marginal_low_usd": sums["alone"] - sums["missed_unknown"],
        "marginal_high_usd": sums["alone"] + sums["avoided_unknown"],
    }


def _basis(days: dict[str, Floats], open_ended: NDArray[np.bool_], as_of: Ints, window: int) -> Rows:
    """The quantity that is judged, with its interval, p, q among the guards of its day and verdict."""
    n = np.where(open_ended[:, None], days["n_first"], days["n_alone"])
    n_clusters = (n > 0).sum(axis=1)
    found = total_intervals(np.where(open_ended[:, None], days["first"], days["alone"]), window)
    q = np.concatenate([benjamini_hochberg(p) for p in np.split(found.p, np.flatnonzero(np.diff(as_of)) + 1)])
    seen = n_clusters > 0
    return {
        "n_marginal": n.sum(axis=1),
        "n_clusters": n_clusters,
        "basis": np.where(open_ended, "first_blocker", "marginal"),
        "basis_net_saved_usd": found.total,
        "ci_low_usd": np.where(seen, found.low, np.nan),
        "ci_high_usd": np.where(seen, found.high, np.nan),
        "p_value": found.p,
        "q_value": q,
        "verdict": _verdict(found, q, n_clusters),
    }


def _verdict(found: TotalIntervals, q: Floats, n_clusters: NDArray[np.int64]) -> NDArray[np.str_]:
    sure = (q <= MAX_Q) & (n_clusters >= MIN_CLUSTERS)
    word = np.where(found.total > 0, "saves", "costs")
    return np.where(sure & (found.total != 0), word, "inconclusive")
