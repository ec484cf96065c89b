"""Stop, target and R of each decision, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from learning_pipeline.shadow.asked import Asked
from learning_pipeline.shadow.atr import wilder_atr
from learning_pipeline.shadow.series import Series
from learning_pipeline.shadow.settings import ShadowSettings


@dataclass(frozen=True)
class Levels:
    """Prices in quote money; ``reason`` is empty where the decision can be followed, else why it cannot."""

    stop: np.ndarray
    target: np.ndarray
    r: np.ndarray
    reason: np.ndarray

    def take(self, rows: np.ndarray) -> Levels:
        """Only these rows, in this order."""
        return Levels(self.stop[rows], self.target[rows], self.r[rows], self.reason[rows])


def levels_of(asked: Asked, market: list[Series], settings: ShadowSettings) -> Levels:
    """Levels of the decisions on one symbol.

    A missing stop stands ``stop_atr`` ATR from the entry, a missing target ``target_r`` R; a research trade's target is
    always at 1 R. Only bars closed at or before the decision are read.

    Parameters
    ----------
    asked : Asked
        Decisions of one symbol.
    market : list of Series
        Every timeframe of that symbol.
    settings : ShadowSettings
        Distances of missing levels.
    """
    atr, n_own, n_all = _history(asked, market)
    missing = np.isnan(asked.stop)
    stop = np.where(missing, asked.entry - asked.side * settings.stop_atr * atr, asked.stop)
    r = np.abs(asked.entry - stop)
    missing_target = asked.research | np.isnan(asked.target)
    distance = np.where(asked.research, 1.0, settings.target_r) * r
    target = np.where(missing_target, asked.entry + asked.side * distance, asked.target)
    wrong = (asked.side * (asked.entry - stop) <= 0) | (asked.side * (target - asked.entry) <= 0)
    causes = [
        (np.isnan(asked.entry), "no_price"),
        (missing & (n_all == 0), "no_bars"),
        (missing & (n_own == 0), "unknown_timeframe"),
        (missing & np.isnan(atr), "atr_warmup"),
        (wrong, "bad_levels"),
    ]
    reason = np.select([where for where, _ in causes], [word for _, word in causes], "")
    return Levels(stop, target, r, reason)


def _history(asked: Asked, market: list[Series]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """ATR, bars of the signal's timeframe, and bars of any timeframe, closed between the reach and the decision."""
    atr = np.full(len(asked), np.nan)
    n_own = np.zeros(len(asked), np.int64)
    n_all = np.zeros(len(asked), np.int64)
    missing = np.isnan(asked.stop)
    for series in market:
        n_all += series.count(asked.reach, asked.decided_at)
        own = np.flatnonzero(missing & (asked.timeframe == series.timeframe))
        oldest, closed = series.opened_before(asked.reach[own]), series.closed_by(asked.decided_at[own])
        n_own[own] = np.maximum(closed - oldest, 0)
        atr[own] = wilder_atr(series, oldest, closed)
    return atr, n_own, n_all
